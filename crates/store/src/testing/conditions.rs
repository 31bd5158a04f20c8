use bytes::Bytes;
use futures::future::join_all;

use super::sink::read;
use crate::{Attributes, Condition, Error, Sink, Source, Version};

/// Writers that race.
const RACERS: usize = 10;

/// What is written on a condition is written if it holds.
pub(super) async fn hold(sink: &dyn Sink, source: &dyn Source) {
    let key = "leases/one +%20";
    let nobody = Condition::Unchanged(Version::new("\"nobody's\""));
    assert_eq!(write(sink, key, "0", &nobody).await, Err(Error::Changed), "there is none that could be so");
    assert_eq!(read(source, key).await, Err(Error::NotFound));

    let first = write(sink, key, "1", &Condition::Absent).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(version(source, key).await, first);
    assert_eq!(write(sink, key, "2", &Condition::Absent).await, Err(Error::Changed));
    assert_eq!(read(source, key).await, Ok(Bytes::from_static(b"1")));

    let second = unchanged(sink, key, "3", &first).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(version(source, key).await, second);
    assert_eq!(unchanged(sink, key, "4", &first).await, Err(Error::Changed), "the old version");
    let third = unchanged(sink, key, "5", &second).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(read(source, key).await, Ok(Bytes::from_static(b"5")));

    sink.write(key, Bytes::from_static(b"6").into(), &Attributes::default())
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(unchanged(sink, key, "7", &third).await, Err(Error::Changed), "written without a condition");
    let fourth = version(source, key).await;
    sink.remove(key).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(unchanged(sink, key, "8", &fourth).await, Err(Error::Changed), "removed");
    assert_eq!(read(source, key).await, Err(Error::NotFound));
    races(sink, source).await;
}

/// Of those who write on the same condition at a time, one does.
async fn races(sink: &dyn Sink, source: &dyn Source) {
    let key = "leases/raced";
    let mut condition = Condition::Absent;
    for round in 0..3 {
        let bodies: Vec<String> = (0..RACERS).map(|racer| format!("{round} {racer}")).collect();
        let answers = join_all(bodies.iter().map(|body| write(sink, key, body, &condition))).await;
        let won: Vec<usize> = (0..RACERS).filter(|racer| answers[*racer].is_ok()).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Error::Changed))), "{answers:?}");
        assert_eq!(read(source, key).await, Ok(Bytes::from(bodies[won[0]].clone())));
        let version = version(source, key).await;
        assert_eq!(answers[won[0]], Ok(version.clone()));
        condition = Condition::Unchanged(version);
    }
}

async fn unchanged(sink: &dyn Sink, key: &str, body: &str, since: &Version) -> Result<Version, Error> {
    write(sink, key, body, &Condition::Unchanged(since.clone())).await
}

async fn write(sink: &dyn Sink, key: &str, body: &str, condition: &Condition) -> Result<Version, Error> {
    sink.write_if(key, Bytes::copy_from_slice(body.as_bytes()), &Attributes::default(), condition).await
}

async fn version(source: &dyn Source, key: &str) -> Version {
    source.stat(key).await.unwrap_or_else(|error| panic!("{key}: {error:?}")).version
}
