//! Results are kept in the same store, for every instance, until they are purged.

use std::time::{Duration, Instant};

use lightmill_testkit::{Response, Server};

use crate::common::image;
use crate::store::{RED, Serving, Store, plain};

const TOKEN: &str = "a-token-for-tests";

pub fn behaviour(store: &dyn Store) {
    let (photos, made) = (store.bucket("kept", ""), store.bucket("made", "results"));
    store.put("kept", "trips/a b.png", "image/png", &plain(60, 40, RED));
    let tables = format!(
        "[admin]\ntokens = [\"{TOKEN}\"]\n[results]\nsource = \"made\"\n[sources.made]\n{made}\n\
         [cache]\nversion_time = 60"
    );
    let serving = || Serving { sources: &[("photos", &photos)], tables: &tables, ..Serving::default() }.start();
    let targets = [image("trips/a%20b.png", "resize,w_30"), image("trips/a%20b.png", "info")];

    let mut first = serving();
    let second = serving();
    let answers = targets.each_ref().map(|target| from(&first, target, "miss"));
    // They are written behind the answers' back.
    first.ask_to_stop().unwrap();
    assert_eq!(first.wait(Duration::from_secs(20)).unwrap().code, Some(0), "{}", first.logs());
    for (target, made) in targets.iter().zip(&answers) {
        let stored = from(&second, target, "stored");
        assert_eq!((&stored.body, stored.header("etag")), (&made.body, made.header("etag")));
        assert_eq!(stored.content_type(), made.content_type());
        from(&second, target, "hit");
    }
    assert!(second.metric("lightmill_made_total", &[]) < 0.5, "the second one made nothing");

    let purged = r#"{"source": "photos", "key": "trips/a b.png"}"#;
    assert_eq!(purge(&second, purged), (2, 2));
    assert_eq!(purge(&second, r#"{"source": "photos", "prefix": "trips/"}"#), (0, 0));
    from(&second, &targets[0], "miss");
    for (nothing, expected) in [("tri/", 0), ("trips/a b", 1)] {
        let body = format!("{{\"source\": \"photos\", \"prefix\": \"{nothing}\"}}");
        let start = Instant::now();
        while purge(&second, &body).1 < expected {
            assert!(start.elapsed() < Duration::from_secs(20), "it was never written: {}", second.logs());
        }
    }
    from(&second, &targets[0], "miss");
}

/// The answer, which must come from there.
fn from(server: &Server, target: &str, cache: &str) -> Response {
    let answer = server.client().get(target);
    assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    assert_eq!(answer.header("x-lightmill-cache"), Some(cache), "{target}: {}", server.logs());
    answer
}

/// How many were forgotten in memory and in the store.
fn purge(server: &Server, body: &str) -> (u64, u64) {
    let token = format!("Bearer {TOKEN}");
    let answer = server.admin().send("POST", b"/purge", &[("authorization", &token)], body.as_bytes()).unwrap();
    let counts = answer.json();
    assert_eq!((answer.status, &counts["complete"]), (200, &true.into()), "{}", server.logs());
    (counts["memory"].as_u64().unwrap(), counts["stored"].as_u64().unwrap())
}
