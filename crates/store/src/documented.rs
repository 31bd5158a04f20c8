//! The table of keys in `docs/stores.md`, held against a store.

use bytes::Bytes;

use crate::{Error, Source, collect};

const TEXT: &str = include_str!("../../../docs/stores.md");

/// Asserts that `source` takes, refuses and misses keys as the column `store` says. `put` writes an object into what it reads
/// from. `cannot`: keys that a stand-in takes otherwise than what it stands in for.
pub(crate) async fn keys_are_as_documented(
    store: &str,
    source: &dyn Source,
    cannot: &[&str],
    put: impl AsyncFn(&str, &[u8]),
) {
    let keys = keys(store);
    assert!(cannot.iter().all(|key| keys.iter().any(|(other, _)| other == key)), "an unknown exception");
    let keys: Vec<_> = keys.into_iter().filter(|(key, _)| !cannot.contains(key)).collect();
    for (key, _) in keys.iter().filter(|(_, meaning)| *meaning == "yes") {
        put(key, key.as_bytes()).await;
    }
    for (key, meaning) in keys {
        match meaning {
            "yes" => {
                let object = source.read(key, None).await.unwrap_or_else(|error| panic!("{key}: {error}"));
                assert_eq!(object.stat.size, key.len() as u64, "{key}");
                assert_eq!(source.stat(key).await.as_ref(), Ok(&object.stat), "{key}");
                assert_eq!(collect(object, 100).await, Ok(Bytes::from_static(key.as_bytes())));
            }
            "no" => {
                assert!(matches!(source.stat(key).await, Err(Error::InvalidKey(_))), "{key}");
                assert!(matches!(source.read(key, None).await, Err(Error::InvalidKey(_))), "{key}");
            }
            "none" => assert_eq!(source.stat(key).await, Err(Error::NotFound), "{key}"),
            _ => panic!("{key}: {meaning}"),
        }
    }
}

/// Each key and what the table says of it.
fn keys(store: &str) -> Vec<(&'static str, &'static str)> {
    let (_, section) = TEXT.split_once("\n## Keys\n").unwrap();
    let mut rows = section.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with('|'));
    let cells = |line: &'static str| line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>();
    let column = cells(rows.next().unwrap()).iter().position(|name| *name == store).unwrap();
    let keys = rows.skip(1).map(|line| (cells(line)[0].trim_matches('`'), cells(line)[column]));
    let keys: Vec<_> = keys.collect();
    assert!(keys.len() > 10);
    keys
}
