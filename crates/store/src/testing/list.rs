use std::collections::BTreeSet;

use bytes::Bytes;
use futures::TryStreamExt;

use crate::{Attributes, Entry, List, Sink, Source, Span};

/// Asserts what callers rely on. `list` lists, and `source` reads, what `sink` writes, which is empty at first.
///
/// # Panics
/// Where `list` behaves otherwise.
pub async fn behaves_as_a_list(list: &dyn List, source: &dyn Source, sink: &dyn Sink) {
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
    begins_after_a_key(list).await;
    says_what_a_stat_says(list, source, sink).await;
    for key in &many {
        sink.remove(key).await.unwrap_or_else(|error| panic!("{key}: {error}"));
    }
    assert_eq!(keys(list, "").await.len(), objects.len());
}

async fn begins_after_a_key(list: &dyn List) {
    let after = |prefix: &str, after: &str| Span { after: Some(after.to_owned()), ..Span::of(prefix) };
    let whole: Vec<String> = entries(list, &Span::of("")).await.into_iter().map(|entry| entry.key).collect();
    assert!(!list.seeks() || whole.is_sorted(), "in the order of bytes");
    for i in [0, 2, 5, 500, 1100, whole.len() - 1] {
        let rest: Vec<String> = entries(list, &after("", &whole[i])).await.into_iter().map(|entry| entry.key).collect();
        assert_eq!(rest, whole[i + 1..], "after {}", whole[i]);
    }
    let some: Vec<String> = entries(list, &after("a/b", "a/b/e")).await.into_iter().map(|entry| entry.key).collect();
    assert_eq!(some, ["a/bc"]);
    // Where no object is.
    let rest = entries(list, &after("a", "a/b0")).await.len();
    assert_eq!(rest, if list.seeks() { 2 } else { 4 });
}

async fn says_what_a_stat_says(list: &dyn List, source: &dyn Source, sink: &dyn Sink) {
    for (key, body) in [("a/b/e", "another"), ("empty \"&<>", "")] {
        let written = sink.write(key, Bytes::from_static(body.as_bytes()).into(), &Attributes::default()).await;
        written.unwrap_or_else(|error| panic!("{key}: {error}"));
    }
    let span = Span { details: true, ..Span::default() };
    for entry in entries(list, &span).await.into_iter().filter(|entry| !entry.key.starts_with("many/1")) {
        let stat = source.stat(&entry.key).await.unwrap_or_else(|error| panic!("{}: {error}", entry.key));
        assert_eq!(entry.size, Some(stat.size), "{}", entry.key);
        assert!(entry.version.is_none_or(|version| version == stat.version), "{}", entry.key);
    }
    sink.remove("empty \"&<>").await.unwrap_or_else(|error| panic!("{error}"));
}

/// What is listed, each once.
async fn entries(list: &dyn List, span: &Span) -> Vec<Entry> {
    let entries: Vec<Entry> =
        list.entries(span).try_collect().await.unwrap_or_else(|error| panic!("{span:?}: {error}"));
    let keys: BTreeSet<&String> = entries.iter().map(|entry| &entry.key).collect();
    assert_eq!(keys.len(), entries.len(), "each once");
    entries
}

async fn keys(list: &dyn List, prefix: &str) -> BTreeSet<String> {
    entries(list, &Span::of(prefix)).await.into_iter().map(|entry| entry.key).collect()
}
