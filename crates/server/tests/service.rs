//! A service behind a real socket: what is answered, and how connections end.

#![allow(clippy::unwrap_used)] // The helpers outside of test functions fail their test, too.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lightmill_server::config::{Config, Overrides};
use lightmill_server::listen::{ConnectionLimits, Listener, Workers, serve};
use lightmill_server::reload::Live;
use lightmill_server::{Front, Target, service, table};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

struct Running {
    address: SocketAddr,
    config: Config,
    stop: CancellationToken,
    drained: JoinHandle<bool>,
    _folder: tempfile::TempDir,
}

/// A service with the sources `photos` and `logos`, and `text` as the rest of its configuration.
async fn start(text: &str) -> Running {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("photos", "0123456789"), ("logos", "a logo")] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("a.txt"), content).unwrap();
        std::fs::write(folder.path().join(name).join("a.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    }
    let text = format!("{text}\n[sources.photos]\nurl = 'photos'\n[sources.logos]\nurl = 'logos'\n");
    let overrides = Overrides { listen: "127.0.0.1:0".parse().ok(), ..Overrides::default() };
    let config = Config::read(&text, folder.path(), [], &overrides).unwrap();
    let listener = Listener::bind(config.server.listen).await.unwrap();
    let (address, stop) = (listener.address(), CancellationToken::new());
    let limits = ConnectionLimits::from(&config.server);
    let front = Front::new(Arc::new(Live::new(service(&config).unwrap())));
    let until = stop.clone();
    let drained = tokio::spawn(async move {
        serve(listener, front, &Workers::default(), limits, until, Duration::from_millis(500)).await
    });
    Running { address, config, stop, drained, _folder: folder }
}

const BOTH: &str = "[[mounts]]\nsources = ['photos', 'logos']";

impl Running {
    /// The whole answer to a request for `target` with more `headers`, each with its line end.
    async fn ask(&self, method: &str, target: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get(&self, target: &str, headers: &str) -> String {
        self.ask("GET", target, headers).await
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| line.split_once(": ").filter(|(own, _)| own.eq_ignore_ascii_case(name))).map(|h| h.1)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[tokio::test]
async fn originals_have_ranges_and_validators() {
    let service = start(BOTH).await;
    let whole = service.get("/a.txt", "").await;
    assert_eq!((status(&whole), body(&whole)), ("200", "0123456789"));
    assert_eq!(header(&whole, "cache-control"), Some("public, max-age=86400"));
    assert_eq!(header(&whole, "vary"), Some("x-bucket"));
    let etag = header(&whole, "etag").unwrap();
    let modified = header(&whole, "last-modified").unwrap();

    let part = service.get("/a.txt", "range: bytes=2-4\r\n").await;
    assert_eq!((status(&part), header(&part, "content-range"), body(&part)), ("206", Some("bytes 2-4/10"), "234"));
    let part = service.get("/a.txt", &format!("range: bytes=-2\r\nif-range: {etag}\r\n")).await;
    assert_eq!((status(&part), body(&part)), ("206", "89"));
    let stale = service.get("/a.txt", "range: bytes=-2\r\nif-range: \"old\"\r\n").await;
    assert_eq!((status(&stale), body(&stale)), ("200", "0123456789"));
    let beyond = service.get("/a.txt", "range: bytes=10-\r\n").await;
    assert_eq!((status(&beyond), header(&beyond, "content-range")), ("416", Some("bytes */10")));

    for condition in [format!("if-none-match: W/{etag}"), format!("if-modified-since: {modified}")] {
        let answer = service.get("/a.txt", &format!("{condition}\r\n")).await;
        assert_eq!((status(&answer), header(&answer, "etag"), body(&answer)), ("304", Some(etag), ""), "{condition}");
    }
    assert_eq!(status(&service.get("/a.txt", "if-match: \"old\"\r\n").await), "412");

    let head = service.ask("HEAD", "/a.txt", "range: bytes=0-1\r\n").await;
    assert_eq!((status(&head), header(&head, "content-length"), body(&head)), ("200", Some("10"), ""));
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_dialects_shape() {
    let service = start(&format!("[server]\nuri_bytes = 100\n{BOTH}\npath = '/img'")).await;
    let long = format!("/img/{}", "a".repeat(200));
    for (method, target, headers, code, name) in [
        ("GET", "/img/none.txt", "", "404", "NoSuchKey"),
        ("GET", "/elsewhere", "", "404", "NoSuchKey"),
        ("GET", "/img/%2e%2e/photos/a.txt", "", "400", "BadRequestError"),
        ("GET", "/img/a%00.txt", "", "400", "BadRequestError"),
        ("GET", "/img/a.txt?x-oss-process=image/nothing", "", "400", "BadRequestError"),
        ("GET", "/img/a.txt?x-oss-process=image/resize,w_9", "", "415", "UnsupportedFormatError"),
        ("GET", "/img/a.txt", "x-bucket: secrets\r\n", "403", "ForbiddenError"),
        ("DELETE", "/img/a.txt", "", "405", "MethodNotAllowedError"),
        ("GET", &long, "", "414", "UriTooLongError"),
    ] {
        let answer = service.ask(method, target, headers).await;
        assert_eq!(status(&answer), code, "{target}");
        let start = format!("{{\"status\":{code},\"name\":\"{name}\",\"message\":\"");
        assert!(body(&answer).starts_with(&start), "{target}: {}", body(&answer));
        assert_eq!(header(&answer, "cache-control"), Some("no-store"), "{target}");
    }
    assert_eq!(body(&service.get("/img/a.txt", "x-bucket: logos\r\n").await), "a logo");
    assert_eq!(body(&service.get("/img", "").await), "ok");
    assert_eq!(body(&service.get("/img/ping", "").await), "ok");
}

#[tokio::test]
async fn answers_say_what_a_browser_must_know() {
    let service = start(&format!("{BOTH}\nflavour = 'keithyt06'")).await;
    let svg = service.get("/a.svg?v=1&w=2", "x-request-id: abc-1\r\n").await;
    assert_eq!(status(&svg), "200");
    assert!(header(&svg, "content-security-policy").is_some_and(|policy| policy.contains("sandbox")));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("vary", "Accept, x-bucket"),
        ("access-control-allow-origin", "*"),
        ("content-disposition", "inline"),
        ("x-lightmill-ignored", "v, w"),
        ("x-request-id", "abc-1"),
    ] {
        assert_eq!(header(&svg, name), Some(value), "{name}");
    }
    let unsafe_id = service.get("/a.svg", "x-request-id: a b\r\n").await;
    assert!(header(&unsafe_id, "x-request-id").is_some_and(|id| id != "a b" && id.len() > 16));
}

#[tokio::test]
async fn signed_mounts_answer_signed_requests_only() {
    let service = start("[[mounts]]\nsources = ['photos']\nkeys = ['new', 'old']\npath = '/s'").await;
    assert_eq!(status(&service.get("/s/a.txt", "").await), "403");
    let signed = Target::parse("/s/a.txt?v=1").unwrap().signed(&table(&service.config)).unwrap();
    assert_eq!(status(&service.get(&signed, "").await), "200");
    assert_eq!(status(&service.get(&signed.replace("v=1", "v=2"), "").await), "403");
    // Load balancers have no keys.
    assert_eq!(status(&service.get("/s/ping", "").await), "200");
}

#[tokio::test]
async fn mounts_can_forbid_originals_or_give_nothing_else() {
    let service = start(
        "[[mounts]]\nsources = ['photos']\noriginals = 'forbid'\n\
         [[mounts]]\npath = '/raw'\nsources = ['photos']\ndialect = 'original'",
    )
    .await;
    let refused = service.get("/a.txt", "").await;
    assert_eq!(body(&refused), r#"{"status":403,"name":"ForbiddenError","message":"Please visit s3 directly"}"#);
    let raw = service.get("/raw/a.txt?x-oss-process=image/info", "").await;
    assert_eq!((status(&raw), body(&raw)), ("200", "0123456789"));
}

#[tokio::test]
async fn draining_ends_idle_connections_and_accepts_no_more() {
    let service = start(BOTH).await;
    let mut idle = TcpStream::connect(service.address).await.unwrap();
    idle.write_all(b"GET /ping HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(idle.read(&mut [0; 1024]).await.unwrap() > 0);
    service.stop.cancel();
    assert!(service.drained.await.unwrap(), "nothing was in flight");
    assert_eq!(idle.read(&mut [0; 1024]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(service.address).await.is_err());
}

#[tokio::test]
async fn clients_that_say_nothing_are_dropped() {
    let service = start(&format!("[server]\nheader_time = 0.2\n{BOTH}")).await;
    for sent in ["", "P", "GET /ping HTTP/1.1\r\nhost: x\r\n"] {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut Vec::new())).await;
        assert!(ended.is_ok(), "{sent:?}");
    }
}

#[test]
fn urls_of_people_are_read() {
    let target = Target::parse("https://img.example.com/dir/my photo ü.jpg?x=1#top").unwrap();
    assert_eq!((target.host(), target.path()), (Some("img.example.com"), "/dir/my%20photo%20%C3%BC.jpg"));
    assert_eq!(target.query(), Some("x=1"));
    assert!(Target::parse("not a url").is_none());
    assert!(Config::load(Some(Path::new("/none.toml")), &Overrides::default()).is_err());
}
