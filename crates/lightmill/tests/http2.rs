//! HTTP/2 with prior knowledge, as a load balancer speaks it: many requests at once on one connection.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Options, SAMPLES, Service, image};
use lightmill_testkit::{Picture, Response, get_at_once};

fn ask(service: &Service, targets: &[String]) -> Vec<Response> {
    get_at_once(service.server.client().address(), targets).unwrap()
}

#[test]
fn originals_and_transforms_share_a_connection() {
    // Room for all of them, however few processors there are.
    let service = Service::with(&Options { tables: "[permits]\nqueue_length = 200", ..Options::default() });
    let rocket = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    // More than the server takes at a time (128): the rest waits for its turn.
    let targets: Vec<String> = (0..180)
        .map(|number| match number % 3 {
            0 => "/rocket.jpg".to_owned(),
            1 => image("rocket.jpg", &format!("resize,w_{}", 20 + number)),
            _ => format!("/missing-{number}.jpg"),
        })
        .collect();
    for (number, answer) in ask(&service, &targets).iter().enumerate() {
        match number % 3 {
            0 => assert_eq!((answer.status, &answer.body), (200, &rocket)),
            1 => assert_eq!(Picture::decode(&answer.body).unwrap().width() as usize, 20 + number),
            _ => assert_eq!((answer.status, &answer.json()["name"]), (404, &"NoSuchKey".into())),
        }
        assert!(answer.header("connection").is_none() && answer.header("transfer-encoding").is_none());
    }
}

#[test]
fn an_answer_is_the_same_over_either() {
    let service = Service::start();
    for target in
        ["/rocket.jpg".to_owned(), image("coffee.png", "resize,w_90/format,webp"), image("rocket.jpg", "info")]
    {
        let first = service.server.client().get(&target);
        let second = ask(&service, std::slice::from_ref(&target)).remove(0);
        assert_eq!((first.status, &first.body), (second.status, &second.body), "{target}");
        for name in ["content-type", "content-length", "etag", "last-modified", "cache-control", "accept-ranges"] {
            assert_eq!(first.header(name), second.header(name), "{target}: {name}");
        }
    }
}

#[test]
fn the_authority_chooses_the_mount() {
    // `:authority` is what `host` is to HTTP/1.1; a port is no part of it.
    let mount = "unsafe = true\nhost = \"127.0.0.1\"";
    let here = Service::with(&Options { mount: Some(mount), ..Options::default() });
    assert_eq!(ask(&here, &["/rocket.jpg".to_owned()])[0].status, 200);
    let elsewhere =
        Service::with(&Options { mount: Some("unsafe = true\nhost = \"else.where\""), ..Options::default() });
    assert_eq!(ask(&elsewhere, &["/rocket.jpg".to_owned()])[0].status, 404);
}
