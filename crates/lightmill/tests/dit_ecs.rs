//! Mounts that speak the language of Dynamic Image Transformation's ECS engine, configured in the file.

#![allow(clippy::unwrap_used)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{BINARY, SAMPLES};
use lightmill_testkit::{Picture, Response, Scratch, Server, ServerOptions, command};
use serde_json::Value;

/// Origins, mappings and policies of most tests.
const CONTENTS: &str = r#"
    [[mounts.dit_ecs.origins]]
    id = "photos"
    source = "photos"
    domain = "photos.example"
    [[mounts.dit_ecs.origins]]
    id = "logos"
    source = "logos"
    domain = "logos.example"
    path = "/public"
    [[mounts.dit_ecs.mappings]]
    path = "/"
    origin = "photos"
    [[mounts.dit_ecs.mappings]]
    path = "/brand/*"
    origin = "logos"
    policy = "small"
    strip_prefix = true
    [[mounts.dit_ecs.mappings]]
    host = "*.brand.example"
    origin = "logos"
    [[mounts.dit_ecs.policies]]
    id = "small"
    transformations = [
        { transformation = "resize", value = { width = 40 } },
        { transformation = "grayscale", value = true, condition = { field = "X-Device", value = ["mono", "print"] } },
    ]
    [[mounts.dit_ecs.policies]]
    id = "auto"
    [mounts.dit_ecs.policies.outputs]
    quality = { default = 80, ranges = [{ min = 2, max = 5, quality = 30 }] }
    format = { format = "auto", fallback = "jpeg" }
    autosize = { widths = [40, 320, 640] }
"#;

fn start(mount: &str, contents: &str) -> (Server, Scratch) {
    let folder = Scratch::new().unwrap();
    folder.copy(format!("{SAMPLES}/rocket.jpg"), "photos/a b/rocket é.jpg").unwrap();
    folder.copy(format!("{SAMPLES}/rocket.jpg"), "photos/rocket.jpg").unwrap();
    folder.copy(format!("{SAMPLES}/coffee.png"), "logos/public/coffee.png").unwrap();
    folder.write("photos/page.pdf", "%PDF-1.7").unwrap();
    folder.write("photos/broken.jpg", "no picture").unwrap();
    let root = folder.path().display();
    let config = format!(
        "[sources.photos]\nurl = \"file://{root}/photos\"\n[sources.logos]\nurl = \"file://{root}/logos\"\n\
         [[mounts]]\n{mount}\n{contents}"
    );
    folder.write("lightmill.toml", &config).unwrap();
    (Server::start(BINARY, &ServerOptions { config, ..ServerOptions::default() }).unwrap(), folder)
}

const MOUNT: &str = "dialect = 'dit-ecs'\nunsafe = true";

fn width(response: &Response) -> u32 {
    assert_eq!(response.status, 200, "{}", response.text());
    Picture::decode(&response.body).unwrap().width()
}

fn encoded(json: &str) -> String {
    format!("/{}", URL_SAFE_NO_PAD.encode(json))
}

/// The parts of a `Vary` header, sorted.
fn vary(response: &Response) -> Vec<String> {
    let mut names: Vec<String> =
        response.headers("vary").iter().flat_map(|value| value.split(',')).map(|name| name.trim().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn origins_by_path_and_host_and_both_forms_of_requests() {
    let (server, folder) = start(MOUNT, CONTENTS);
    let client = server.client();
    let original = client.get("/rocket.jpg");
    assert_eq!((original.status, original.content_type()), (200, "image/jpeg"));
    assert_eq!(original.body, std::fs::read(folder.path().join("photos/rocket.jpg")).unwrap());
    assert_eq!(client.get_with("/rocket.jpg", &[("range", "bytes=0-9")]).body, original.body[..10]);
    assert_eq!(width(&client.get("/a%20b/rocket%20%C3%A9.jpg?resize.width=60")), 60);
    assert_eq!(width(&client.get("/rocket.jpg?resize[width]=60&format=webp")), 60);
    assert_eq!(client.get("/rocket.jpg?format=webp").content_type(), "image/webp");
    assert_eq!(width(&client.get("/brand/coffee.png")), 40, "its mapping's policy");
    assert_eq!(width(&client.get("/brand/coffee.png?resize.width=50")), 50, "what the URL says goes before");
    let of_host = client.get_with("/coffee.png?resize.width=30", &[("host", "img.brand.example:8080")]);
    assert_eq!(width(&of_host), 30);
    assert_eq!(client.get("/coffee.png?resize.width=30").status, 404, "not on another host");
    let json = r#"{"path":"/rocket.jpg","edits":{"resize":{"width":60}}}"#;
    assert_eq!(client.get(&encoded(json)).body, client.get("/rocket.jpg?resize.width=60").body);
    let marked =
        client.get("/rocket.jpg?watermark=https://logos.example/public/coffee.png,[0,0,0,0.5,]&resize.width=60");
    assert_eq!(width(&marked), 60);
    assert_ne!(marked.body, client.get("/rocket.jpg?resize.width=60").body);
    let ignored = client.get("/rocket.jpg?resize.width=60&nonsense=1&quality=900");
    assert_eq!(ignored.header("x-lightmill-ignored"), Some("nonsense, quality"));
}

#[test]
fn conditions_and_hints_are_in_vary_and_in_the_key() {
    let (server, _folder) = start(MOUNT, CONTENTS);
    let client = server.client();
    let plain = client.get("/brand/coffee.png");
    let grey = client.get_with("/brand/coffee.png", &[("x-device", "mono")]);
    assert_ne!(plain.body, grey.body);
    assert_ne!(plain.header("etag"), grey.header("etag"));
    assert_eq!((vary(&plain), vary(&grey)), (vec!["x-device".to_owned()], vec!["x-device".to_owned()]));
    assert_eq!(client.get_with("/brand/coffee.png", &[("x-device", "other")]).body, plain.body);
    let revalidated = [("if-none-match", grey.header("etag").unwrap()), ("x-device", "print")];
    let not_modified = client.get_with("/brand/coffee.png", &revalidated);
    assert_eq!((not_modified.status, vary(&not_modified)), (304, vec!["x-device".to_owned()]));

    let auto = "/rocket.jpg?policyId=auto";
    let names = ["accept", "sec-ch-dpr", "sec-ch-viewport-width", "sec-ch-width"];
    let desktop = client.get_with(auto, &[("accept", "image/webp,*/*"), ("sec-ch-viewport-width", "300")]);
    assert_eq!((width(&desktop), desktop.content_type()), (320, "image/webp"));
    assert_eq!(vary(&desktop), names);
    assert_eq!(desktop.header("accept-ch"), Some("Sec-CH-DPR, Sec-CH-Viewport-Width, Sec-CH-Width"));
    let sharp = [("accept", "image/webp,*/*"), ("sec-ch-viewport-width", "300"), ("sec-ch-dpr", "2")];
    let sharp = client.get_with(auto, &sharp);
    assert_eq!(width(&sharp), 640);
    let old = client.get_with(auto, &[("accept", "image/png"), ("sec-ch-width", "20")]);
    assert_eq!((width(&old), old.content_type()), (320, "image/jpeg"), "the fallback, in steps of the server");
    assert_eq!(width(&client.get(auto)), 640, "nobody says anything");
    // What a client says for the edge is not believed, and what only the edge says takes no part.
    let forged = [("dit-viewport-width", "300"), ("dit-host", "img.brand.example"), ("accept", "image/webp")];
    assert_eq!(width(&client.get_with(auto, &forged)), 640);
    assert_eq!(client.get_with("/coffee.png?resize.width=9", &forged).status, 404);
}

#[test]
fn a_trusted_edge_is_believed_and_nobody_else() {
    let edge = "[mounts.dit_ecs]\ntrusted_edge = true\norigin_header = 'X-Origin'";
    let (server, _folder) = start(&format!("{MOUNT}\n{edge}"), CONTENTS);
    let client = server.client();
    let said =
        [("dit-viewport-width", "320"), ("dit-accept", "image/webp"), ("dit-dpr", "1"), ("dit-host", "x.example")];
    let answer = client.get_with("/rocket.jpg?policyId=auto", &said);
    assert_eq!((width(&answer), answer.content_type()), (320, "image/webp"));
    assert_eq!(vary(&answer), ["dit-accept", "dit-dpr", "dit-host", "dit-viewport-width", "x-origin"]);
    assert_eq!(answer.header("accept-ch"), None, "the edge asks browsers itself");
    let own = [("sec-ch-viewport-width", "300"), ("accept", "image/webp")];
    let own = client.get_with("/rocket.jpg?policyId=auto", &own);
    assert_eq!((width(&own), own.content_type()), (640, "image/jpeg"));
    assert_eq!(width(&client.get_with("/coffee.png?resize.width=9", &[("dit-host", "img.brand.example")])), 9);
    let named = |origin: &str| client.get_with("/coffee.png?resize.width=9", &[("x-origin", origin)]);
    assert_eq!(width(&named("https://logos.example/public/")), 9, "{}", named("https://logos.example/public/").text());
    assert_eq!(named("https://evil.example/").status, 404);
    assert_eq!(named("http://169.254.169.254/").status, 400);
}

#[test]
fn errors_have_the_words_of_the_reference_server() {
    let (server, _folder) = start(MOUNT, CONTENTS);
    let client = server.client();
    for (target, status, word) in [
        ("/none.jpg", 404, "RESOURCE_NOT_FOUND"),
        ("/none.jpg?resize.width=9", 404, "RESOURCE_NOT_FOUND"),
        ("/rocket.jpg?policyId=none", 404, "POLICY_NOT_FOUND"),
        ("/a/../rocket.jpg", 400, "VALIDATION_ERROR"),
        ("/%ff.jpg", 400, "VALIDATION_ERROR"),
        ("/page.pdf", 400, "INVALID_FORMAT"),
        ("/broken.jpg?resize.width=9", 415, "InvalidImage"),
        ("/rocket.jpg?extract=0,0,9000,9000", 400, "Image Processing Error"),
        ("/rocket.jpg?watermark=https://evil.example/x.png,[0,0,0,0.5,]", 403, "ACCESS_DENIED"),
        (&encoded(r#"{"path":"rocket.jpg"}"#), 400, "VALIDATION_ERROR"),
        (&encoded(r#"{"path":"/rocket.jpg","edits":[]}"#), 400, "VALIDATION_ERROR"),
    ] {
        let response = client.get_with(target, &[("x-request-id", "request-7")]);
        assert_eq!(response.status, status, "{target}: {}", response.text());
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!((&body["error"], &body["requestId"]), (&word.into(), &"request-7".into()), "{target}: {body}");
        assert_eq!(body.as_object().unwrap().len(), 3);
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert!(!body.to_string().contains("/photos/"), "{body}");
    }
    let post = client.request("POST", "/rocket.jpg", &[]);
    assert_eq!(post.status, 405);
    assert!(post.text().contains(r#""error":"METHOD_NOT_ALLOWED""#), "{}", post.text());
    let made_up: Value = serde_json::from_slice(&client.get("/none.jpg").body).unwrap();
    assert!(!made_up["requestId"].as_str().unwrap().is_empty());
}

#[test]
fn hostile_headers_change_nothing() {
    let (server, _folder) = start(MOUNT, CONTENTS);
    let client = server.client();
    let long = "9".repeat(4000);
    let expected = client.get("/rocket.jpg?policyId=auto").body;
    for value in ["", "-1", "NaN", "1e999", "0", "é", "a,b", "\"", &long] {
        for name in ["sec-ch-dpr", "sec-ch-viewport-width", "sec-ch-width", "dit-dpr", "x-device"] {
            let answer = client.get_with("/rocket.jpg?policyId=auto", &[(name, value)]);
            assert_eq!((answer.status, answer.body == expected), (200, true), "{name}: {value:.20}");
        }
    }
    let host = client.get_with("/rocket.jpg", &[("host", "a_b.example")]);
    assert_eq!(host.status, 400, "{}", host.text());
}

#[test]
fn health_cors_and_strictness() {
    let (server, _folder) = start(MOUNT, CONTENTS);
    let client = server.client();
    for target in ["/health", "/Health"] {
        let health = client.get(target);
        assert_eq!((health.status, health.content_type()), (200, "application/json"));
        let body: Value = serde_json::from_slice(&health.body).unwrap();
        assert_eq!((&body["status"], &body["initializationDuration"]), (&"HEALTHY".into(), &"0ms".into()));
        assert_eq!(body["completedCaches"].as_array().unwrap().len(), 4);
        assert!(body["timestamp"].as_str().unwrap().ends_with('Z'), "{body}");
        assert_eq!(health.header("cache-control"), Some("no-store"));
    }
    assert_eq!(client.get("/health/rocket.jpg").status, 404, "a picture's path");
    let page = [("origin", "https://shop.example")];
    let open = client.get_with("/rocket.jpg?resize.width=9", &page);
    assert_eq!(open.header("access-control-allow-origin"), Some("*"));
    let (strict, _folder) =
        start(&format!("{MOUNT}\n[mounts.dit_ecs]\nstrict = true\nmax_transformations = 1"), CONTENTS);
    let client = strict.client();
    let refused = client.get("/rocket.jpg?resize.width=9000");
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("width") && refused.text().contains("4000"), "{}", refused.text());
    let limited = client.get("/rocket.jpg?resize.width=60&flip");
    assert_eq!(limited.header("x-lightmill-ignored"), Some("flip"));
}

#[test]
fn compatibility_keeps_the_quirks() {
    let (server, folder) = start(&format!("{MOUNT}\ncompat = true"), CONTENTS);
    folder.copy(format!("{SAMPLES}/coffee.png"), "logos/folder/public/coffee.png").unwrap();
    let client = server.client();
    let plain = client.get("/rocket.jpg").body;
    assert_eq!(client.get("/rocket.jpg?grayscale").body, plain, "a name without a value means nothing");
    let spliced = client.get_with("/folder/coffee.png?resize.width=9", &[("host", "img.brand.example")]);
    assert_eq!(width(&spliced), 9, "the origin's path stands before the file name");
}

#[test]
fn keys_guard_both_forms_but_not_health() {
    let (server, folder) = start("dialect = 'dit-ecs'\nkeys = ['a-key-for-all-forms']", CONTENTS);
    let client = server.client();
    assert_eq!(client.get("/health").status, 200);
    for target in ["/rocket.jpg?resize.width=60", "/rocket.jpg", &encoded(r#"{"path":"/rocket.jpg"}"#)] {
        let refused = client.get(target);
        assert_eq!(refused.status, 403, "{}", refused.text());
        assert!(refused.text().contains(r#""error":"ACCESS_DENIED""#), "{}", refused.text());
        let config = folder.path().join("lightmill.toml");
        let output = command(BINARY).args(["sign", "--config"]).arg(config).arg(target).output().unwrap();
        let signed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(client.get(signed.trim()).status, 200, "{signed}");
        assert_eq!(
            client.get(&signed.trim().replace("/rocket.jpg?", "/rocket.jpg?flip&")).status == 200,
            !signed.starts_with("/rocket")
        );
    }
}

#[test]
fn auto_mounts_tell_it_where_it_is_unambiguous() {
    let mount = "dialect = 'auto'\nsources = ['photos', 'logos']\nunsafe = true";
    let (server, _folder) = start(mount, CONTENTS);
    let client = server.client();
    for target in [
        "/rocket.jpg?resize.width=60",
        "/rocket.jpg?width=60",
        "/unsafe/60x/rocket.jpg",
        "/rocket.jpg?x-oss-process=image/resize,w_60",
        &encoded(r#"{"path":"/rocket.jpg","edits":{"resize":{"width":60}}}"#),
        &encoded(r#"{"key":"rocket.jpg","edits":{"resize":{"width":60}}}"#),
    ] {
        assert_eq!(width(&client.get(target)), 60, "{target}");
    }
    assert!(client.get("/none.jpg?resize.width=60").text().contains(r#""error":"RESOURCE_NOT_FOUND""#));
    assert!(client.get("/none.jpg?width=60").text().contains(r#""code":"NoSuchKey""#));
    let auto = client.get_with("/rocket.jpg?policyId=auto", &[("accept", "image/webp")]);
    assert_eq!(auto.content_type(), "image/webp");
    // Without a configuration for it the same words are a key's.
    let (server, _folder) = start("dialect = 'auto'\nsources = ['photos', 'logos']\nunsafe = true", "");
    let other = server.client().get("/rocket.jpg?resize.width=60");
    assert_eq!(other.header("x-lightmill-ignored"), Some("resize.width"));
}

#[test]
fn check_tells_every_mistake_at_once() {
    let folder = Scratch::new().unwrap();
    folder.write("photos/a.txt", "a").unwrap();
    let root = folder.path().display();
    let check = |mount: &str| {
        let text =
            format!("[sources.photos]\nurl = \"file://{root}/photos\"\n[[mounts]]\ndialect = 'dit-ecs'\n{mount}");
        let file = folder.write("lightmill.toml", &text).unwrap();
        let output = command(BINARY).args(["check", "--config"]).arg(file).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = check(
        r#"
        [mounts.dit_ecs]
        origin_header = "a b"
        max_transformations = 0
        sources = { "a.example" = "nowhere" }
        nonsense = 1
        [[mounts.dit_ecs.origins]]
        id = "private"
        domain = "10.0.0.1"
        [[mounts.dit_ecs.origins]]
        id = "url"
        domain = "https://u.example"
        [[mounts.dit_ecs.origins]]
        id = "headers"
        domain = "h.example"
        headers = { Host = "hunter2" }
        [[mounts.dit_ecs.origins]]
        id = "typed"
        domain = "t.example"
        headers = "hunter2"
        [[mounts.dit_ecs.origins]]
        id = "named"
        source = "nobody"
        [[mounts.dit_ecs.origins]]
        id = "region"
        domain = "s3.eu-central-1.amazonaws.com"
        [[mounts.dit_ecs.mappings]]
        path = "a"
        origin = "none"
        policy = "none"
        [[mounts.dit_ecs.policies]]
        id = "p"
        transformations = [{ transformation = "blur", value = 0 }, { transformation = "x", value = 1 }]
        "#,
    );
    assert_eq!(code, Some(64), "{said}");
    for words in [
        "mounts.0.dit_ecs.origin_header = \"a b\"",
        "mounts.0.dit_ecs.max_transformations",
        "`nowhere` of a.example is not configured",
        "nonsense",
        "the origin private: its domain is no public address",
        "the origin url: its domain must be the name of a host",
        "the origin headers: the header `host` cannot be set",
        "mounts.0.dit_ecs.origins.3",
        "the source `nobody` is not configured",
        "BUCKET.s3.REGION.amazonaws.com",
        "names the origin none",
        "names the policy none",
        "a path that starts with a slash",
        "blur must be a number from 0.3 to 1000",
        "there is no transformation x",
    ] {
        assert!(said.contains(words), "{words} is missing from: {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
    let (code, said) = check("");
    assert!(code == Some(64) && said.contains("mounts.0.dit_ecs.origins: are missing"), "{said}");
    let (code, said) = check(
        "[mounts.dit_ecs]\ntable = 'x y'\nendpoint = 'ftp://x'\n[[mounts.dit_ecs.mappings]]\npath='/'\norigin='o'",
    );
    assert!(code == Some(64) && said.matches("mounts.0.dit_ecs").count() == 4, "{said}");
    assert!(said.contains("the mapping / names the origin o"), "{said}");
    let (code, said) = check("[mounts.dit_ecs]\ntable = 'dit-config'\nregion = 'eu-central-1'\nrefresh_time = 1");
    assert_eq!(code, Some(0), "{said}");
}
