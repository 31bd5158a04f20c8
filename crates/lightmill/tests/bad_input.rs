//! Damaged, hostile and nonsensical input: a clear answer, quickly, and a process that is as it was before.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{Options, Service, image};
use lightmill_testkit::{
    ImageFormat, Response,
    generate::{self, Random},
};

/// What is read besides SVG, and the name of a file of each.
const FORMATS: [(ImageFormat, &str); 6] = [
    (ImageFormat::Jpeg, "photo.jpg"),
    (ImageFormat::Png, "photo.png"),
    (ImageFormat::Gif, "photo.gif"),
    (ImageFormat::WebP, "photo.webp"),
    (ImageFormat::Bmp, "photo.bmp"),
    (ImageFormat::Tiff, "photo.tiff"),
];

/// Long enough for a debug build on a busy machine, short enough to notice work that should not be done.
const QUICK: Duration = Duration::from_secs(3);

/// Bytes that the process may grow by over a test: caches and the allocator's own, but no picture of 100 megapixels.
const FLAT: u64 = 160 << 20;

fn photo(format: ImageFormat) -> Vec<u8> {
    generate::encode(&generate::photo(200, 150), format).unwrap()
}

/// A client's mistake, told quickly.
fn assert_refused(target: &str, response: &Response) {
    assert!((400..500).contains(&response.status), "{target}: {} {}", response.status, response.text());
    assert!(response.elapsed < QUICK, "{target} took {:?}", response.elapsed);
    assert_eq!(response.content_type(), "application/json", "{target}");
    assert!(response.json()["message"].as_str().is_some_and(|message| !message.is_empty()), "{target}");
}

/// Damage may still leave a picture: what matters is that nothing breaks.
fn assert_harmless(target: &str, response: &Response) {
    assert!(response.status < 500, "{target}: {} {}", response.status, response.text());
    assert!(response.elapsed < QUICK, "{target} took {:?}", response.elapsed);
}

fn assert_unharmed(mut service: Service, resident_before: u64) {
    assert!(service.server.is_alive(), "{}", service.server.logs());
    assert!(!service.server.logs().contains("panicked"), "{}", service.server.logs());
    let peak = service.server.peak_resident_bytes().unwrap();
    assert!(peak < resident_before + FLAT, "memory grew from {resident_before} to {peak} bytes");
    assert_eq!(service.server.client().get(&image("rocket.jpg", "resize,w_40")).status, 200);
}

#[test]
fn files_that_are_no_pictures() {
    let files: [(&str, &[u8]); 6] = [
        ("empty.jpg", b""),
        ("text.jpg", b"This is a text and no picture at all.\n"),
        ("magic.jpg", b"\xFF\xD8\xFF"),
        ("magic.png", b"\x89PNG\r\n\x1a\n"),
        ("magic.gif", b"GIF89a"),
        ("zip.png", b"PK\x03\x04 and so on"),
    ];
    let service = Service::with(&Options { files: &files, ..Options::default() });
    let client = service.server.client();
    let before = service.server.resident_bytes().unwrap();
    for (name, _) in files {
        for actions in ["resize,w_50", "info", "average-hue", "format,png"] {
            let target = image(name, actions);
            assert_refused(&target, &client.get(&target));
        }
    }
    assert_unharmed(service, before);
}

#[test]
fn truncated_files() {
    let files: Vec<(String, Vec<u8>)> = FORMATS
        .iter()
        .flat_map(|(format, name)| {
            let whole = photo(*format);
            let cut = |bytes: usize| (format!("{bytes}-{name}"), whole[..bytes].to_vec());
            // 16 bytes are recognised as the format and hold no picture of any.
            [cut(16)].into_iter().chain([5, 25, 50, 75, 99].map(|percent| cut(whole.len() * percent / 100)))
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let service = Service::with(&Options { files: &files, ..Options::default() });
    let client = service.server.client();
    let before = service.server.resident_bytes().unwrap();
    for (name, _) in files {
        for actions in ["resize,w_50", "info"] {
            let target = image(name, actions);
            let response = client.get(&target);
            assert_harmless(&target, &response);
            if name.starts_with("16-") {
                assert_refused(&target, &response);
            }
        }
    }
    assert_unharmed(service, before);
}

/// Flips up to eight bits in each of `count` copies of a file of each format.
fn flip_bits(count: u64) {
    let service = Service::start();
    let client = service.server.client();
    let before = service.server.resident_bytes().unwrap();
    for (format, name) in FORMATS {
        let whole = photo(format);
        for seed in 0..count {
            let mut random = Random::new(seed);
            let mut damaged = whole.clone();
            // Every other file is hit in its head, where sizes and tables are.
            let reach = if seed % 2 == 0 { damaged.len() } else { damaged.len().min(300) };
            for _ in 0..=random.below(8) {
                damaged[random.below(reach)] ^= 1 << random.below(8);
            }
            let key = format!("{seed}-{name}");
            let path = service.folder.write(format!("photos/{key}"), &damaged).unwrap();
            let target = image(&key, "resize,w_50,limit_0/rotate,10/format,webp");
            assert_harmless(&target, &client.get(&target));
            std::fs::remove_file(path).unwrap();
        }
    }
    assert_unharmed(service, before);
}

#[test]
fn flipped_bits() {
    flip_bits(40);
}

#[test]
#[ignore = "slow: ./dev test --long"]
fn thousands_of_flipped_bits() {
    flip_bits(3000);
}

#[test]
fn bombs_are_refused_by_their_headers() {
    let bombs = [
        ("100mp.png", generate::png_bomb(10_000, 10_000)),
        ("900mp.png", generate::png_bomb(30_000, 30_000)),
        ("wide.png", generate::png_bomb(2_000_000_000, 1)),
    ];
    let files: Vec<(&str, &[u8])> = bombs.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let service = Service::with(&Options { files: &files, ..Options::default() });
    let client = service.server.client();
    let before = service.server.resident_bytes().unwrap();
    for (name, _) in files {
        for actions in ["resize,w_50", "rotate,30", "format,webp"] {
            let target = image(name, actions);
            assert_refused(&target, &client.get(&target));
        }
    }
    assert_unharmed(service, before);
}

#[test]
fn vector_bombs() {
    let huge =
        br#"<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="9" height="9"/></svg>"#;
    let levels: Vec<String> = (1..40)
        .map(|level| format!(r##"<g id="a{level}"><use href="#a{0}"/><use href="#a{0}"/></g>"##, level - 1))
        .collect();
    let levels = levels.concat();
    let nested = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g id="a0"><path d="M0 0h9v9"/></g>{levels}</svg>"#
    );
    let entities = br#"<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&g;</text></svg>"#;
    let local = br#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="50" height="50"><image xlink:href="rocket.jpg" width="50" height="50"/><image href="file:///etc/passwd" width="9" height="9"/><image href="http://127.0.0.1:1/x.png" width="9" height="9"/></svg>"#;
    let files: [(&str, &[u8]); 4] =
        [("huge.svg", huge), ("nested.svg", nested.as_bytes()), ("entities.svg", entities), ("local.svg", local)];
    let service = Service::with(&Options { files: &files, ..Options::default() });
    let client = service.server.client();
    let before = service.server.resident_bytes().unwrap();
    let target = image("huge.svg", "rotate,1");
    assert_refused(&target, &client.get(&target));
    for name in ["nested.svg", "entities.svg"] {
        let target = image(name, "resize,w_9");
        assert_harmless(&target, &client.get(&target));
    }
    // References are not followed: nothing is drawn where the photo would be.
    let drawn = client.get(&image("local.svg", "format,png"));
    assert_eq!(drawn.status, 200, "{}", drawn.text());
    let picture = lightmill_testkit::Picture::decode(&drawn.body).unwrap();
    assert!(picture.first().pixels().all(|pixel| pixel[3] == 0));
    assert_unharmed(service, before);
}

#[test]
fn nonsense_in_the_query() {
    let service = Service::start();
    let client = service.server.client();
    let before = service.server.resident_bytes().unwrap();
    let actions = [
        "resize,w_0",
        "resize,w_-1",
        "resize,w_999999,limit_0",
        "resize,w_999999999999999999999999,limit_0",
        "resize,w_NaN",
        "resize,w_1e9",
        "resize,p_0",
        "resize,p_1001",
        "resize,m_wrong,w_1",
        "resize,x_1",
        "crop,w_0",
        "crop,x_99999",
        "crop,g_nowhere",
        "rotate,361",
        "rotate,-1",
        "blur,r_51,s_1",
        "blur,r_3",
        "blur,s_3",
        "sharpen,1",
        "bright,101",
        "contrast,-101",
        "quality,Q_0",
        "quality,q_101",
        "format,exe",
        "format,",
        "circle,r_0",
        "rounded-corners,r_0",
        "indexcrop,x_0,i_0",
        "indexcrop,x_10,i_-1",
        "interlace,2",
        "auto-orient,3",
        "watermark",
        "watermark,text_",
        "watermark,text_%25%25%25",
        "watermark,text_SGk,size_99999",
        "watermark,text_SGk,color_red",
        "watermark,text_SGk,type_bm9uc2Vuc2U",
        "watermark,text_SGk,t_101",
        "watermark,text_SGk,g_nowhere",
        "watermark,image_!!!!",
        "watermark,image_bWlzc2luZy5wbmc",
        "watermark,image_Li4vLi4vZXRjL3Bhc3N3ZA",
        "cgif,s_2",
        "unknown-action,1",
        "Resize,w_1",
        "info,1",
        "%00",
        "resize,w_%00",
        "resize,w_1%0d%0aX-Evil:1",
    ];
    for actions in actions {
        let target = image("rocket.jpg", actions);
        let response = client.get(&target);
        assert_refused(&target, &response);
        assert!(response.header("x-evil").is_none());
    }
    for target in [
        "/rocket.jpg?x-oss-process=image/resize,w_1&x-oss-process=image/resize,w_2".to_owned(),
        "/rocket.jpg?x-oss-process=style/a/b/c".into(),
        "/rocket.jpg?x-oss-process=nothing/resize,w_1".into(),
        "/rocket.jpg?x-oss-process=%FF%FE".into(),
        "/rocket.jpg?x-oss-process=image/resize,w_%C3%28".into(),
        "/rocket.jpg?im=Nonsense,width=3".into(),
        "/rocket.jpg?im=Resize".into(),
    ] {
        assert_refused(&target, &client.get(&target));
    }
    assert_unharmed(service, before);
}

#[test]
fn very_long_requests() {
    let service = Service::start();
    let client = service.server.client();
    let before = service.server.resident_bytes().unwrap();
    let many = ["resize,w_100"; 8 * 1024 / 13].join("/");
    let target = image("rocket.jpg", &many);
    assert_refused(&target, &client.get(&target));
    for length in [20_000, 60_000, 200_000] {
        let target = format!("/{}", "a".repeat(length));
        let status = client.send("GET", target.as_bytes(), &[], &[]).map_or(400, |response| response.status);
        assert!((400..500).contains(&status), "{length}: {status}");
    }
    let header = "a".repeat(200_000);
    let status = client.send("GET", b"/ping", &[("x-long", &header)], &[]).map_or(431, |response| response.status);
    assert!((400..500).contains(&status), "{status}");
    assert_unharmed(service, before);
}

#[test]
fn not_http_at_all() {
    let service = Service::start();
    let client = service.server.client();
    let before = service.server.resident_bytes().unwrap();
    for target in [&b""[..], b"rocket.jpg", b"/a b", b"\xFF\xFE", b"*", b"http://[::1/", b"/\x00"] {
        if let Ok(response) = client.send("GET", target, &[], &[]) {
            assert!(response.status < 500, "{target:?}: {}", response.status);
        }
    }
    for method in ["get", "G ET", "\u{0}"] {
        if let Ok(response) = client.send(method, b"/ping", &[], &[]) {
            assert!((400..500).contains(&response.status), "{method:?}: {}", response.status);
        }
    }
    assert_unharmed(service, before);
}
