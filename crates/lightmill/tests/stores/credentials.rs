//! Whoever asks with the wrong secret is refused, which is no fault of the client's, and no secret for it to learn.

use crate::common::image;
use crate::store::{RED, Serving, Store, plain};

pub fn behaviour(store: &dyn Store) {
    let right = store.bucket("locked", "");
    store.put("locked", "a.png", "image/png", &plain(30, 20, RED));
    assert_eq!(Serving::one(&right).client().get("/a.png").status, 200);
    let (wrong, words) = store.locked("locked");
    let server = Serving::one(&wrong);
    for target in ["/a.png", "/missing.png", &image("a.png", "info")] {
        let answer = server.client().get(target);
        assert_eq!((answer.status, answer.header("cache-control")), (503, Some("no-store")), "{target}");
        assert_eq!(answer.json()["name"], "SourceUnavailableError", "{target}");
        let told = format!("{:?} {}", answer.headers, answer.text());
        assert!(!words.iter().any(|word| told.contains(word)), "{told}");
    }
    assert!(!server.logs().contains(&words[0]), "no secret is logged: {}", server.logs());
}
