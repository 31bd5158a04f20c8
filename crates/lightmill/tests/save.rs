//! Results that are kept instead of sent.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::{Options, SAMPLES, Service, image};
use lightmill_testkit::servers::Moto;
use lightmill_testkit::{Client, Picture, Response, Server, ServerOptions};
use serde_json::{Value, json};

const TOKEN: &str = "a-token-for-tests";
const SAVE: &str = "unsafe = true\nsave = { to = ['other'], tokens = ['a-token-for-tests'] }";

fn service() -> Service {
    Service::with(&Options { mount: Some(SAVE), ..Options::default() })
}

fn post(client: &Client, target: &str, headers: &[(&str, &str)], body: &str) -> Response {
    client.send("POST", target.as_bytes(), headers, body.as_bytes()).unwrap()
}

fn wish() -> Value {
    json!({
        "params": "image/resize,w_100/format,webp",
        "sourceBucket": "photos",
        "sourceObject": "rocket.jpg",
        "targetBucket": "other",
        "targetObject": "made/a b.webp",
    })
}

fn with(field: &str, value: &str) -> String {
    let mut wish = wish();
    wish[field] = json!(value);
    wish.to_string()
}

fn base64url(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

#[test]
fn results_are_saved_where_the_mount_allows_it() {
    let service = service();
    let client = service.server.client();
    let said = post(&client, "/images", &[("x-client-authorization", TOKEN)], &wish().to_string());
    assert_eq!((said.status, said.content_type()), (200, "text/plain"), "{}", said.text());
    assert_eq!(said.text(), "saved result to s3://other/made/a b.webp");
    let file = fs::read(service.folder.path().join("other/made/a b.webp")).unwrap();
    assert_eq!(Picture::decode(&file).unwrap().width(), 100);
    let sent = client.get_with("/made/a%20b.webp", &[("x-bucket", "other")]);
    assert_eq!((sent.status, sent.body), (200, file));
    // A text, and a style, too.
    let authorization = format!("Bearer {TOKEN}");
    for (params, starts) in [("image/info", &b"{"[..]), ("style/box100", b"\xff\xd8")] {
        let said = post(&client, "/images", &[("authorization", &authorization)], &with("params", params));
        assert_eq!(said.status, 200, "{}", said.text());
        assert!(fs::read(service.folder.path().join("other/made/a b.webp")).unwrap().starts_with(starts));
    }
}

#[test]
fn the_form_of_oss() {
    let service = service();
    let client = service.server.client();
    let (object, bucket) = (base64url("small.jpg"), base64url("other"));
    let body = format!("x-oss-process=image/resize,w_60|sys/saveas,o_{object},b_{bucket}");
    let token = [("x-client-authorization", TOKEN)];
    let said = post(&client, "/rocket.jpg?x-oss-process", &token, &body);
    assert_eq!((said.status, said.content_type()), (200, "application/json"), "{}", said.text());
    let file = fs::read(service.folder.path().join("other/small.jpg")).unwrap();
    assert_eq!(said.json(), json!({"bucket": "other", "fileSize": file.len(), "object": "small.jpg", "status": "OK"}));
    // Without a bucket it is that of the source, which this mount does not let be written to.
    let body = format!("x-oss-process=image/resize,w_60|sys/saveas,o_{object}");
    assert_eq!(post(&client, "/rocket.jpg?x-oss-process", &token, &body).status, 403);
    let from_other = [token[0], ("x-bucket", "other")];
    assert_eq!(post(&client, "/only-here.jpg?x-oss-process", &from_other, &body).status, 200);
    for wrong in ["", "a=b", "x-oss-process=image/resize,w_60", &format!("{body}&a=b")] {
        assert_eq!(post(&client, "/rocket.jpg?x-oss-process", &token, wrong).status, 400, "{wrong}");
    }
}

#[test]
fn what_was_there_is_replaced_and_seen() {
    let service = service();
    let client = service.server.client();
    let kept = image("small.jpg", "resize,w_30");
    let mut tags = Vec::new();
    for width in [100, 200] {
        let body = with("params", &format!("image/resize,w_{width}/format,jpg")).replace("made/a b.webp", "small.jpg");
        assert_eq!(post(&client, "/images", &[("x-client-authorization", TOKEN)], &body).status, 200);
        let shown = client.get_with(&kept, &[("x-bucket", "other")]);
        assert_eq!(shown.status, 200);
        tags.push(shown.header("etag").unwrap().to_owned());
    }
    assert_ne!(tags[0], tags[1], "the old one is forgotten at once");
}

#[test]
fn nobody_saves_without_a_token_or_elsewhere() {
    let service = service();
    let client = service.server.client();
    for headers in [
        &[][..],
        &[("x-client-authorization", "a-token-for-test")],
        &[("x-client-authorization", "")],
        &[("authorization", "Basic a-token-for-tests")],
    ] {
        let refused = post(&client, "/images", headers, &wish().to_string());
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("Bearer")), "{headers:?}");
    }
    let token = [("x-client-authorization", TOKEN)];
    for (body, status) in [
        (with("targetBucket", "photos"), 403),
        (with("targetBucket", "unlisted"), 403),
        (with("targetBucket", "nowhere"), 403),
        (with("sourceBucket", "unlisted"), 403),
        (with("targetObject", "../../escape"), 400),
        (with("targetObject", ""), 400),
        (with("sourceObject", "missing.jpg"), 404),
        (with("params", "image/resize,w_0"), 400),
        (with("params", "style/none"), 400),
        (with("params", ""), 400),
        (with("cacheControl", "a\r\nset-cookie: b"), 400),
        (with("unknown", "x"), 400),
        ("{}".to_owned(), 400),
        ("nothing".to_owned(), 400),
        (with("params", &"x".repeat(70_000)), 413),
    ] {
        let refused = post(&client, "/images", &token, &body);
        assert_eq!(refused.status, status, "{} {}", &body[..body.len().min(200)], refused.text());
        assert_eq!(refused.header("cache-control"), Some("no-store"));
    }
    let names: Vec<_> =
        fs::read_dir(service.folder.path().join("other")).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(names, ["only-here.jpg"], "nothing was written");
    let closed = Service::start();
    let refused = post(&closed.server.client(), "/images", &token, &wish().to_string());
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD")));
}

#[test]
fn a_bucket_keeps_type_cache_headers_and_metadata() {
    let moto = Moto::start().unwrap();
    let bucket = Client::new(moto.endpoint().trim_start_matches("http://").parse().unwrap());
    assert_eq!(bucket.request("PUT", "/made", &[]).status, 200);
    let config = format!(
        r#"
        [sources.photos]
        url = "{SAMPLES}"
        [sources.made]
        url = "s3://made?endpoint={}"
        access_key_id = "writer"
        secret_access_key = "a-secret"
        [[mounts]]
        sources = ["photos"]
        save = {{ to = ["made"], tokens = ["{TOKEN}"] }}
        "#,
        moto.endpoint()
    );
    let server = Server::start(common::BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap();
    let mut body = wish();
    body["targetBucket"] = json!("made");
    body["targetObject"] = json!("small.webp");
    body["cacheControl"] = json!("max-age=60");
    body["contentDisposition"] = json!("attachment");
    body["metadata"] = json!({"made-for": "a test"});
    let said = post(&server.client(), "/images", &[("x-client-authorization", TOKEN)], &body.to_string());
    assert_eq!((said.status, said.text().as_str()), (200, "saved result to s3://made/small.webp"));
    // Moto asks for a signature, and believes each.
    let signed =
        "AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let object = bucket.get_with("/made/small.webp", &[("authorization", signed)]);
    for (header, value) in [
        ("content-type", "image/webp"),
        ("cache-control", "max-age=60"),
        ("content-disposition", "attachment"),
        ("x-amz-meta-made-for", "a test"),
    ] {
        assert_eq!(object.header(header), Some(value));
    }
    drop(moto);
    let failed = post(&server.client(), "/images", &[("x-client-authorization", TOKEN)], &body.to_string());
    assert_eq!(failed.status, 503);
    assert!(!failed.text().contains("127.0.0.1"), "{}", failed.text());
}

#[test]
fn clips_are_saved_as_files_that_can_be_sought_in() {
    let film = common::film::red_and_blue();
    let service = Service::with(&Options { mount: Some(SAVE), files: &[("film.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    let wish = |params: &str| {
        let body = json!({
            "params": params,
            "sourceBucket": "photos",
            "sourceObject": "film.mp4",
            "targetBucket": "other",
            "targetObject": "made/film.mp4",
        });
        post(&client, "/images", &[("x-client-authorization", TOKEN)], &body.to_string())
    };
    let said = wish("video/compress,s_160x90");
    assert_eq!((said.status, said.text()), (200, "saved result to s3://other/made/film.mp4".to_owned()));
    let file = fs::read(service.folder.path().join("other/made/film.mp4")).unwrap();
    assert_eq!(common::film::frames_of(&file).0, 20);
    let kept = client.get("/film.mp4?x-oss-process=video/compress,s_160x90");
    assert_eq!((kept.header("x-lightmill-cache"), &kept.body), (Some("disk"), &file), "made once");
    let refused = wish("video/compress,fmt_hls");
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(refused.text().contains("many files"), "{}", refused.text());
}
