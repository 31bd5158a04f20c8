//! Pictures that clients send to a mount that speaks Thumbor's language, and the list of those that it does not show.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::{BINARY, SAMPLES};
use lightmill_testkit::servers::Moto;
use lightmill_testkit::{Client, Picture, Response, Scratch, Server, ServerOptions};

const TOKEN: &str = "Bearer a-token-for-tests";
const ID: &str = "0123456789abcdef0123456789abcdef";

/// Everything is allowed to whoever has the token.
const OPEN: &str = "unsafe = true\nuploads = { to = 'sent', prefix = 'in/', tokens = ['a-token-for-tests'], put = true, delete = true }";

/// A server with a mount over `photos` that may write in `sent`.
struct Service {
    server: Server,
    folder: Scratch,
}

impl Service {
    fn start(mount: &str) -> Self {
        let folder = Scratch::new().unwrap();
        folder.copy(format!("{SAMPLES}/rocket.jpg"), "photos/rocket.jpg").unwrap();
        folder.copy(format!("{SAMPLES}/rocket.jpg"), format!("photos/{ID}/rocket.jpg")).unwrap();
        folder.copy(format!("{SAMPLES}/coffee.png"), "photos/a b/coffee.png").unwrap();
        fs::create_dir(folder.path().join("sent")).unwrap();
        // What is remembered for so long is only seen to change where it is forgotten.
        let config = format!(
            "[cache]\nversion_time = 600\nerror_time = 600\ndisk = \"{root}/cache\"\n\
             [sources.photos]\nurl = \"file://{root}/photos\"\n[sources.sent]\nurl = \"file://{root}/sent\"\n\
             [[mounts]]\ndialect = \"thumbor\"\nsources = [\"photos\"]\n{mount}\n",
            root = folder.path().display()
        );
        let options = ServerOptions { config, ..ServerOptions::default() };
        Self { server: Server::start(BINARY, &options).unwrap(), folder }
    }

    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        self.server.client().send(method, target.as_bytes(), headers, body).unwrap()
    }

    /// With the token.
    fn trusted(&self, method: &str, target: &str, body: &[u8]) -> Response {
        self.send(method, target, &[("authorization", TOKEN)], body)
    }

    fn status(&self, target: &str) -> u16 {
        self.server.client().get(target).status
    }

    /// The files that were sent.
    fn sent(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path().join("sent/in")).into_iter().flatten();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn rocket() -> Vec<u8> {
    fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap()
}

fn coffee() -> Vec<u8> {
    fs::read(format!("{SAMPLES}/coffee.png")).unwrap()
}

/// A PNG that is nothing but the header of a picture of this size.
fn header_of(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    chunk.extend([8, 2, 0, 0, 0]);
    let crc = chunk.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    });
    let end = b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xaeB`\x82";
    [&b"\x89PNG\r\n\x1a\n\0\0\0\x0d"[..], &chunk, &(!crc).to_be_bytes(), end].concat()
}

#[test]
fn the_life_of_an_upload() {
    let service = Service::start(OPEN);
    let client = service.server.client();
    let headers = [("authorization", TOKEN), ("slug", "../my kitty.jpg"), ("content-type", "text/html")];
    let sent = service.send("POST", "/image", &headers, &rocket());
    assert_eq!((sent.status, sent.body.len()), (201, 0), "{}", sent.text());
    let location = sent.header("location").unwrap().to_owned();
    let [_, _, id, name] = location.split('/').collect::<Vec<_>>()[..] else { panic!("{location}") };
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{location}");
    assert_eq!((name, service.sent()), ("my%20kitty.jpg", vec![id.to_owned()]));

    let got = client.get(&location);
    assert_eq!((got.status, got.content_type(), &got.body), (200, "image/jpeg", &rocket()));
    assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    let head = client.head(&location);
    let length = rocket().len().to_string();
    assert_eq!((head.status, head.content_type(), head.header("content-length")), (200, "image/jpeg", Some(&*length)));
    let known = got.header("etag").unwrap();
    assert_eq!(client.get_with(&location, &[("if-none-match", known)]).status, 304);

    let shown = format!("/unsafe/60x40/filters:format(png)/{id}");
    let before = Picture::decode(&client.get(&format!("{shown}/any%20name.jpg")).body).unwrap();
    assert_eq!((before.width(), before.height()), (60, 40));
    assert_eq!(service.trusted("PUT", &location, &coffee()).status, 204);
    assert_eq!(client.get(&location).content_type(), "image/png");
    let after = Picture::decode(&client.get(&format!("{shown}/any%20name.jpg")).body).unwrap();
    let means = [before, after].map(|picture| picture.mean().map(|channel| channel.round() as u32));
    assert_ne!(means[0], means[1], "the new picture is seen at once");

    assert_eq!(client.get(&shown).status, 200);
    assert_eq!(service.trusted("DELETE", &location, b"").status, 204);
    for gone in [&shown, &format!("{shown}/any%20name.jpg"), &location] {
        assert_eq!(service.status(gone), 404, "{gone}");
    }
    assert_eq!(service.trusted("DELETE", &location, b"").status, 404);
    assert!(service.sent().is_empty());
}

#[test]
fn forms_and_ids_of_the_client() {
    let service = Service::start(OPEN);
    let form = [
        &b"--xx\r\ncontent-disposition: form-data; name=\"media\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n"[..],
        &coffee(),
        b"\r\n--xx--\r\n",
    ]
    .concat();
    let headers = [("authorization", TOKEN), ("content-type", "multipart/form-data; boundary=xx")];
    let sent = service.send("POST", "/image", &headers, &form);
    assert_eq!((sent.status, sent.header("location").unwrap().ends_with("/a.png")), (201, true), "{}", sent.text());
    assert_eq!(service.server.client().get(sent.header("location").unwrap()).body, coffee());
    let nameless = service.trusted("POST", "/image", &coffee());
    assert!(nameless.header("location").unwrap().ends_with("/image.png"));

    // A folder of the source is called so: the upload takes its place while it is there.
    let shown = format!("/unsafe/20x20/filters:format(png)/{ID}/rocket.jpg");
    let stored = service.server.client().get(&shown);
    assert_eq!(stored.status, 200);
    assert_eq!(service.trusted("PUT", &format!("/image/{ID}"), &coffee()).status, 204);
    let uploaded = service.server.client().get(&shown);
    assert_ne!(stored.body, uploaded.body);
    // As a mark it is the same picture.
    let marked = |mark: &str| {
        let target = format!("/unsafe/filters:watermark({mark},0,0,0):format(png)/rocket.jpg");
        let response = service.server.client().get(&target);
        assert_eq!(response.status, 200, "{}", response.text());
        response.body
    };
    assert_eq!(marked(ID), marked("a%20b/coffee.png"));
    assert_eq!(service.trusted("DELETE", &format!("/image/{ID}"), b"").status, 204);
    assert_eq!(service.server.client().get(&shown).body, stored.body);
}

#[test]
fn only_pictures_of_the_right_size_are_taken() {
    let service = Service::start(&OPEN.replace("put =", "min_width = 100, min_height = 50, max_bytes = 100000, put ="));
    let large = [rocket(), vec![0; 100_000]].concat();
    for (body, status, words) in [
        (&b"no picture"[..], 415, "not accepted as a picture"),
        (b"", 415, "not accepted as a picture"),
        (b"\xff\xd8\xff\xe0 broken", 415, "not accepted as a picture"),
        (&header_of(60_000, 60_000), 412, "source_side is 60000, over the limit of 30000"),
        (&header_of(20_000, 20_000), 412, "source_pixels is 400000000, over the limit of 80000000"),
        (&header_of(99, 50), 412, "has 99x50 pixels; 100x50 are the least"),
        (&header_of(100, 49), 412, "100x50 are the least"),
        (&large, 412, "has more than 100000 bytes"),
    ] {
        for (method, target) in [("POST", "/image".to_owned()), ("PUT", format!("/image/{ID}/a.jpg"))] {
            let start = Instant::now();
            let refused = service.trusted(method, &target, body);
            assert_eq!(refused.status, status, "{method}: {}", refused.text());
            assert!(refused.text().contains(words), "{}", refused.text());
            assert_eq!((refused.content_type(), refused.header("cache-control")), ("text/html", Some("no-store")));
            assert!(start.elapsed() < Duration::from_secs(2));
        }
    }
    assert!(service.sent().is_empty(), "{:?}", service.sent());
    assert_eq!(service.trusted("POST", "/image", &header_of(100, 50)).status, 201);
}

#[test]
fn bad_requests_are_the_clients_mistakes() {
    let service = Service::start(&OPEN.replace("put = true, delete = true", "put = false"));
    let form = [("authorization", TOKEN), ("content-type", "multipart/form-data; boundary=xx")];
    for body in [&b""[..], b"--xx", b"--xx\r\ncontent-disposition: form-data; name=\"other\"\r\n\r\n1\r\n--xx--\r\n"] {
        assert_eq!(service.send("POST", "/image", &form, body).status, 400);
    }
    let of_one = format!("/image/{ID}/a.jpg");
    for (method, target, allowed) in [
        ("GET", "/image", "POST"),
        ("PUT", "/image/", "POST"),
        ("POST", &of_one, "GET, HEAD"),
        ("PUT", &of_one, "GET, HEAD"),
        ("DELETE", &of_one, "GET, HEAD"),
    ] {
        let refused = service.trusted(method, target, b"x");
        assert_eq!((refused.status, refused.header("allow")), (405, Some(allowed)), "{method} {target}");
    }
    for missing in [&of_one, "/image/short/a.jpg", "/image/..%2f..%2fetc%2fpasswd", "/image//a.jpg"] {
        assert_eq!(service.status(missing), 404, "{missing}");
    }
    let service = Service::start(OPEN);
    for id in ["short", "0123456789abcdef0123456789abcdeg", "..", "0123456789abcdef0123456789abcdef0"] {
        let refused = service.trusted("PUT", &format!("/image/{id}/a.jpg"), b"x");
        assert_eq!(
            (refused.status, refused.text().contains("32 hexadecimal digits")),
            (400, true),
            "{}",
            refused.text()
        );
        assert_eq!(service.trusted("DELETE", &format!("/image/{id}"), b"").status, 404);
    }
    assert!(service.sent().is_empty());
}

#[test]
fn nobody_changes_anything_without_a_token() {
    let service = Service::start(&format!(
        "{OPEN}\nblacklist = {{ source = 'sent', tokens = ['a-token-for-tests'] }}\nkeys = ['a-secret-key']"
    ));
    assert_eq!(service.trusted("PUT", &format!("/image/{ID}"), &rocket()).status, 204);
    let of_one = format!("/image/{ID}");
    for headers in
        [&[][..], &[("authorization", "Bearer a-token-for-test")], &[("authorization", "Basic a-token-for-tests")]]
    {
        for (method, target) in
            [("POST", "/image"), ("PUT", &of_one), ("DELETE", &of_one), ("PUT", "/blacklist?a"), ("GET", "/blacklist")]
        {
            let refused = service.send(method, target, headers, b"x");
            assert_eq!(
                (refused.status, refused.header("www-authenticate")),
                (401, Some("Bearer")),
                "{method} {target}"
            );
        }
    }
    assert_eq!(service.sent(), [ID]);
    assert_eq!(service.server.client().get(&of_one).body, rocket(), "`unsafe` lets stored pictures be seen");
    // Where every URL is to be signed, an id alone shows nothing.
    let signed = Service::start(&OPEN.replace("unsafe = true", "keys = ['a-secret-key']"));
    assert_eq!(signed.trusted("PUT", &of_one, &rocket()).status, 204);
    assert_eq!((signed.status(&of_one), signed.trusted("GET", &of_one, b"").status), (401, 200));
    let without = Service::start("unsafe = true");
    assert_eq!(without.trusted("POST", "/image", b"x").status, 405);
    assert_eq!((without.status("/image"), without.status("/blacklist")), (400, 400));
    assert!(!service.server.logs().contains("may change something"), "{}", service.server.logs());
}

#[test]
fn open_doors_are_said_and_pages_may_send() {
    let service =
        Service::start("unsafe = true\ncors = ['https://shop.example.com']\nuploads = { to = 'sent', unsafe = true }");
    assert!(service.server.logged("whoever reaches this mount may change something"), "{}", service.server.logs());
    let page = ("origin", "https://shop.example.com");
    let asked = service.send("OPTIONS", "/image", &[page, ("access-control-request-method", "POST")], b"");
    assert_eq!(asked.status, 204);
    assert_eq!(asked.header("access-control-allow-methods"), Some("GET, HEAD, POST, PUT, DELETE"));
    assert!(asked.header("access-control-allow-headers").unwrap().contains("Slug"));
    let sent = service.send("POST", "/image", &[page], &rocket());
    assert_eq!((sent.status, sent.header("access-control-allow-origin")), (201, Some("https://shop.example.com")));
    assert!(sent.header("access-control-expose-headers").unwrap().contains("Location"));
}

#[test]
fn listed_pictures_are_not_shown() {
    let service =
        Service::start(&format!("{OPEN}\nblacklist = {{ source = 'sent', key = 'not these', unsafe = true }}"));
    let list = |line: &str| service.send("PUT", &format!("/blacklist?{line}"), &[], b"").status;
    assert_eq!(service.trusted("PUT", &format!("/image/{ID}"), &rocket()).status, 204);
    let marked = "/unsafe/filters:watermark(a%20b/coffee.png,0,0,0)/rocket.jpg";
    let upload = format!("/unsafe/20x20/{ID}/a.jpg");
    let pages =
        ["/unsafe/60x40/a%20b/coffee.png", "/unsafe/a%20b/coffee.png", "/unsafe/meta//a%20b/coffee.png", marked];
    for page in pages {
        assert_eq!(service.status(page), 200, "{page}");
    }
    assert_eq!(list("https://cdn.example/a%20b/coffee.png"), 200);
    for page in pages {
        let refused = service.server.client().get(page);
        assert_eq!((refused.status, refused.text().contains("on the blacklist")), (400, true), "{page}");
    }
    assert_eq!((service.status("/unsafe/60x40/rocket.jpg"), service.status(&upload)), (200, 200));
    assert_eq!((list(ID), list(ID)), (200, 200));
    assert_eq!((service.status(&upload), service.status(&format!("/image/{ID}"))), (400, 400));
    let told = service.server.client().get("/blacklist");
    let lines = format!("https://cdn.example/a%20b/coffee.png\n{ID}\n");
    assert_eq!((told.status, told.content_type(), told.text()), (200, "text/plain", lines.clone()));
    assert_eq!(service.server.client().head("/blacklist").header("content-length"), Some(&*lines.len().to_string()));
    assert_eq!(fs::read_to_string(service.folder.path().join("sent/not these")).unwrap(), lines);
    assert_eq!((list(""), list(&"a".repeat(40_000))), (400, 414));
    let refused = service.send("DELETE", "/blacklist", &[], b"");
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD, PUT")));
}

#[test]
fn a_list_that_nobody_may_extend_is_applied() {
    let service = Service::start("unsafe = true\nblacklist = { source = 'photos', key = 'a list' }");
    service.folder.write("photos/a list", "a b/coffee.png\n").unwrap();
    assert_eq!(
        (service.status("/unsafe/60x40/a%20b/coffee.png"), service.status("/unsafe/60x40/rocket.jpg")),
        (400, 200)
    );
    assert_eq!(service.send("PUT", "/blacklist?rocket.jpg", &[], b"").status, 405);
    assert_eq!(service.status("/blacklist"), 400, "a URL like any other");
    // What is no text lists nothing that has a name.
    let picture = Service::start("unsafe = true\nblacklist = { source = 'photos', key = 'rocket.jpg' }");
    assert_eq!(picture.status("/unsafe/60x40/rocket.jpg"), 200);
    // What cannot be read might list anything.
    let huge = Service::start("unsafe = true\nblacklist = { source = 'photos', key = 'huge' }");
    huge.folder.write("photos/huge", vec![b'\n'; (1 << 20) + 1]).unwrap();
    assert_eq!(huge.status("/unsafe/60x40/rocket.jpg"), 503);
}

#[test]
fn many_lines_at_once_are_all_kept() {
    let service = Service::start("unsafe = true\nblacklist = { source = 'sent', unsafe = true }");
    std::thread::scope(|scope| {
        for number in 0..12 {
            let service = &service;
            scope.spawn(move || service.send("PUT", &format!("/blacklist?{number}.jpg"), &[], b""));
        }
    });
    let text = service.server.client().get("/blacklist").text();
    assert_eq!(text.lines().count(), 12, "{text}");
}

#[test]
fn a_bucket_holds_uploads() {
    let moto = Moto::start().unwrap();
    let bucket = Client::new(moto.endpoint().trim_start_matches("http://").parse().unwrap());
    assert_eq!(bucket.request("PUT", "/sent", &[]).status, 200);
    let config = format!(
        "[sources.photos]\nurl = \"{SAMPLES}\"\n[sources.sent]\nurl = \"s3://sent?endpoint={}\"\n\
         access_key_id = \"writer\"\nsecret_access_key = \"a-secret\"\n\
         [[mounts]]\ndialect = \"thumbor\"\nsources = [\"photos\"]\n{OPEN}\n",
        moto.endpoint()
    );
    let server = Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap();
    let client = server.client();
    let ask = |method: &str, target: &str, body: &[u8]| {
        client.send(method, target.as_bytes(), &[("authorization", TOKEN)], body).unwrap()
    };
    assert_eq!(client.get(&format!("/unsafe/60x40/{ID}")).status, 404);
    assert_eq!(ask("PUT", &format!("/image/{ID}"), &rocket()).status, 204);
    let got = client.get(&format!("/image/{ID}/a.jpg"));
    assert_eq!((got.status, got.content_type(), &got.body), (200, "image/jpeg", &rocket()));
    let shown = client.get(&format!("/unsafe/60x40/{ID}"));
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_eq!(ask("DELETE", &format!("/image/{ID}"), b"").status, 204);
    assert_eq!(
        (client.get(&format!("/unsafe/60x40/{ID}")).status, client.get(&format!("/image/{ID}")).status),
        (404, 404)
    );
    drop(moto);
    let failed = ask("POST", "/image", &rocket());
    assert_eq!(failed.status, 503, "{}", failed.text());
    assert!(!failed.text().contains("127.0.0.1"), "{}", failed.text());
}
