//! What caches and browsers rely on: validators, ranges, and headers that say who may keep what.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Options, SAMPLES, Service, image};

fn rocket() -> Vec<u8> {
    std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap()
}

#[test]
fn originals_are_streamed_as_they_are() {
    let service = Service::start();
    let response = service.server.client().get("/rocket.jpg");
    assert_eq!((response.status, response.content_type()), (200, "image/jpeg"));
    assert_eq!(response.body, rocket());
    assert_eq!(response.header("accept-ranges"), Some("bytes"));
    assert_eq!(response.header("content-length"), Some(rocket().len().to_string().as_str()));
}

#[test]
fn ranges_of_originals() {
    let service = Service::start();
    let client = service.server.client();
    let all = rocket();
    let length = all.len();
    for (range, expected) in [
        ("bytes=0-0", &all[..1]),
        ("bytes=10-19", &all[10..20]),
        ("bytes=100-", &all[100..]),
        ("bytes=-7", &all[length - 7..]),
        ("bytes=0-99999999", &all[..]),
    ] {
        let response = client.get_with("/rocket.jpg", &[("range", range)]);
        assert_eq!(response.status, 206, "{range}");
        assert_eq!(response.body, expected, "{range}");
        let content_range = response.header("content-range").unwrap();
        assert!(content_range.ends_with(&format!("/{length}")), "{range}: {content_range}");
    }
    let outside = client.get_with("/rocket.jpg", &[("range", "bytes=99999999-")]);
    assert_eq!(outside.status, 416);
    assert_eq!(outside.header("content-range"), Some(format!("bytes */{length}").as_str()));
    // What is malformed or in another unit is ignored (RFC 9110, section 14.2).
    for range in ["lines=1-2", "bytes=abc", "bytes=9-1"] {
        let response = client.get_with("/rocket.jpg", &[("range", range)]);
        assert_eq!((response.status, response.body.len()), (200, length), "{range}");
    }
}

#[test]
fn if_range_compares_validators() {
    let service = Service::start();
    let client = service.server.client();
    let first = client.get("/rocket.jpg");
    let etag = first.header("etag").unwrap();
    let modified = first.header("last-modified").unwrap();
    // A weak tag never matches here (RFC 9110, section 13.1.5).
    if !etag.starts_with("W/") {
        assert_eq!(client.get_with("/rocket.jpg", &[("range", "bytes=0-9"), ("if-range", etag)]).status, 206);
    }
    assert_eq!(client.get_with("/rocket.jpg", &[("range", "bytes=0-9"), ("if-range", "\"other\"")]).status, 200);
    let old = [("range", "bytes=0-9"), ("if-range", "Thu, 01 Jan 1970 00:00:00 GMT")];
    assert_eq!(client.get_with("/rocket.jpg", &old).status, 200);
    assert_eq!(client.get_with("/rocket.jpg", &[("if-modified-since", modified)]).status, 304);
}

#[test]
fn validators_belong_to_one_variant() {
    let service = Service::start();
    let client = service.server.client();
    let small = client.get(&image("rocket.jpg", "resize,w_100"));
    let large = client.get(&image("rocket.jpg", "resize,w_200"));
    let original = client.get("/rocket.jpg");
    let tags = [&small, &large, &original].map(|response| response.header("etag").unwrap().to_owned());
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    assert_eq!(client.get_with(&image("rocket.jpg", "resize,w_200"), &[("if-none-match", &tags[0])]).status, 200);
    for matching in [tags[0].clone(), format!("\"x\", {}", tags[0]), "*".into(), format!("W/{}", tags[0])] {
        if matching.starts_with("W/W/") {
            continue;
        }
        let response = client.get_with(&image("rocket.jpg", "resize,w_100"), &[("if-none-match", &matching)]);
        assert_eq!((response.status, response.body.len()), (304, 0), "{matching}");
        assert_eq!(response.header("etag"), Some(tags[0].as_str()));
    }
}

#[test]
fn equal_wishes_have_one_validator() {
    let service = Service::start();
    let client = service.server.client();
    let tag = |target: &str| client.get(target).header("etag").unwrap().to_owned();
    let a = tag(&image("rocket.jpg", "resize,w_100/quality,Q_80"));
    let b = tag("/rocket.jpg?x-oss-process=//image/quality,Q_80//resize,w_100//");
    let c = tag("/rocket.jpg?v=3&x-oss-process=image%2Fresize%2Cw_100%2Fquality%2CQ_80");
    assert_eq!((&a, &b), (&b, &c));
}

#[test]
fn nothing_is_made_for_a_client_that_has_it() {
    let service = Service::start();
    let target = image("rocket.jpg", "resize,w_123");
    let tag = service.server.client().get(&target).header("etag").unwrap().to_owned();
    // Another process with the same folder: the same recipe and source give the same validator without any work.
    let config = format!(
        "[sources.photos]\nurl = \"file://{0}/photos\"\n[[mounts]]\npath = \"/\"\ndialect = \"oss\"\n\
         sources = [\"photos\"]\nunsafe = true\n",
        service.folder.path().display()
    );
    let options = lightmill_testkit::ServerOptions { config, environment: Vec::new() };
    let fresh = lightmill_testkit::Server::start(common::BINARY, &options).unwrap();
    let response = fresh.client().get_with(&target, &[("if-none-match", &tag)]);
    assert_eq!(response.status, 304);
    assert!(fresh.metric("lightmill_made_total", &[]) < 0.5, "a picture was made");
}

#[test]
fn a_changed_source_is_another_result() {
    let service = Service::start();
    let client = service.server.client();
    let target = image("rocket.jpg", "resize,w_100");
    let before = client.get(&target);
    service.folder.copy(format!("{SAMPLES}/hubble_deep_field.jpg"), "photos/rocket.jpg").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(90);
    while client.get(&target).header("etag") == before.header("etag") {
        assert!(std::time::Instant::now() < deadline, "the old picture is still served");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_ne!(client.get(&target).body, before.body);
}

#[test]
fn dates_and_caching_headers() {
    let service = Service::start();
    let client = service.server.client();
    for target in [image("rocket.jpg", "resize,w_100"), "/rocket.jpg".into(), "/rocket.jpg@!box100".into()] {
        let response = client.get(&target);
        let modified = response.header("last-modified").unwrap();
        // IMF-fixdate, RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
        assert!(modified.len() == 29 && modified.ends_with(" GMT") && &modified[3..5] == ", ", "{modified}");
        assert!(response.header("cache-control").is_some(), "{target}");
        assert!(response.header("x-content-type-options").is_none_or(|value| value == "nosniff"));
    }
}

#[test]
fn a_cached_answer_is_the_same_answer() {
    let service = Service::start();
    let client = service.server.client();
    let target = image("coffee.png", "resize,w_90/format,webp");
    let (first, second) = (client.get(&target), client.get(&target));
    assert_eq!(first.body, second.body);
    for name in ["content-type", "etag", "last-modified", "cache-control", "vary"] {
        assert_eq!(first.header(name), second.header(name), "{name}");
    }
}

#[test]
fn negotiation_says_so() {
    let service =
        Service::with(&Options { mount: Some("flavour = \"keithyt06\"\nunsafe = true"), ..Options::default() });
    let client = service.server.client();
    let target = image("rocket.jpg", "resize,w_100");
    let webp = client.get_with(&target, &[("accept", "image/webp,*/*")]);
    let jpeg = client.get(&target);
    assert_eq!((webp.content_type(), jpeg.content_type()), ("image/webp", "image/jpeg"));
    assert_ne!(webp.header("etag"), jpeg.header("etag"));
    for response in [&webp, &jpeg] {
        let vary = response.header("vary").unwrap_or("").to_ascii_lowercase();
        assert!(vary.split(',').any(|name| name.trim() == "accept"), "{vary:?}");
    }
}

#[test]
fn originals_can_be_forbidden() {
    let service =
        Service::with(&Options { mount: Some("originals = \"forbid\"\nunsafe = true"), ..Options::default() });
    let client = service.server.client();
    for target in ["/rocket.jpg", "/rocket.jpg?x-oss-process=image", "/rocket.jpg?x-oss-process=", "/missing.jpg"] {
        let response = client.get(target);
        assert_eq!(response.status, 403, "{target}");
        let body = response.json();
        assert_eq!(body["name"], "ForbiddenError");
        assert_eq!(body["message"], "Please visit s3 directly");
    }
    assert_eq!(client.get(&image("rocket.jpg", "resize,w_100")).status, 200);
}
