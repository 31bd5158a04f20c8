//! Photos that lie at an HTTP origin. Folders and buckets have a suite of their own, in `stores/`.
#![allow(clippy::unwrap_used)]

mod common;

use common::{BINARY, SAMPLES, Service, image};
use lightmill_testkit::{Client, Picture, Server, ServerOptions};

/// A server of the one source that `source` describes.
fn serving(source: &str) -> Server {
    let config = format!(
        r#"
        [sources.photos]
        {source}
        [[mounts]]
        path = "/"
        dialect = "oss"
        sources = ["photos"]
        unsafe = true
        "#
    );
    Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap()
}

fn shows_rocket(client: &Client, key: &str) {
    let original = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    let stored = client.get(&format!("/{key}"));
    assert_eq!((stored.status, stored.body.len()), (200, original.len()));
    assert_eq!(stored.body, original);
    let part = client.request("GET", &format!("/{key}"), &[("range", "bytes=10-19")]);
    assert_eq!((part.status, &part.body[..]), (206, &original[10..20]));
    let small = client.get(&image(key, "resize,w_100"));
    assert_eq!(small.status, 200, "{}", small.text());
    let picture = Picture::decode(&small.body).unwrap();
    assert_eq!((picture.width(), picture.height()), (100, 67));
    let etag = small.header("etag").unwrap().to_owned();
    let again = client.request("GET", &image(key, "resize,w_100"), &[("if-none-match", &etag)]);
    assert_eq!(again.status, 304);
    assert_eq!(client.get("/missing.jpg").status, 404);
    assert_eq!(client.get(&image("missing.jpg", "resize,w_100")).status, 404);
}

#[test]
fn an_http_origin() {
    let origin = Service::start();
    let url = format!("http://{}/", origin.server.client().address());
    let server = serving(&format!("url = \"{url}\"\nallow_private = [\"127.0.0.1\"]"));
    shows_rocket(&server.client(), "rocket.jpg");
}
