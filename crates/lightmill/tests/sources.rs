//! Photos that lie elsewhere: at an HTTP origin, in buckets of Amazon and Google, in a container of Azure.
#![allow(clippy::unwrap_used)]

mod common;

use common::{BINARY, SAMPLES, Service, image};
use lightmill_testkit::servers::{Azurite, FakeGcs, Moto};
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

#[test]
fn a_bucket() {
    let moto = Moto::start().unwrap();
    let address = moto.endpoint().trim_start_matches("http://").parse().unwrap();
    let bucket = Client::new(address);
    assert_eq!(bucket.request("PUT", "/photos", &[]).status, 200);
    let rocket = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    assert_eq!(bucket.send("PUT", b"/photos/trips/a%20b%2B%C3%A9.jpg", &[], &rocket).unwrap().status, 200);
    let server = serving(&format!(
        "url = \"s3://photos/trips?endpoint={}\"\naccess_key_id = \"reader\"\nsecret_access_key = \"a-secret\"",
        moto.endpoint()
    ));
    shows_rocket(&server.client(), "a%20b%2B%C3%A9.jpg");
}

#[test]
fn a_bucket_of_googles() {
    let gcs = FakeGcs::start().unwrap();
    gcs.create_bucket("photos").unwrap();
    let address = gcs.endpoint().trim_start_matches("http://").parse().unwrap();
    let rocket = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    let target = b"/upload/storage/v1/b/photos/o?uploadType=media&name=trips%2Fa%20b%2B%C3%A9.jpg";
    let headers = [("content-type", "image/jpeg")];
    assert_eq!(Client::new(address).send("POST", target, &headers, &rocket).unwrap().status, 200);
    let server = serving(&format!("url = \"gs://photos/trips?endpoint={}&anonymous=true\"", gcs.endpoint()));
    shows_rocket(&server.client(), "a%20b%2B%C3%A9.jpg");
}

#[test]
fn a_container_of_azures() {
    let azurite = Azurite::start().unwrap();
    azurite.create_container("photos", false).unwrap();
    let rocket = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    azurite.put_blob("photos/trips/a%20b%2B%C3%A9.jpg", &rocket).unwrap();
    let url = format!("az://photos/trips?account={}&endpoint={}", Azurite::ACCOUNT, azurite.endpoint());
    for credentials in [format!("account_key = \"{}\"", Azurite::KEY), format!("sas = \"{}\"", azurite.signature())] {
        let server = serving(&format!("url = \"{url}\"\n{credentials}"));
        shows_rocket(&server.client(), "a%20b%2B%C3%A9.jpg");
    }
}
