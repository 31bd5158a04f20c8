//! The service as its clients see it.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Options, Service, image};
use lightmill_testkit::Picture;

const THUMBNAIL: &str = "resize,w_100";

#[test]
fn health_and_methods() {
    let service = Service::start();
    let client = service.server.client();
    for target in ["/", "/ping"] {
        let response = client.get(target);
        assert_eq!((response.status, response.text().as_str()), (200, "ok"), "{target}");
        assert_eq!(response.content_type(), "text/plain");
        let head = client.head(target);
        assert_eq!((head.status, head.body.len()), (200, 0));
    }
    for method in ["PUT", "DELETE", "PATCH", "POST"] {
        let response = client.request(method, "/rocket.jpg", &[]);
        assert_eq!(response.status, 405, "{method}");
        assert!(response.header("allow").is_some_and(|allow| allow.contains("GET") && allow.contains("HEAD")));
    }
}

#[test]
fn head_answers_as_get_without_a_body() {
    let service = Service::start();
    let client = service.server.client();
    for target in [image("rocket.jpg", THUMBNAIL), "/rocket.jpg".into(), "/missing.jpg".into()] {
        let (get, head) = (client.get(&target), client.head(&target));
        assert_eq!(get.status, head.status, "{target}");
        for name in ["content-type", "content-length", "etag", "last-modified", "cache-control", "vary"] {
            assert_eq!(get.header(name), head.header(name), "{target} {name}");
        }
    }
}

#[test]
fn errors_are_json_in_the_reference_servers_shape() {
    let service = Service::start();
    let client = service.server.client();
    for (target, status, name) in [
        (image("missing.jpg", THUMBNAIL), 404, "NoSuchKey"),
        ("/missing.jpg".into(), 404, "NoSuchKey"),
        (image("rocket.jpg", "nonsense"), 400, "BadRequestError"),
        (image("missing.jpg", "nonsense"), 400, "BadRequestError"),
    ] {
        let response = client.get(&target);
        assert_eq!((response.status, response.content_type()), (status, "application/json"), "{target}");
        let body = response.json();
        assert_eq!(body["status"], status, "{target}");
        assert_eq!(body["name"], name, "{target}");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{target}");
        let caching = response.header("cache-control").unwrap_or("");
        assert!(caching.contains("no-store") || caching.contains("max-age="), "{target}: {caching:?}");
        let root = service.folder.path().to_string_lossy();
        assert!(!response.text().contains(root.as_ref()), "{target} tells where the files are");
    }
}

#[test]
fn a_bucket_is_chosen_among_the_listed_ones() {
    let service = Service::start();
    let client = service.server.client();
    let other = image("only-here.jpg", THUMBNAIL);
    assert_eq!(client.get(&other).status, 404);
    assert_eq!(client.get_with(&other, &[("x-bucket", "other")]).status, 200);
    assert_eq!(client.get_with(&image("rocket.jpg", THUMBNAIL), &[("x-bucket", "photos")]).status, 200);
    for bucket in ["unlisted", "nowhere", "/etc", "../unlisted"] {
        let refused = client.get_with(&image("secret.jpg", THUMBNAIL), &[("x-bucket", bucket)]);
        assert_eq!(refused.status, 403, "{bucket}");
    }
}

#[test]
fn the_same_key_in_two_buckets_is_two_pictures() {
    let files: [(&str, &[u8]); 1] = [("only-here.jpg", include_bytes!("../../../samples/hubble_deep_field.jpg"))];
    let service = Service::with(&Options { files: &files, ..Options::default() });
    let client = service.server.client();
    let target = image("only-here.jpg", THUMBNAIL);
    let first = client.get(&target);
    let second = client.get_with(&target, &[("x-bucket", "other")]);
    assert_eq!((first.status, second.status), (200, 200));
    assert_ne!(first.header("etag"), second.header("etag"));
    assert_ne!(first.body, second.body);
    assert!(second.header("vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("x-bucket")));
}

#[test]
fn styles_in_every_spelling() {
    let service = Service::start();
    let client = service.server.client();
    for target in ["/rocket.jpg?x-oss-process=style/box100", "/rocket.jpg@!box100", "/rocket.jpg!box100"] {
        let response = client.get(target);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        let picture = Picture::decode(&response.body).unwrap();
        assert_eq!((picture.width(), picture.height()), (100, 100), "{target}");
    }
    for (target, message) in [
        ("/rocket.jpg@!none", "Style not found"),
        ("/rocket.jpg@!", "Empty style name"),
        ("/rocket.jpg?x-oss-process=style/box100/more", "Invalid style!"),
    ] {
        let response = client.get(target);
        assert_eq!(response.status, 400, "{target}");
        assert_eq!(response.json()["message"], message, "{target}");
    }
}

#[test]
fn a_changed_style_is_another_result() {
    let service = Service::start();
    let client = service.server.client();
    let before = client.get("/rocket.jpg@!box100");
    assert_eq!(before.status, 200);
    service.folder.write("styles.json", r#"{"box100": {"style": "image/resize,m_fixed,w_50,h_40"}}"#).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(90);
    loop {
        let after = client.get("/rocket.jpg@!box100");
        let picture = Picture::decode(&after.body).unwrap();
        if (picture.width(), picture.height()) == (50, 40) {
            assert_ne!(before.header("etag"), after.header("etag"));
            return;
        }
        assert!(std::time::Instant::now() < deadline, "the old style is still served");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[test]
fn im_is_a_second_spelling() {
    let service = Service::start();
    let response = service.server.client().get("/rocket.jpg?im=Resize,width=200,height=100,format=webp,quality=60");
    assert_eq!((response.status, response.content_type()), (200, "image/webp"));
    let picture = Picture::decode(&response.body).unwrap();
    assert_eq!((picture.width(), picture.height()), (150, 100));
}

#[test]
fn keys_are_percent_encoded_utf8() {
    let rocket: &[u8] = include_bytes!("../../../samples/rocket.jpg");
    let files = [("mapa/café é 世界.jpg", rocket), ("100%.jpg", rocket), ("a+b.jpg", rocket), ("q?x.jpg", rocket)];
    let service = Service::with(&Options { files: &files, ..Options::default() });
    let client = service.server.client();
    for key in [
        "mapa/caf%C3%A9%20%C3%A9%20%E4%B8%96%E7%95%8C.jpg",
        "mapa%2Fcaf%c3%a9%20%c3%a9%20%e4%b8%96%e7%95%8c.jpg",
        "100%25.jpg",
        // A percent sign that begins no code is itself (WHATWG URL, section 1.3).
        "100%.jpg",
        "a+b.jpg",
        "a%2Bb.jpg",
        "q%3Fx.jpg",
    ] {
        let response = client.get(&image(key, THUMBNAIL));
        assert_eq!(response.status, 200, "{key}: {}", response.text());
    }
    for key in ["caf%C3.jpg", "%FF.jpg", "%zz.jpg"] {
        let status = client.get(&image(key, THUMBNAIL)).status;
        assert!(matches!(status, 400 | 404), "{key}: {status}");
    }
    // A browser never sends it so, but a script does.
    let raw = client.send("GET", image("mapa/café.jpg", THUMBNAIL).as_bytes(), &[], &[]).unwrap();
    assert!(matches!(raw.status, 400 | 404), "{}", raw.status);
}

#[test]
fn ignored_parameters_are_listed() {
    let service = Service::start();
    let response = service.server.client().get(&format!("{}&nonsense=1&v=2", image("rocket.jpg", THUMBNAIL)));
    assert_eq!(response.status, 200);
    let ignored = response.header("x-lightmill-ignored").unwrap();
    assert!(ignored.contains("nonsense") && ignored.contains('v'), "{ignored}");
}

#[test]
fn every_answer_has_a_request_id() {
    let service = Service::start();
    let client = service.server.client();
    let of = |target: &str| client.get(target).header("x-request-id").map(str::to_owned).unwrap();
    let (a, b) = (of("/ping"), of("/missing.jpg"));
    assert_ne!(a, b);
}

#[test]
fn the_admin_listener_is_apart() {
    let service = Service::start();
    let client = service.server.client();
    client.get(&image("rocket.jpg", THUMBNAIL));
    let admin = service.server.admin();
    assert_eq!(admin.get("/livez").status, 200);
    assert_eq!(admin.get("/readyz").status, 200);
    let metrics = admin.get("/metrics");
    assert_eq!(metrics.status, 200);
    assert!(metrics.text().lines().any(|line| line.starts_with("lightmill_")), "{}", metrics.text());
    for target in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(client.get(target).status, 404, "{target} is an ordinary key for the public");
    }
}
