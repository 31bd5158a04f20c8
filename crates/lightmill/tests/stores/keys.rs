//! Keys that are easily mistaken for others, as the table in `docs/stores.md` says.

use crate::documented;
use crate::store::{RED, Serving, Store, encoded, plain};

pub fn behaviour(store: &dyn Store) {
    let source = store.bucket("strange", "");
    let keys = documented::keys(store.column());
    // Each has a picture of its own width, so that none is taken for another.
    let pictures: Vec<Vec<u8>> = (0..keys.len()).map(|number| plain(2 + number as u32, 2, RED)).collect();
    for ((key, _), bytes) in
        keys.iter().zip(&pictures).filter(|((key, meaning), _)| *meaning == "yes" && !is_nameless(key))
    {
        store.put("strange", key, "image/png", bytes);
    }
    let server = Serving::one(&source);
    let client = server.client();
    for ((key, meaning), bytes) in keys.iter().zip(&pictures) {
        let path = format!("/{}", encoded(key));
        let (original, info) = (client.get(&path), client.get(&format!("{path}?x-oss-process=image/info")));
        let expected = match *meaning {
            _ if is_nameless(key) => 400,
            "yes" => 200,
            "no" => 400,
            "none" => 404,
            _ => panic!("{key}: {meaning}"),
        };
        assert_eq!((original.status, info.status), (expected, expected), "{key}: {}", original.text());
        if expected == 200 {
            assert_eq!(&original.body, bytes, "{key}");
            assert_eq!(info.json()["FileSize"]["value"], bytes.len().to_string(), "{key}");
        }
    }
    // In a path, `+` is itself; escapes are read once.
    assert_eq!(client.get("/plus+plus").status, 200);
    assert_eq!((client.get("/two+words.jpg").status, client.get("/two%2520words.jpg").status), (404, 404));
}

/// Whether a URL cannot name it, whatever the store.
fn is_nameless(key: &str) -> bool {
    key.split('/').any(|segment| matches!(segment, "." | ".."))
}
