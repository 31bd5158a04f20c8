use std::collections::BTreeSet;

use bytes::Bytes;
use futures::TryStreamExt;

use crate::{Attributes, List, Sink};

/// Asserts what callers rely on. `list` lists what `sink` writes, which is empty at first.
///
/// # Panics
/// Where `list` behaves otherwise.
pub async fn behaves_as_a_list(list: &dyn List, sink: &dyn Sink) {
    let objects = ["a/b/c d+é%20.png", "a/b/e", "a/bc", "ab", "b"];
    // More than fit into one answer of a server.
    let many: Vec<String> = (0..1100).map(|i| format!("many/{i}")).collect();
    assert!(keys(list, "").await.is_empty());
    for key in objects.into_iter().chain(many.iter().map(String::as_str)) {
        let written = sink.write(key, Bytes::from_static(b"x").into(), &Attributes::default()).await;
        written.unwrap_or_else(|error| panic!("{key}: {error}"));
    }
    for (prefix, expected) in [
        ("a", &objects[..4]),
        ("a/", &objects[..3]),
        ("a/b", &objects[..3]),
        ("a/b/", &objects[..2]),
        ("a/b/c d+é%20.png", &objects[..1]),
        ("a/b/c d+é%20.png/", &[]),
        ("a//", &[]),
        ("nothing/", &[]),
    ] {
        assert_eq!(keys(list, prefix).await, expected.iter().map(ToString::to_string).collect(), "{prefix}");
    }
    assert_eq!(keys(list, "many/").await, many.iter().cloned().collect());
    assert_eq!(keys(list, "").await.len(), objects.len() + many.len());
    for key in &many {
        sink.remove(key).await.unwrap_or_else(|error| panic!("{key}: {error}"));
    }
    assert_eq!(keys(list, "").await.len(), objects.len());
}

async fn keys(list: &dyn List, prefix: &str) -> BTreeSet<String> {
    let keys: Vec<String> = list.list(prefix).try_collect().await.unwrap_or_else(|error| panic!("{prefix}: {error}"));
    let set: BTreeSet<String> = keys.iter().cloned().collect();
    assert_eq!(set.len(), keys.len(), "each once");
    set
}
