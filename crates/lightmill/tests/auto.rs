//! A mount that takes every language: each URL is told by its form, and the mount's keys guard all of them.

#![allow(clippy::unwrap_used)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{BINARY, SAMPLES};
use lightmill_testkit::{Picture, Scratch, Server, ServerOptions, command};

fn start(mount: &str) -> (Server, Scratch) {
    let folder = Scratch::new().unwrap();
    folder.copy(format!("{SAMPLES}/rocket.jpg"), "photos/rocket.jpg").unwrap();
    let root = folder.path().display();
    let config = format!("[sources.photos]\nurl = \"file://{root}/photos\"\n[[mounts]]\ndialect = \"auto\"\n{mount}\n");
    folder.write("lightmill.toml", &config).unwrap();
    (Server::start(BINARY, &ServerOptions { config, ..ServerOptions::default() }).unwrap(), folder)
}

fn encoded() -> String {
    format!("/{}", STANDARD.encode(r#"{"key":"rocket.jpg","edits":{"resize":{"width":60}}}"#))
}

#[test]
fn every_language_is_told_by_its_form() {
    let (server, _folder) = start("unsafe = true");
    for target in [
        "/rocket.jpg?x-oss-process=image/resize,w_60".to_owned(),
        "/unsafe/60x/rocket.jpg".to_owned(),
        "/60x0/rocket.jpg".to_owned(),
        "/rocket.jpg?width=60".to_owned(),
        encoded(),
    ] {
        let response = server.client().get(&target);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        let picture = Picture::decode(&response.body).unwrap();
        assert_eq!((picture.width(), picture.height()), (60, 40), "{target}");
    }
    let original = server.client().get("/rocket.jpg").body;
    assert_eq!(original, std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap());
    let body = |target: &str| server.client().get(target).text();
    assert!(body("/none.jpg?x-oss-process=image/resize,w_60").contains("\"name\":\"NoSuchKey\""));
    assert!(body("/60x0/none.jpg").contains("\"code\":\"NoSuchKey\""));
    assert!(body("/unsafe/60x/none.jpg").starts_with("<html><title>404"));
}

#[test]
fn keys_guard_every_form() {
    let (server, folder) = start("keys = ['a-key-for-all-forms']");
    let sign = |url: &str| {
        let config = folder.path().join("lightmill.toml");
        let output = command(BINARY).args(["sign", "--config"]).arg(config).arg(url).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    for target in [
        "/rocket.jpg?x-oss-process=image/resize,w_60".to_owned(),
        "/unsafe/60x/rocket.jpg".to_owned(),
        "/60x0/rocket.jpg".to_owned(),
        "/rocket.jpg?width=60&format=webp".to_owned(),
        "/rocket.jpg".to_owned(),
        encoded(),
    ] {
        let refused = server.client().get(&target);
        assert!(matches!(refused.status, 400 | 403), "{target}: {}", refused.status);
        let signed = sign(&target);
        assert_eq!(server.client().get(&signed).status, 200, "{signed}");
        let other = signed.replace("60", "61").replace("rocket.jpg?lm", "rocket.jpg?x=1&lm");
        if other != signed {
            assert!(matches!(server.client().get(&other).status, 400 | 403), "{other}");
        }
    }
}
