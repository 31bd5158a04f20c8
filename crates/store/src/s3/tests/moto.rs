use std::sync::LazyLock;

use futures::TryStreamExt;
use lightmill_testkit::servers::Moto;

use super::*;
use crate::s3::Role;
use crate::testing::Keeps;
use crate::{Attributes, Condition, Entry, Error, List, Sink, Source, Span, collect};

/// One for all tests of this file; it ends with their process.
static MOTO: LazyLock<Moto> = LazyLock::new(|| Moto::start().unwrap_or_else(|error| panic!("{error:#}")));

/// A new bucket in a region.
async fn created(name: &str, region: &str) -> Settings {
    use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
    let settings = Settings { region: Some(region.to_owned()), ..settings(&MOTO.endpoint(), name) };
    let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region));
    let client = Bucket::open(&settings).await.client;
    client.create_bucket().bucket(name).create_bucket_configuration(place.build()).send().await.unwrap();
    settings
}

async fn put(bucket: &Bucket, key: &str, bytes: &[u8]) {
    bucket.write(key, bytes::Bytes::copy_from_slice(bytes).into(), &Attributes::default()).await.unwrap();
}

#[tokio::test]
async fn behaves_as_a_source() {
    let bucket = Bucket::open(&created("source", "eu-central-1").await).await;
    crate::testing::behaves_as_a_source(&bucket, async |key, bytes| put(&bucket, key, bytes).await).await;
}

#[tokio::test]
async fn behaves_as_a_sink() {
    let bucket = Bucket::open(&created("sink", "eu-central-1").await).await;
    crate::testing::behaves_as_a_sink(&bucket, &bucket, Keeps::Attributes).await;
    let head = bucket.client.head_object().bucket("sink").key("with-attributes.png").send().await.unwrap();
    assert_eq!(head.content_disposition(), Some("attachment; filename=\"a b.png\""));
    assert_eq!(head.metadata().unwrap()["made-by"], "a test");
    let uploads = bucket.client.list_multipart_uploads().bucket("sink").send().await.unwrap();
    assert!(uploads.uploads().is_empty());
}

#[tokio::test]
async fn buckets_in_several_regions() {
    for (name, region) in [("in-frankfurt", "eu-central-1"), ("in-oregon", "us-west-2"), ("in-tokyo", "ap-northeast-1")]
    {
        let bucket = Bucket::open(&created(name, region).await).await;
        put(&bucket, "a", name.as_bytes()).await;
        let object = bucket.read("a", None).await.unwrap();
        assert!(object.stat.modified.is_some());
        assert_eq!(collect(object, 100).await.unwrap(), name);
    }
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_unavailable() {
    let bucket = Bucket::open(&settings(&MOTO.endpoint(), "nobody-made-this")).await;
    let nothing = Attributes::default();
    for answer in [
        bucket.stat("a").await.err(),
        bucket.read("a", None).await.err(),
        bucket.write("a", bytes::Bytes::new().into(), &nothing).await.err(),
    ] {
        let Some(Error::Unavailable { detail, .. }) = answer else { panic!("{answer:?}") };
        assert!(detail.contains("NoSuchBucket") && detail.contains("nobody-made-this"), "{detail}");
    }
}

#[tokio::test]
async fn a_role_reads_through_sts() {
    let settings = created("of-a-role", "eu-west-1").await;
    put(&Bucket::open(&settings).await, "a", b"a").await;
    let role = Role { endpoint: Some(MOTO.endpoint()), ..Role::new("arn:aws:iam::123456789012:role/reader") };
    let bucket = Bucket::open(&Settings { role: Some(role), requester_pays: true, ..settings }).await;
    assert_eq!(bucket.stat("a").await.unwrap().size, 1);
    assert_eq!(collect(bucket.read("a", None).await.unwrap(), 1).await.unwrap(), "a");
}

#[tokio::test]
async fn versions_of_a_bucket_that_has_them() {
    use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
    let settings = created("with-versions", "eu-central-1").await;
    let bucket = Bucket::open(&settings).await;
    let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    bucket.client.put_bucket_versioning().bucket("with-versions").versioning_configuration(on).send().await.unwrap();
    put(&bucket, "a", b"same").await;
    let first = bucket.stat("a").await.unwrap();
    assert_eq!(bucket.read("a", None).await.unwrap().stat, first);
    put(&bucket, "a", b"same").await;
    let second = bucket.stat("a").await.unwrap();
    assert_ne!(second.version, first.version);
    let (condition, nothing) = (Condition::Unchanged(second.version), Attributes::default());
    let third = bucket.write_if("a", "other".into(), &nothing, &condition).await.unwrap();
    assert_eq!(bucket.stat("a").await.unwrap().version, third);
    assert_eq!(bucket.write_if("a", "another".into(), &nothing, &condition).await, Err(Error::Changed));
    let span = Span { details: true, ..Span::default() };
    let entries: Vec<Entry> = bucket.entries(&span).try_collect().await.unwrap();
    assert_eq!(entries, [Entry { key: "a".to_owned(), size: Some(5), version: None }]);
    bucket.remove("a").await.unwrap();
    assert_eq!(bucket.stat("a").await, Err(Error::NotFound));
}

#[tokio::test]
async fn behaves_as_a_list() {
    let settings = created("list", "eu-central-1").await;
    let bucket = Bucket::open(&settings).await;
    crate::testing::behaves_as_a_list(&bucket, &bucket, &bucket).await;
    let span = Span { details: true, ..Span::default() };
    let entries: Vec<Entry> = bucket.entries(&span).try_collect().await.unwrap();
    assert!(entries.iter().all(|entry| entry.version.is_some()));
    let inner = Bucket::open(&Settings { prefix: "a/".to_owned(), ..settings }).await;
    let keys: Vec<String> = inner.list("b/").try_collect().await.unwrap();
    assert_eq!(keys, ["b/c d+é%20.png", "b/e"]);
}
