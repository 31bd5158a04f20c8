//! URLs that hide what is done and where the picture lies, and mounts that list what may be asked for.

#![allow(clippy::unwrap_used)]

mod common;

use common::{BINARY, SAMPLES};
use lightmill_testkit::{Picture, Scratch, Server, ServerOptions};

fn start(tables: &str) -> (Server, Scratch) {
    let folder = Scratch::new().unwrap();
    folder.copy(format!("{SAMPLES}/rocket.jpg"), "avatars/public/jane doe.jpg").unwrap();
    folder.copy(format!("{SAMPLES}/coffee.png"), "photos/coffee.png").unwrap();
    let config = format!(
        "[sources.avatars]\nurl = \"file://{root}/avatars\"\n[sources.photos]\nurl = \"file://{root}/photos\"\n{tables}",
        root = folder.path().display()
    );
    (Server::start(BINARY, &ServerOptions { config, ..ServerOptions::default() }).unwrap(), folder)
}

const PRESETS: &str = "
    [presets.ios]
    dialect = 'thumbor'
    recipe = 'fit-in/200x200/filters:quality(80):format(webp)'
    source = 'avatars'
    prefix = 'public/'
    [presets.small]
    recipe = 'image/resize,w_50'
    [presets.card]
    dialect = 'dit'
    recipe = '{\"edits\": {\"resize\": {\"width\": 64, \"height\": 48, \"fit\": \"cover\"}}, \"outputFormat\": \"webp\"}'
";

#[test]
fn a_path_stands_for_a_preset_and_a_source() {
    let (server, _folder) = start(&format!(
        "{PRESETS}
        [[mounts]]
        path = '/profile-image/ios'
        dialect = 'preset'
        preset = 'ios'
        unsafe = true
        [[mounts]]
        dialect = 'preset'
        presets = ['small', 'ios', 'card']
        sources = ['photos', 'avatars']
        unsafe = true"
    ));
    let client = server.client();
    let avatar = client.get("/profile-image/ios/jane%20doe.jpg");
    assert_eq!((avatar.status, avatar.content_type()), (200, "image/webp"), "{}", avatar.text());
    let picture = Picture::decode(&avatar.body).unwrap();
    assert_eq!((picture.width(), picture.height()), (200, 133));
    let hidden = |text: &str| !text.contains("public/") && !text.contains("avatars");
    assert!(avatar.headers.iter().all(|(_, value)| hidden(value)), "{:?}", avatar.headers);
    let small = client.get("/small/coffee.png?x-oss-process=image/resize,w_10");
    assert_eq!(Picture::decode(&small.body).unwrap().width(), 50);
    assert_eq!(small.header("x-lightmill-ignored"), Some("x-oss-process"));
    let card = client.get("/card/coffee.png");
    assert_eq!((card.status, card.content_type()), (200, "image/webp"), "{}", card.text());
    let picture = Picture::decode(&card.body).unwrap();
    assert_eq!((picture.width(), picture.height()), (64, 48));
    assert_eq!(client.get("/ios/jane%20doe.jpg").body, avatar.body);
    for (target, status) in [
        ("/profile-image/ios/../secret.jpg", 400),
        ("/profile-image/ios/%2e%2e/secret.jpg", 400),
        ("/profile-image/ios/none.jpg", 404),
        ("/large/coffee.png", 404),
        ("/small", 404),
        ("/coffee.png", 404),
    ] {
        assert_eq!(client.get(target).status, status, "{target}");
    }
}

#[test]
fn only_listed_sizes_are_made() {
    let (server, _folder) = start(
        "[[mounts]]\nsources = ['photos']\nunsafe = true\nallow = { sizes = ['100x', '40x30'], operations = ['resize'] }",
    );
    let status = |actions: &str| {
        let response = server.client().get(&format!("/coffee.png?x-oss-process=image/{actions}"));
        (response.status, response.text())
    };
    assert_eq!(status("resize,w_100").0, 200);
    assert_eq!(status("resize,w_40,h_30/format,webp").0, 200);
    let (refused, text) = status("resize,w_101");
    assert_eq!(refused, 403);
    assert!(text.contains("101x; allowed sizes are 100x, 40x30"), "{text}");
    let (refused, text) = status("blur,r_3,s_2");
    assert!(refused == 403 && text.contains("blur; allowed are resize"), "{refused} {text}");
    assert_eq!(status("resize,p_50").0, 403);
}

#[test]
fn mistakes_are_told_before_anything_is_served() {
    for (tables, words) in [
        ("[presets.a]\nrecipe = 'image/resize,w_0'", "presets.a.recipe"),
        ("[presets.a]\nrecipe = 'fit-in'\nsource = 'none'", "presets.a.source"),
        ("[presets.a]\nrecipe = 'image/resize,w_9'\n[[mounts]]\ndialect = 'preset'\npreset = 'b'", "mounts.0.preset"),
        (
            "[sources.other]\nurl = 'https://other.example'\n[presets.a]\nrecipe = 'image/resize,w_9'\nsource = 'other'\n\
             [[mounts]]\ndialect = 'preset'\nsources = ['photos']",
            "lacks `other`",
        ),
        ("[[mounts]]\nsources = ['photos']\nallow = { sizes = ['0x'] }", "mounts.0.allow.sizes"),
    ] {
        let folder = Scratch::new().unwrap();
        folder.write("photos/a.txt", "").unwrap();
        let config = format!("[sources.photos]\nurl = \"file://{}/photos\"\n{tables}", folder.path().display());
        let file = folder.write("lightmill.toml", config).unwrap();
        let output = lightmill_testkit::command(BINARY).args(["check", "--config"]).arg(file).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(64), "{text}");
        assert!(text.contains(words), "{words}: {text}");
    }
}
