//! Mounts that speak Thumbor's language: signatures, errors, what is told instead of a picture, and where pictures lie.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::{Duration, SystemTime};

use common::{BINARY, SAMPLES};
use lightmill_testkit::servers::raw::{Raw, Step};
use lightmill_testkit::{Picture, Scratch, Server, ServerOptions, command};
use serde_json::json;

/// A server with one mount at `/` over the sources `photos` and `other`.
struct Service {
    server: Server,
    folder: Scratch,
    config: String,
}

fn start(mount: &str) -> Service {
    let folder = Scratch::new().unwrap();
    folder.copy(format!("{SAMPLES}/rocket.jpg"), "photos/rocket.jpg").unwrap();
    folder.copy(format!("{SAMPLES}/rocket.jpg"), "photos/a dir/ünï (1).jpg").unwrap();
    folder.copy(format!("{SAMPLES}/coffee.png"), "other/coffee.png").unwrap();
    let config = format!(
        "[sources.photos]\nurl = \"file://{root}/photos\"\n[sources.other]\nurl = \"file://{root}/other\"\n\
         [[mounts]]\ndialect = \"thumbor\"\nsources = [\"photos\", \"other\"]\n{mount}\n",
        root = folder.path().display()
    );
    let options = ServerOptions { config: config.clone(), ..ServerOptions::default() };
    Service { server: Server::start(BINARY, &options).unwrap(), folder, config }
}

impl Service {
    fn status(&self, target: &str) -> u16 {
        self.server.client().get(target).status
    }

    /// Width and height of a picture.
    fn size(&self, target: &str) -> (u32, u32) {
        let response = self.server.client().get(target);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        let picture = Picture::decode(&response.body).unwrap();
        (picture.width(), picture.height())
    }

    /// What `lightmill sign` says.
    fn signed(&self, url: &str) -> String {
        let config = self.folder.write("sign.toml", &self.config).unwrap();
        let output = command(BINARY).args(["sign", "--config"]).arg(config).arg(url).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

#[test]
fn only_signed_urls_are_answered() {
    let service = start("keys = ['first-secret-key', 'second-secret-key']");
    let path = "100x50/filters:quality(70)/a%20dir/%C3%BCn%C3%AF%20(1).jpg";
    let signed = service.signed(&format!("/unsafe/{path}"));
    assert!(signed.ends_with(path), "{signed}");
    assert_eq!(service.size(&signed), (100, 50));
    let signature = signed.split('/').nth(1).unwrap().to_owned();
    let cases = [
        (format!("/unsafe/{path}"), "unsigned"),
        (format!("/{path}"), "without signature"),
        (format!("/{signature}/{}", path.replace("100x50", "101x50")), "other parameters"),
        (format!("/{signature}/{}", path.replace("%20", "+")), "other escapes"),
        (format!("/{signature}//{path}"), "a slash more"),
        (format!("/{signature}/./{path}"), "dot segments"),
        (format!("/{signature}/{}", path.replace("%C3%BC", "u%CC%88")), "another normal form"),
        (format!("/{signature}/{}", path.replace('%', "%25")), "escaped twice"),
        (format!("/{}/{path}", signature.trim_end_matches('=')), "without padding"),
        (format!("/{}/{path}", signature.to_ascii_uppercase()), "in capitals"),
        (format!("//{path}"), "an empty signature"),
    ];
    for (target, what) in cases {
        let response = service.server.client().get(&target);
        assert_eq!(response.status, 400, "{what}: {target}");
        assert_eq!(response.header("cache-control"), Some("no-store"), "{what}");
    }
    let taught = service.server.client().get("/100x50/rocket.jpg").text();
    assert!(taught.contains("looks like an option"), "{taught}");
}

#[test]
fn keys_can_be_replaced() {
    let service = start("keys = ['first-secret-key']");
    let old = service.signed("/20x10/rocket.jpg");
    let config = service.config.replace("['first-secret-key']", "['second-secret-key', 'first-secret-key']");
    service.server.reconfigure(&config).unwrap();
    service.server.ask_to_reload().unwrap();
    let renewed = Service { config, ..service };
    let new = renewed.signed("/20x10/rocket.jpg");
    assert_ne!(new, old);
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while renewed.status(&new) != 200 {
        assert!(std::time::Instant::now() < deadline, "the new key is not known");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(renewed.status(&old), 200);
}

#[test]
fn imagor_signs_with_other_hashes_and_tells_errors_in_json() {
    let service =
        start("flavour = 'imagor'\nkeys = ['mysecret']\nsignature_algorithm = 'sha256'\nsignature_letters = 40");
    let signed = service.signed("/unsafe/fit-in/64x64/rocket.jpg");
    assert_eq!(signed.split('/').nth(1).unwrap().len(), 40);
    assert_eq!(service.size(&signed), (64, 43));
    for (target, status, message) in [
        ("/unsafe/rocket.jpg".to_owned(), 403, "unsigned URLs are not allowed here"),
        (signed.replace("64x64", "65x64"), 403, "url signature mismatch"),
        (service.signed("/none.jpg"), 404, "The specified key does not exist."),
    ] {
        let response = service.server.client().get(&target);
        assert_eq!((response.status, response.content_type()), (status, "application/json"), "{target}");
        let body = response.json();
        assert_eq!(body["status"], status);
        assert!(body["message"].as_str().unwrap().contains(message), "{body}");
    }
}

#[test]
fn filters_speak_about_the_answer() {
    let service = start("flavour = 'imagor'\nunsafe = true");
    let get = |filters: &str| service.server.client().get(&format!("/unsafe/20x10/filters:{filters}/rocket.jpg"));
    assert_eq!(get("max_age(60)").header("cache-control"), Some("public, max-age=60"));
    assert_eq!(get("max_age(0)").header("cache-control"), Some("private, no-cache, no-store, must-revalidate"));
    let named = get("attachment(my%20rocket.jpeg)");
    assert_eq!(named.header("content-disposition"), Some("attachment; filename=\"my rocket.jpeg\""));
    let unnamed = get("attachment():format(webp)");
    assert_eq!(unnamed.header("content-disposition"), Some("attachment; filename=\"rocket.webp\""));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    let gone = get(&format!("expire({})", now - 1000));
    assert_eq!((gone.status, gone.header("cache-control")), (410, Some("no-store")));
    let soon = get(&format!("expire({})", now + 30_000));
    let age = soon.header("cache-control").unwrap().strip_prefix("public, max-age=").unwrap().to_owned();
    assert!((20..=30).contains(&age.parse::<u64>().unwrap()), "{age}");
    let ignored = get("nosuch(1):brightness(abc)");
    assert_eq!((ignored.status, ignored.header("x-lightmill-ignored")), (200, Some("nosuch, brightness")));
}

#[test]
fn a_picture_can_be_told_of_instead_of_made() {
    let service = start("flavour = 'imagor'\nunsafe = true");
    let told = service
        .server
        .client()
        .get("/unsafe/meta/fit-in/64x64/filters:blurhash(4,3):thumbhash():avgcolor()/rocket.jpg");
    assert_eq!((told.status, told.content_type()), (200, "application/json"));
    let meta = told.json();
    assert_eq!(
        (&meta["format"], &meta["width"], &meta["height"], &meta["pages"], &meta["bands"]),
        (&json!("jpeg"), &json!(64), &json!(43), &json!(1), &json!(3))
    );
    assert_eq!(meta["blurhash"].as_str().unwrap().len(), 4 + 2 * 12, "{meta}");
    assert!(meta["thumbhash"].as_str().unwrap().len() >= 20 && meta["average_color"]["b"].is_u64(), "{meta}");
    assert_eq!(service.status("/unsafe/meta/filters:blurhash(0,3)/rocket.jpg"), 400);
    let parameters = service.server.client().get("/params/unsafe/fit-in/-64x0/smart/rocket.jpg").json();
    assert_eq!(
        (&parameters["width"], &parameters["h_flip"], &parameters["smart"]),
        (&json!(64), &json!(true), &json!(true))
    );
}

#[test]
fn pictures_of_one_colour_need_no_store() {
    let service = start("flavour = 'imagor'\nunsafe = true");
    let response = service.server.client().get("/unsafe/30x20/filters:format(png)/color:ff8000");
    let picture = Picture::decode(&response.body).unwrap();
    assert_eq!((picture.width(), picture.height(), picture.pixel(7, 7)), (30, 20, Some([255, 128, 0, 255])));
    assert_eq!(service.status("/unsafe/99999x99999/color:red"), 400);
}

#[test]
fn the_first_segment_can_name_the_source() {
    let service = start("unsafe = true\nbucket_from = 'path'");
    assert_eq!(service.size("/unsafe/fit-in/100x100/photos/rocket.jpg"), (100, 67));
    assert_eq!(service.size("/unsafe/fit-in/100x100/other/coffee.png"), (100, 67));
    assert_eq!(service.status("/unsafe/fit-in/100x100/unlisted/rocket.jpg"), 403);
    let marked = "/unsafe/100x66/filters:watermark(other/coffee.png,0,0,0,50,50):format(png)/photos/rocket.jpg";
    assert_eq!(service.size(marked), (100, 66));
}

#[test]
fn probes_are_answered_as_by_the_servers_that_are_replaced() {
    let thumbor = start("keys = ['secret-of-a-mount']");
    let health = thumbor.server.client().get("/healthcheck");
    assert_eq!((health.status, health.text().as_str(), health.content_type()), (200, "WORKING", "text/html"));
    assert_eq!(thumbor.status("/"), 400);
    let imagor = start("flavour = 'imagor'\nunsafe = true");
    for path in ["/healthcheck", "/favicon.ico", "/"] {
        let response = imagor.server.client().get(path);
        assert_eq!((response.status, response.body.len()), (200, 0), "{path}");
    }
}

#[test]
fn no_log_shows_the_signature_of_a_request_that_was_given_up() {
    let origin = Raw::start(|_, _| vec![Step::Pause(Duration::from_mins(1))]);
    let config = format!(
        "[sources.origin]\nurl = \"{}/\"\nallow_private = [\"127.0.0.0/8\"]\n\
         [[mounts]]\ndialect = \"thumbor\"\nflavour = \"imagor\"\nkeys = [\"first-secret-key\"]\nsignature_letters = 20\n",
        origin.base
    );
    let folder = Scratch::new().unwrap();
    let file = folder.write("sign.toml", &config).unwrap();
    let output = command(BINARY).args(["sign", "--config"]).arg(file).arg("/unsafe/9x9/a.jpg").output().unwrap();
    let signed = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let signature = signed.split('/').nth(1).unwrap();
    assert_eq!(signature.len(), 20, "{signed}");
    let server = Server::start(BINARY, &ServerOptions { config, ..ServerOptions::default() }).unwrap();
    let connection = server.client().open("GET", signed.as_bytes(), &[], &[]).unwrap();
    let start = std::time::Instant::now();
    while origin.requests() == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", server.logs());
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(connection);
    assert!(server.logged("status=499"), "{}", server.logs());
    assert!(server.logs().contains("/…/9x9/a.jpg") && !server.logs().contains(signature), "{}", server.logs());
}

#[test]
fn a_missing_mark_is_named() {
    let service = start("unsafe = true");
    let missing = service.server.client().get("/unsafe/9x9/filters:watermark(no%20logo.png,0,0,0)/rocket.jpg");
    assert_eq!((missing.status, missing.content_type()), (400, "text/html"));
    assert!(missing.text().contains("the mark no logo.png: the object does not exist"), "{}", missing.text());
    assert_eq!(service.status("/unsafe/9x9/filters:watermark(rocket.jpg,0,0,0)/none.jpg"), 404);
}

#[test]
fn bad_input_is_a_clients_mistake_and_quick() {
    let service = start("unsafe = true");
    let long = "1".repeat(7000);
    let nested = "filters:watermark(".repeat(400);
    for target in [
        "/unsafe/".to_owned(),
        "/unsafe/0x0".to_owned(),
        format!("/unsafe/{long}x1/rocket.jpg"),
        "/unsafe/99999999x99999999/rocket.jpg".to_owned(),
        "/unsafe/10x10/../../etc/passwd".to_owned(),
        "/unsafe/10x10/%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "/unsafe/10x10/%ff.jpg".to_owned(),
        "/unsafe/10x10/a%00b.jpg".to_owned(),
        format!("/unsafe/{nested}/rocket.jpg"),
        "/unsafe/filters:convolution(1;2,1,true)/rocket.jpg".to_owned(),
        "/unsafe/filters:watermark(missing.png,0,0,0)/rocket.jpg".to_owned(),
        "/unsafe/filters:watermark(http://169.254.169.254/x,0,0,0)/rocket.jpg".to_owned(),
        "/unsafe/http://169.254.169.254/latest/meta-data".to_owned(),
    ] {
        let start = std::time::Instant::now();
        let response = service.server.client().get(&target);
        let shown: String = target.chars().take(80).collect();
        assert!((400..500).contains(&response.status), "{shown}: {}", response.status);
        assert_eq!(response.header("cache-control"), Some("no-store"), "{shown}");
        assert!(start.elapsed() < Duration::from_secs(2), "{shown}");
    }
    assert!(!service.server.logs().contains(" 500"), "{}", service.server.logs());
}
