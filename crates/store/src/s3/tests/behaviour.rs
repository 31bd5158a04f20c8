use lightmill_testkit::servers::S3sFs;

use super::flat::Server;
use super::*;
use crate::testing::Keeps;
use crate::{Attributes, Error, Sink, Source, collect};

async fn put(bucket: &Bucket, key: &str, bytes: &[u8]) {
    bucket.write(key, bytes::Bytes::copy_from_slice(bytes).into(), &Attributes::default()).await.unwrap();
}

#[tokio::test]
async fn behaves_as_a_source() {
    let server = Server::start();
    let bucket = server.bucket().await;
    crate::testing::behaves_as_a_source(&bucket, async |key, bytes| put(&bucket, key, bytes).await).await;
}

#[tokio::test]
async fn behaves_as_a_sink() {
    let server = Server::start();
    let bucket = server.bucket().await;
    crate::testing::behaves_as_a_sink(&bucket, &bucket, Keeps::Attributes).await;
}

#[tokio::test]
async fn behaves_as_a_list() {
    let server = Server::start();
    let bucket = server.bucket().await;
    crate::testing::behaves_as_a_list(&bucket, &bucket, &bucket).await;
}

#[tokio::test]
async fn keys_are_as_documented() {
    let server = Server::start();
    let bucket = server.bucket().await;
    crate::documented::keys_are_as_documented("s3", &bucket, &[], async |key, bytes| put(&bucket, key, bytes).await)
        .await;
}

#[tokio::test]
async fn any_key_is_an_object_of_its_own() {
    let server = Server::start();
    let bucket = server.bucket().await;
    for key in KEYS {
        put(&bucket, key, key.as_bytes()).await;
        assert!(server.0.file("photos", key).is_file(), "{key:?}");
    }
    for key in KEYS {
        let body = collect(bucket.read(key, None).await.unwrap(), 100).await.unwrap();
        assert_eq!(body, key.as_bytes(), "{key:?}");
        assert_eq!(bucket.stat(key).await.unwrap().size, key.len() as u64);
        bucket.remove(key).await.unwrap();
        assert_eq!(bucket.stat(key).await, Err(Error::NotFound));
    }
}

#[tokio::test]
async fn a_prefix_is_part_of_every_key() {
    let server = Server::start();
    let inner = Bucket::open(&Settings { prefix: "2026/".to_owned(), ..server.settings() }).await;
    put(&inner, "a", b"inside").await;
    assert_eq!(server.bucket().await.stat("2026/a").await, inner.stat("a").await);
    assert_eq!(inner.stat("2026/a").await, Err(Error::NotFound));
    assert!(matches!(inner.stat(&"a".repeat(1020)).await, Err(Error::InvalidKey(_))));
}

#[tokio::test]
async fn a_wrong_secret_is_not_the_objects_fault() {
    let server = Server::start();
    put(&server.bucket().await, "a", b"a").await;
    let key = |id: &str| Credentials::Key { id: id.to_owned(), secret: Secret::new("another") };
    for (credentials, reason) in [(key(S3sFs::KEY_ID), "SignatureDoesNotMatch"), (key("AKIDUNKNOWN"), "403")] {
        let bucket = Bucket::open(&Settings { credentials, ..server.settings() }).await;
        for answer in [bucket.stat("a").await.err(), bucket.read("a", None).await.err(), bucket.remove("a").await.err()]
        {
            let Some(Error::Unavailable { detail, .. }) = answer else { panic!("{reason}: {answer:?}") };
            assert!(detail.contains(reason) && !detail.contains("another"), "{detail}");
        }
    }
    let nobody = Bucket::open(&Settings { credentials: Credentials::Anonymous, ..server.settings() }).await;
    assert_eq!(nobody.stat("a").await, Err(Error::Forbidden));
    assert_eq!(nobody.read("a", None).await.err(), Some(Error::Forbidden));
}
