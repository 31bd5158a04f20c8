//! What a mount lets its answers say: who may read them, how long they are kept, under which name they are saved, what is
//! shown in the place of a picture that is missing.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Read;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{BINARY, Options, Service, image};
use lightmill_testkit::{Picture, Response, command};

fn with(mount: &str, files: &[(&str, &[u8])]) -> Service {
    Service::with(&Options { mount: Some(&format!("unsafe = true\n{mount}")), files, ..Options::default() })
}

const SMALL: &str = "resize,m_fill,w_60,h_40";

#[test]
fn pages_of_listed_origins_may_read_answers() {
    let service = with("cors = ['https://shop.example.com']", &[]);
    let client = service.server.client();
    let ask = |target: &str, origin: &str| client.get_with(target, &[("origin", origin)]);
    for target in ["/rocket.jpg", &image("rocket.jpg", SMALL), "/missing.jpg"] {
        let allowed = ask(target, "https://shop.example.com");
        assert_eq!(allowed.header("access-control-allow-origin"), Some("https://shop.example.com"), "{target}");
        assert!(allowed.headers("vary").iter().any(|vary| vary.contains("Origin")), "{target}");
        assert_eq!(ask(target, "https://elsewhere.example").header("access-control-allow-origin"), None);
    }
    let asked = [("origin", "https://shop.example.com"), ("access-control-request-method", "GET")];
    let preflight = client.request("OPTIONS", "/rocket.jpg", &asked);
    assert_eq!((preflight.status, preflight.header("access-control-allow-methods")), (204, Some("GET, HEAD")));
    assert_eq!(client.request("OPTIONS", "/rocket.jpg", &[]).status, 405);
    let closed = Service::start();
    assert_eq!(closed.server.client().request("OPTIONS", "/rocket.jpg", &asked).status, 405);
    assert_eq!(closed.server.client().get_with("/rocket.jpg", &asked).header("access-control-allow-origin"), None);
}

#[test]
fn another_picture_takes_the_place_of_one_that_is_missing_or_no_good() {
    let fallback = "fallback = { source = 'other', key = 'only-here.jpg', time = 7 }";
    let service = with(fallback, &[("broken.jpg", b"no picture")]);
    let client = service.server.client();
    let shown = |response: &Response, status: u16, error: &str| {
        assert_eq!(response.status, status, "{}", response.text());
        assert_eq!(response.header("x-lightmill-fallback"), Some(error));
        assert_eq!(response.header("cache-control"), Some("public, max-age=7"));
        assert_eq!((response.header("etag"), response.header("accept-ranges")), (None, None));
        let picture = Picture::decode(&response.body).unwrap();
        (picture.width(), picture.height())
    };
    assert_eq!(shown(&client.get(&image("missing.jpg", SMALL)), 404, "NoSuchKey"), (60, 40));
    assert_eq!(shown(&client.get(&image("broken.jpg", SMALL)), 415, "UnsupportedFormatError"), (60, 40));
    assert_eq!(shown(&client.get("/missing.jpg"), 404, "NoSuchKey"), (640, 427));
    let part = client.get_with("/missing.jpg", &[("range", "bytes=0-9"), ("if-none-match", "*")]);
    assert_eq!(shown(&part, 404, "NoSuchKey"), (640, 427));
    // What the client did wrong is told.
    for wrong in [image("missing.jpg", "resize,w_0"), image("../missing.jpg", SMALL)] {
        let refused = client.get(&wrong);
        assert_eq!((refused.status, refused.header("x-lightmill-fallback")), (400, None), "{wrong}");
    }
    let right = client.get(&image("rocket.jpg", SMALL));
    assert_eq!((right.status, right.header("x-lightmill-fallback")), (200, None));
}

#[test]
fn the_status_of_a_fallback_can_be_chosen_and_its_absence_is_the_first_error() {
    let service = with("fallback = { source = 'other', key = 'only-here.jpg', status = 200 }", &[]);
    let shown = service.server.client().get(&image("missing.jpg", SMALL));
    assert_eq!((shown.status, shown.header("cache-control")), (200, Some("public, max-age=10")));
    let service = with("fallback = { source = 'other', key = 'nothing.jpg', status = 200 }", &[]);
    let refused = service.server.client().get(&image("missing.jpg", SMALL));
    assert_eq!((refused.status, refused.header("cache-control")), (404, Some("no-store")));
    assert!(refused.text().contains("NoSuchKey"));
}

#[test]
fn pictures_are_saved_under_their_objects_name() {
    let service = with("disposition = 'attachment'", &[("trips/a b.jpg", b"x")]);
    let client = service.server.client();
    let name = |target: &str| client.get(target).header("content-disposition").map(str::to_owned);
    assert_eq!(name(&image("rocket.jpg", "format,webp")).unwrap(), "attachment; filename=\"rocket.webp\"");
    assert_eq!(name("/trips/a%20b.jpg").unwrap(), "attachment; filename=\"a b.jpg\"");
    assert_eq!(name("/missing.jpg"), None);
}

#[test]
fn texts_are_compressed_and_pictures_are_not() {
    let circles = "<circle cx='5' cy='5' r='4'/>".repeat(100);
    let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'>{circles}</svg>");
    let service = with("", &[("a.svg", svg.as_bytes()), ("small.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")]);
    let client = service.server.client();
    let plain = client.get("/a.svg");
    assert_eq!((plain.header("content-encoding"), plain.body.len()), (None, svg.len()));
    let packed = client.get_with("/a.svg", &[("accept-encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.headers("vary").iter().any(|vary| vary.eq_ignore_ascii_case("accept-encoding")));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, svg);
    let etag = packed.header("etag").unwrap();
    assert_eq!(etag, format!("W/{}", plain.header("etag").unwrap()), "other bytes, no strong tag");
    let again = client.get_with("/a.svg", &[("accept-encoding", "gzip"), ("if-none-match", etag)]);
    assert_eq!(again.status, 304);
    let part = client.get_with("/a.svg", &[("accept-encoding", "gzip"), ("range", "bytes=0-999")]);
    assert_eq!((part.status, part.header("content-encoding"), part.body.len()), (206, None, 1000));
    for target in ["/small.svg", "/rocket.jpg", &image("rocket.jpg", SMALL)] {
        let whole = client.get_with(target, &[("accept-encoding", "gzip, br")]);
        assert_eq!((whole.status, whole.header("content-encoding")), (200, None), "{target}");
    }
}

#[test]
fn nothing_is_kept_for_longer_than_its_url_is_valid() {
    let service = Service::with(&Options { mount: Some("keys = ['secret']"), ..Options::default() });
    let end = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_mins(10);
    let ask = |expires: u64| {
        let target = format!("{}&lm-expires={expires}", image("rocket.jpg", SMALL));
        let signed = command(BINARY)
            .args(["sign", &target])
            .env("LIGHTMILL_MOUNTS__0__KEYS", "secret")
            .env("LIGHTMILL_SOURCES__PHOTOS__URL", common::SAMPLES)
            .output()
            .unwrap();
        service.server.client().get(String::from_utf8(signed.stdout).unwrap().trim())
    };
    let short = ask(end.as_secs());
    assert_eq!(short.status, 200, "{}", short.text());
    let kept: u64 = short.header("cache-control").unwrap().strip_prefix("public, max-age=").unwrap().parse().unwrap();
    assert!((590..=600).contains(&kept), "{kept}");
    let expires = httpdate::parse_http_date(short.header("expires").unwrap()).unwrap();
    assert!(expires <= UNIX_EPOCH + end + Duration::from_secs(1));
    assert_eq!(ask(end.as_secs() + 1_000_000).header("cache-control"), Some("public, max-age=86400"));
    assert_eq!(ask(1).status, 403);
}

#[test]
fn the_first_segment_can_name_the_source() {
    let service = with("bucket_from = 'path'", &[("rocket.png", include_bytes!("../../../samples/coffee.png"))]);
    let client = service.server.client();
    assert_eq!(client.get(&image("photos/rocket.jpg", SMALL)).status, 200);
    assert_eq!(client.get(&image("other/only-here.jpg", SMALL)).status, 200);
    assert_eq!(client.get("/other/only-here.jpg").status, 200);
    let header = client.get_with("/photos/rocket.jpg", &[("x-bucket", "other")]);
    assert_eq!((header.status, header.header("vary")), (200, None));
    for refused in ["/unlisted/secret.jpg", "/rocket.jpg", &image("unlisted/secret.jpg", SMALL)] {
        assert_eq!(client.get(refused).status, 403, "{refused}");
    }
    // Marks lie where the picture lies.
    let mark = image("photos/rocket.jpg", "watermark,image_cm9ja2V0LnBuZz94LW9zcy1wcm9jZXNzPWltYWdlL3Jlc2l6ZSx3XzIw");
    assert_eq!(client.get(&mark).status, 200);
    let service = Service::start();
    let client = service.server.client();
    assert_eq!(client.get("/s3:other/only-here.jpg").status, 200);
    assert_eq!(client.get(&image("s3:photos/rocket.jpg", SMALL)).status, 200);
    assert_eq!(client.get("/s3:unlisted/secret.jpg").status, 403);
}
