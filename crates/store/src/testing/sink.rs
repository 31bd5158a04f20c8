use bytes::Bytes;

use crate::{Attributes, Condition, Error, Sink, Source, collect};

/// What of an object's attributes a sink has a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Nothing but its bytes.
    Bytes,
    /// All of them.
    Attributes,
}

/// Asserts what callers rely on. `source` reads what `sink` writes, which is empty at first.
///
/// # Panics
/// Where `sink` behaves otherwise.
pub async fn behaves_as_a_sink(sink: &dyn Sink, source: &dyn Source, keeps: Keeps) {
    // Above the bound from which buckets take objects in parts.
    let large: Bytes = (0..(33 << 20) + 5_u32).map(|i| (i % 251) as u8).collect();
    for (key, body) in
        [("small.png", large.slice(..5)), ("empty", Bytes::new()), ("one/two/大 +%20.png", large.clone())]
    {
        write(sink, key, &body, &Attributes::default()).await;
        assert_eq!(read(source, key).await, Ok(body), "{key}");
    }
    replaced(sink, source, large).await;
    attributes(sink, source, keeps).await;
    super::content::is_written(sink, source).await;
    super::conditions::hold(sink, source).await;
    for key in ["", &"k".repeat(1025)] {
        assert!(matches!(
            sink.write(key, Bytes::new().into(), &Attributes::default()).await,
            Err(Error::InvalidKey(_))
        ));
        let nothing = Attributes::default();
        let written = sink.write_if(key, Bytes::new(), &nothing, &Condition::Absent).await;
        assert!(matches!(written, Err(Error::InvalidKey(_))));
        assert!(matches!(sink.remove(key).await, Err(Error::InvalidKey(_))));
    }
    sink.remove("small.png").await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read(source, "small.png").await, Err(Error::NotFound));
    for missing in ["small.png", "one", "one/nothing", "empty/below"] {
        assert_eq!(sink.remove(missing).await, Ok(()), "{missing}");
    }
    assert_eq!(read(source, "empty").await, Ok(Bytes::new()), "others stay");
}

/// Whoever reads while an object is replaced sees the old one, the new one, or an error: never a mixture.
async fn replaced(sink: &dyn Sink, source: &dyn Source, large: Bytes) {
    let (old, new) = (Bytes::from(vec![1; 1 << 20]), large);
    write(sink, "replaced", &old, &Attributes::default()).await;
    let before = source.stat("replaced").await.map(|stat| stat.version);
    let nothing = Attributes::default();
    let writing = write(sink, "replaced", &new, &nothing);
    let reading = async {
        for _ in 0..5 {
            if let Ok(body) = read(source, "replaced").await {
                assert!(body == old || body == new, "a mixture of {} bytes", body.len());
            }
        }
    };
    futures::join!(writing, reading);
    assert_eq!(read(source, "replaced").await, Ok(new));
    assert_ne!(source.stat("replaced").await.map(|stat| stat.version), before, "another object, another version");
}

async fn attributes(sink: &dyn Sink, source: &dyn Source, keeps: Keeps) {
    let attributes = Attributes {
        content_type: Some("image/x-test".to_owned()),
        cache_control: Some("max-age=5".to_owned()),
        content_disposition: Some("attachment; filename=\"a b.png\"".to_owned()),
        metadata: [("made-by".to_owned(), "a test".to_owned())].into(),
    };
    write(sink, "with-attributes.png", &Bytes::from_static(b"x"), &attributes).await;
    assert_eq!(read(source, "with-attributes.png").await, Ok(Bytes::from_static(b"x")));
    let stat = source.stat("with-attributes.png").await.unwrap_or_else(|error| panic!("{error}"));
    let kept = stat.content_type == attributes.content_type && stat.cache_control == attributes.cache_control;
    assert_eq!(kept, keeps == Keeps::Attributes, "{stat:?}");
}

async fn write(sink: &dyn Sink, key: &str, body: &Bytes, attributes: &Attributes) {
    sink.write(key, body.clone().into(), attributes).await.unwrap_or_else(|error| panic!("{key}: {error:?}"));
}

pub(super) async fn read(source: &dyn Source, key: &str) -> Result<Bytes, Error> {
    collect(source.read(key, None).await?, 1 << 30).await
}
