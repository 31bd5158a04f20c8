use std::sync::LazyLock;

use bytes::Bytes;
use futures::TryStreamExt;
use lightmill_testkit::servers::Azurite;

use super::*;
use crate::testing::Keeps;
use crate::{Attributes, Entry, Error, List, Secret, Sink, Source, Span, collect};

/// One for all tests of this file; it ends with their process.
static SERVER: LazyLock<Azurite> = LazyLock::new(|| Azurite::start().unwrap_or_else(|error| panic!("{error:#}")));

/// A container with the account's key.
fn with_key(name: &str) -> Settings {
    let credentials = Credentials::Key(Secret::new(Azurite::KEY));
    Settings { credentials, ..settings(&SERVER.endpoint(), name) }
}

/// A new container.
fn created(name: &str) -> Container {
    SERVER.create_container(name, false).unwrap();
    Container::open(&with_key(name)).unwrap()
}

async fn put(container: &Container, key: &str, bytes: &[u8]) {
    container.write(key, Bytes::copy_from_slice(bytes).into(), &Attributes::default()).await.unwrap();
}

#[tokio::test]
async fn behaves_as_a_source() {
    let container = created("source");
    crate::testing::behaves_as_a_source(&container, async |key, bytes| put(&container, key, bytes).await).await;
}

#[tokio::test]
async fn behaves_as_a_sink() {
    let container = created("sink");
    crate::testing::behaves_as_a_sink(&container, &container, Keeps::Attributes).await;
}

#[tokio::test]
async fn behaves_as_a_list() {
    let container = created("list");
    crate::testing::behaves_as_a_list(&container, &container, &container).await;
    let span = Span { details: true, ..Span::default() };
    let entries: Vec<Entry> = container.entries(&span).try_collect().await.unwrap();
    assert!(entries.iter().all(|entry| entry.version.is_some()));
}

#[tokio::test]
async fn keys_are_as_documented() {
    let container = created("keys");
    let put = async |key: &str, bytes: &[u8]| put(&container, key, bytes).await;
    crate::documented::keys_are_as_documented("azure", &container, &[], put).await;
}

#[tokio::test]
async fn a_prefix_is_part_of_every_key() {
    let whole = created("prefixes");
    let inner = Container::open(&Settings { prefix: "2026/".to_owned(), ..with_key("prefixes") }).unwrap();
    put(&inner, "a", b"inside").await;
    assert_eq!(whole.stat("2026/a").await, inner.stat("a").await);
    assert_eq!(inner.stat("2026/a").await, Err(Error::NotFound));
    inner.remove("a").await.unwrap();
    assert_eq!(whole.stat("2026/a").await, Err(Error::NotFound));
    assert!(matches!(inner.stat(&"a".repeat(1020)).await, Err(Error::InvalidKey(_))));
}

#[tokio::test]
async fn whoever_asks_is_told_apart() {
    put(&created("closed"), "a", b"a").await;
    SERVER.create_container("open", true).unwrap();
    put(&Container::open(&with_key("open")).unwrap(), "a", b"a").await;
    let as_one = |name: &str, credentials| {
        Container::open(&Settings { credentials, ..settings(&SERVER.endpoint(), name) }).unwrap()
    };
    let signature = Credentials::Signature(Secret::new(format!("?{}", SERVER.signature())));
    let signed = as_one("closed", signature);
    assert_eq!(collect(signed.read("a", None).await.unwrap(), 1).await.unwrap(), "a");
    let large = Bytes::from(vec![7; (16 << 20) + 1]);
    signed.write("b", large.into(), &Attributes::default()).await.unwrap();
    signed.remove("b").await.unwrap();
    assert_eq!(as_one("open", Credentials::Anonymous).stat("a").await.unwrap().size, 1);
    assert!(as_one("closed", Credentials::Anonymous).stat("a").await.is_err());
    let wrong = as_one("closed", Credentials::Key(Secret::new("aHVzaA==")));
    for answer in [wrong.stat("a").await.err(), wrong.read("a", None).await.err(), wrong.remove("a").await.err()] {
        let Some(Error::Unavailable { detail, .. }) = answer else { panic!("{answer:?}") };
        assert!(detail.contains("AuthorizationFailure") || detail.contains("AuthenticationFailed"), "{detail}");
    }
}

#[tokio::test]
async fn a_container_that_does_not_exist_is_unavailable() {
    let container = Container::open(&with_key("nobody-made-this")).unwrap();
    for answer in [
        container.stat("a").await.err(),
        container.read("a", None).await.err(),
        container.write("a", Bytes::new().into(), &Attributes::default()).await.err(),
    ] {
        let Some(Error::Unavailable { detail, .. }) = answer else { panic!("{answer:?}") };
        assert!(detail.contains("ContainerNotFound") && detail.contains("nobody-made-this"), "{detail}");
    }
}
