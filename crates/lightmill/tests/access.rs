//! Who may ask for what: signatures, and paths that try to leave the folder.
#![allow(clippy::unwrap_used)]

mod common;

use std::process::Command;

use common::{BINARY, Options, Service, image};
use lightmill_testkit::command;

const TRAVERSALS: [&str; 16] = [
    "/../outside.jpg",
    "/a/../../outside.jpg",
    "/..%2foutside.jpg",
    "/..%2Foutside.jpg",
    "/%2e%2e/outside.jpg",
    "/%2e%2e%2foutside.jpg",
    "/%252e%252e%252foutside.jpg",
    "/..%5coutside.jpg",
    "/..\\outside.jpg",
    "//etc/passwd",
    "/%2fetc/passwd",
    "/etc/passwd",
    "/./../outside.jpg",
    "/.%2e/outside.jpg",
    "/rocket.jpg%00.png",
    "/%00",
];

#[test]
fn no_path_leaves_the_folder() {
    let service = Service::start();
    // What every one of these would find, were it not refused.
    service.folder.copy(format!("{}/rocket.jpg", common::SAMPLES), "outside.jpg").unwrap();
    let client = service.server.client();
    for path in TRAVERSALS {
        for target in [path.to_owned(), format!("{path}?x-oss-process=image/resize,w_50")] {
            let response = client.get(&target);
            assert!(matches!(response.status, 400 | 403 | 404), "{target}: {}", response.status);
            assert!(!response.text().contains("root:"), "{target}");
            let root = service.folder.path().to_string_lossy();
            assert!(!response.text().contains(root.as_ref()), "{target} tells where the files are");
        }
    }
}

#[test]
fn no_link_leaves_the_folder() {
    let service = Service::start();
    let outside = service.folder.copy(format!("{}/rocket.jpg", common::SAMPLES), "outside.jpg").unwrap();
    let photos = service.folder.path().join("photos");
    std::os::unix::fs::symlink(&outside, photos.join("link.jpg")).unwrap();
    std::os::unix::fs::symlink(service.folder.path(), photos.join("up")).unwrap();
    std::os::unix::fs::symlink("rocket.jpg", photos.join("inside.jpg")).unwrap();
    let client = service.server.client();
    for key in ["link.jpg", "up/outside.jpg", "up/unlisted/secret.jpg"] {
        for target in [format!("/{key}"), image(key, "resize,w_50")] {
            let status = client.get(&target).status;
            assert!(matches!(status, 400 | 403 | 404), "{target}: {status}");
        }
    }
    assert_eq!(client.get(&image("inside.jpg", "resize,w_50")).status, 200);
}

#[test]
fn folders_and_special_files_are_not_objects() {
    let service = Service::start();
    service.folder.write("photos/folder/a.txt", "text").unwrap();
    assert!(Command::new("mkfifo").arg(service.folder.path().join("photos/pipe.jpg")).status().unwrap().success());
    let client = service.server.client();
    for key in ["folder", "folder/", "pipe.jpg"] {
        for target in [format!("/{key}"), image(key, "resize,w_50")] {
            let response = client.get(&target);
            assert!(matches!(response.status, 400 | 403 | 404), "{target}: {}", response.status);
            assert!(response.elapsed.as_secs() < 5, "{target} took {:?}", response.elapsed);
        }
    }
}

fn signed(service: &Service, target: &str) -> String {
    // The tool reads the same configuration as the server.
    let config = service.folder.write("sign.toml", signing_config(service)).unwrap();
    let output = command(BINARY).args(["sign", target, "--config"]).arg(config).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn signing_config(service: &Service) -> String {
    format!(
        "[sources.photos]\nurl = \"file://{}/photos\"\n[[mounts]]\npath = \"/\"\ndialect = \"oss\"\n\
         sources = [\"photos\"]\n{KEYS}\n",
        service.folder.path().display()
    )
}

/// The first key signs, all of them are accepted.
const KEYS: &str = r#"keys = ["new-key-of-at-least-16", "old-key-of-at-least-16"]"#;

#[test]
fn a_mount_with_keys_answers_signed_urls_only() {
    let service = Service::with(&Options { mount: Some(KEYS), ..Options::default() });
    let client = service.server.client();
    for target in [
        image("rocket.jpg", "resize,w_100"),
        "/rocket.jpg".into(),
        "/rocket.jpg@!box100".into(),
        "/rocket.jpg?im=Resize,width=100,height=100".into(),
    ] {
        assert_eq!(client.get(&target).status, 403, "{target}");
        let good = signed(&service, &target);
        let path = good.strip_prefix("http://127.0.0.1").unwrap_or(&good);
        assert_eq!(client.get(path).status, 200, "{path}: {}", client.get(path).text());
        let other = path.replace("rocket", "coffee");
        assert_eq!(client.get(&other).status, 403, "{other}");
    }
}

#[test]
fn a_signature_holds_for_one_wish() {
    let service = Service::with(&Options { mount: Some(KEYS), ..Options::default() });
    let client = service.server.client();
    let good = signed(&service, &image("rocket.jpg", "resize,w_100"));
    for bad in [
        good.replace("w_100", "w_101"),
        format!("{good}&x-oss-process=image/resize,w_9"),
        format!("{good}0"),
        good[..good.len() - 1].to_owned(),
        format!("{}&lm-signature=", image("rocket.jpg", "resize,w_100")),
    ] {
        let response = client.get(&bad);
        assert!(matches!(response.status, 400 | 403), "{bad}: {}", response.status);
    }
}

#[test]
fn the_old_key_holds_while_keys_rotate() {
    let old = Service::with(&Options { mount: Some(r#"keys = ["old-key-of-at-least-16"]"#), ..Options::default() });
    let config =
        old.folder.write("old.toml", signing_config(&old).replace(KEYS, r#"keys = ["old-key-of-at-least-16"]"#));
    let target = image("rocket.jpg", "resize,w_100");
    let output = command(BINARY).args(["sign", &target, "--config"]).arg(config.unwrap()).output().unwrap();
    let signed_with_old = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert_eq!(old.server.client().get(&signed_with_old).status, 200);

    let rotated = Service::with(&Options { mount: Some(KEYS), ..Options::default() });
    assert_eq!(rotated.server.client().get(&signed_with_old).status, 200);
    let new_only = r#"keys = ["new-key-of-at-least-16"]"#;
    let finished = Service::with(&Options { mount: Some(new_only), ..Options::default() });
    assert_eq!(finished.server.client().get(&signed_with_old).status, 403);
}
