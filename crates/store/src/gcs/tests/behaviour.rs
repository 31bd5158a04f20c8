use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use lightmill_testkit::servers::FakeGcs;

use super::*;
use crate::guard::{Retried, RetryLimits};
use crate::testing::Keeps;
use crate::{Attributes, Entry, Error, List, Sink, Source, Span, collect};

/// One for all tests of this file; it ends with their process.
static SERVER: LazyLock<FakeGcs> = LazyLock::new(|| FakeGcs::start().unwrap_or_else(|error| panic!("{error:#}")));

/// A new bucket.
fn created(name: &str) -> Bucket {
    SERVER.create_bucket(name).unwrap();
    Bucket::open(&settings(&SERVER.endpoint(), name)).unwrap()
}

async fn put(bucket: &Bucket, key: &str, bytes: &[u8]) {
    bucket.write(key, Bytes::copy_from_slice(bytes).into(), &Attributes::default()).await.unwrap();
}

#[tokio::test]
async fn behaves_as_a_source() {
    let bucket = created("source");
    // After a 416 it closes the connection without having said so, when the next request may be on its way.
    let (attempts, pause) = (3.try_into().unwrap(), Duration::from_millis(10));
    let limits = RetryLimits { attempts, first_pause: pause, longest_pause: pause, total: Duration::from_mins(1) };
    let source = Retried::new(bucket.clone(), "source", limits);
    crate::testing::behaves_as_a_source(&source, async |key, bytes| put(&bucket, key, bytes).await).await;
}

#[tokio::test]
async fn behaves_as_a_sink() {
    let bucket = created("sink");
    crate::testing::behaves_as_a_sink(&bucket, &bucket, Keeps::Attributes).await;
}

#[tokio::test]
async fn behaves_as_a_list() {
    let bucket = created("list");
    crate::testing::behaves_as_a_list(&bucket, &bucket, &bucket).await;
    let span = Span { details: true, ..Span::default() };
    let entries: Vec<Entry> = bucket.entries(&span).try_collect().await.unwrap();
    assert!(entries.iter().all(|entry| entry.version.is_some()));
}

#[tokio::test]
async fn keys_are_as_documented() {
    let bucket = created("keys");
    crate::documented::keys_are_as_documented("gcs", &bucket, &[], async |key, bytes| put(&bucket, key, bytes).await)
        .await;
}

#[tokio::test]
async fn a_prefix_is_part_of_every_key() {
    let whole = created("prefixes");
    let inner = Settings { prefix: "2026/".to_owned(), ..settings(&SERVER.endpoint(), "prefixes") };
    let inner = Bucket::open(&inner).unwrap();
    put(&inner, "a", b"inside").await;
    assert_eq!(whole.stat("2026/a").await, inner.stat("a").await);
    assert_eq!(inner.stat("2026/a").await, Err(Error::NotFound));
    inner.remove("a").await.unwrap();
    assert_eq!(whole.stat("2026/a").await, Err(Error::NotFound));
    assert!(matches!(inner.stat(&"a".repeat(1020)).await, Err(Error::InvalidKey(_))));
}

#[tokio::test]
async fn a_large_object_keeps_its_attributes() {
    let bucket = created("large");
    let body = Bytes::from(vec![7; (33 << 20) + 1]);
    let attributes = Attributes {
        content_type: Some("image/x-test".to_owned()),
        cache_control: Some("max-age=5".to_owned()),
        ..Attributes::default()
    };
    bucket.write("large", body.clone().into(), &attributes).await.unwrap();
    let object = bucket.read("large", None).await.unwrap();
    assert_eq!(object.stat.content_type, attributes.content_type);
    assert_eq!(object.stat.cache_control, attributes.cache_control);
    assert!(object.stat.modified.is_some());
    assert!(collect(object, 1 << 30).await.unwrap() == body);
}

#[tokio::test]
async fn nothing_is_written_into_a_bucket_that_does_not_exist() {
    let bucket = Bucket::open(&settings(&SERVER.endpoint(), "nobody-made-this")).unwrap();
    for body in [Bytes::new(), Bytes::from(vec![0; 17 << 20])] {
        let answer = bucket.write("a", body.into(), &Attributes::default()).await;
        let Err(Error::Unavailable { detail, .. }) = answer else { panic!("{answer:?}") };
        assert!(detail.contains("nobody-made-this"), "{detail}");
    }
}
