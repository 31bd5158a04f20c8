//! `[output]` and `[formats]`, from outside.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Options, Service, image};
use lightmill_testkit::{ImageFormat, Picture, generate};

#[test]
fn formats_that_are_switched_off_are_refused() {
    let gif = generate::animation(10, 10, 2).unwrap();
    let service = Service::with(&Options {
        tables: "[formats]\ngif = false\nwebp = \"read\"",
        files: &[("a.gif", &gif)],
        ..Options::default()
    });
    let client = service.server.client();
    let unread = client.get(&image("a.gif", "resize,w_5/format,png"));
    assert_eq!(unread.status, 415, "{}", unread.text());
    let unwritten = client.get(&image("rocket.jpg", "resize,w_50/format,webp"));
    assert_eq!(unwritten.status, 400, "{}", unwritten.text());
    assert!(unwritten.text().contains("jpeg, png, bmp"), "{}", unwritten.text());
    assert_eq!(client.get(&image("rocket.jpg", "resize,w_50/format,png")).status, 200);
}

#[test]
fn outputs_follow_the_configuration_where_the_url_says_nothing() {
    let service = Service::with(&Options {
        tables: "[output]\nquality = 30\nmetadata = \"copyright\"",
        mount: Some("unsafe = true\noutput = { max_bytes = 9_000 }"),
        ..Options::default()
    });
    let client = service.server.client();
    let bounded = client.get(&image("rocket.jpg", "resize,w_400"));
    assert!(bounded.status == 200 && bounded.body.len() <= 9000, "{}", bounded.body.len());
    let asked = client.get(&image("coffee.png", "resize,w_100/format,jpg/quality,Q_90"));
    let silent = client.get(&image("coffee.png", "resize,w_100/format,jpg"));
    assert!(silent.body.len() < asked.body.len(), "{} and {}", silent.body.len(), asked.body.len());
}

#[test]
fn the_smallest_of_the_allowed_formats_is_sent() {
    let service = Service::with(&Options {
        mount: Some("unsafe = true\nformats = [\"png\", \"webp\"]\noutput = { choose = \"smallest\" }"),
        ..Options::default()
    });
    let accept = [("accept", "image/png,image/webp")];
    let response = service.server.client().get_with(&image("rocket.jpg", "resize,w_100"), &accept);
    assert_eq!(Picture::decode(&response.body).unwrap().format, ImageFormat::WebP);
    assert_eq!(response.header("vary").map(|vary| vary.contains("Accept")), Some(true));
}
