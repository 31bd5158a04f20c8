//! HTTP origins that misbehave on purpose: the right status, in time, with nothing told that is no client's business.
//! `crates/store/src/http/tests` has more of their kinds, and the table of over a hundred spellings of closed addresses
//! (`refused.rs`), each of which is refused before anything is connected to.
#![allow(clippy::unwrap_used)]

mod common;

use std::thread;
use std::time::{Duration, Instant};

use common::{BINARY, SAMPLES, image};
use lightmill_testkit::servers::raw::{Raw, Step, text};
use lightmill_testkit::{Response, Server, ServerOptions};

/// Bound on every answer here, however busy the machine: above `limits.time`.
const PATIENCE: Duration = Duration::from_secs(5);

/// More memory than this is not held for any of them.
const GROWTH: u64 = 32 << 20;

/// What no client may read of the origin and its answers.
const INTERNAL: [&str; 8] =
    ["127.0.0.1", "169.254", "localhost", "http:", "file:", "hidden/way", "etc/passwd", "origin"];

/// A server of one origin, which is left alone after no number of failures.
fn serving(base: &str, more: &str) -> Server {
    let config = format!(
        "[limits]\ntime = 1.5\n[sources.photos]\nurl = \"{base}/hidden/way/\"\nfirst_byte_time = 0.5\nfailures = 1000\n\
         {more}\n[[mounts]]\nunsafe = true\n"
    );
    Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap()
}

const HERE: &str = "allow_private = [\"127.0.0.1\"]\nattempts = 1";

fn rocket() -> Vec<u8> {
    std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap()
}

/// Status line and headers of a picture that is said to have so many bytes.
fn head(length: usize) -> Step {
    text(format!("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"))
}

/// A picture for `HEAD`, and `body` behind the head for `GET`.
fn lying(length: usize, body: Vec<Step>) -> impl Fn(usize, &str) -> Vec<Step> + Send + Sync + 'static {
    move |_, request| {
        let body = if request.starts_with("HEAD") { &[][..] } else { &body };
        [&[head(length)], body].concat()
    }
}

#[track_caller]
fn is_discreet(answer: &Response, of: &str) {
    let told = format!("{:?} {}", answer.headers, answer.text());
    assert!(!INTERNAL.iter().any(|word| told.contains(word)), "{of}: {told}");
    assert!(answer.elapsed < PATIENCE, "{of}: {:?}", answer.elapsed);
}

fn location(to: &str) -> Step {
    text(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"))
}

/// What an origin does, the status of originals and transforms, and the name of the error.
type Case = (&'static str, Raw, u16, &'static str);

fn without_an_object() -> Vec<Case> {
    let slowly = |letter: char| [text(letter), Step::Pause(Duration::from_millis(50))];
    let trickle: Vec<Step> = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc".chars().flat_map(slowly).collect();
    let bomb = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9000000000\r\n\r\n";
    let bomb = vec![text(bomb), Step::Forever(vec![0x1f; 1 << 16])];
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n";
    let endless = vec![text("HTTP/1.1 200 OK\r\nX-A: "), Step::Forever(vec![b'a'; 1 << 16])];
    let unlimited = vec![text(chunked), Step::Forever(vec![b'a'; 1 << 16])];
    let failure = "HTTP/1.1 500 origin is broken\r\nContent-Length: 21\r\n\r\nhidden/way is no more";
    vec![
        ("a head that trickles", Raw::start(move |_, _| trickle.clone()), 504, "TimeoutError"),
        ("no answer", Raw::start(|_, _| vec![Step::Pause(PATIENCE * 2)]), 504, "TimeoutError"),
        ("a gzip bomb", Raw::start(move |_, _| bomb.clone()), 503, "SourceUnavailableError"),
        ("headers without end", Raw::start(move |_, _| endless.clone()), 503, "SourceUnavailableError"),
        ("no length", Raw::start(move |_, _| unlimited.clone()), 503, "SourceUnavailableError"),
        ("a reset", Raw::start(|_, _| vec![Step::Reset]), 503, "SourceUnavailableError"),
        ("no HTTP", Raw::start(|_, _| vec![text("SSH-2.0-OpenSSH\r\n\r\n")]), 503, "SourceUnavailableError"),
        ("failures", Raw::start(move |_, _| vec![text(failure)]), 503, "SourceUnavailableError"),
        ("a loop", Raw::start(|_, _| vec![location("/hidden/way/again")]), 503, "SourceUnavailableError"),
        ("to metadata", Raw::start(|_, _| vec![location("http://169.254.169.254/latest/")]), 403, "ForbiddenError"),
        ("to a neighbour", Raw::start(|_, _| vec![location("http://127.0.0.2:1/")]), 403, "ForbiddenError"),
        ("to a file", Raw::start(|_, _| vec![location("file:///etc/passwd")]), 403, "ForbiddenError"),
    ]
}

#[test]
fn whatever_an_origin_does_clients_get_an_honest_answer() {
    let cases = without_an_object();
    thread::scope(|scope| {
        for (what, origin, status, name) in &cases {
            scope.spawn(move || {
                let server = serving(&origin.base, HERE);
                let client = server.client();
                assert_eq!(client.get("/").status, 200);
                let before = server.peak_resident_bytes().unwrap();
                for target in ["/a.jpg".to_owned(), image("a.jpg", "resize,w_20"), image("a.jpg", "info")] {
                    let answer = client.get(&target);
                    assert_eq!((answer.status, &answer.json()["name"]), (*status, &(*name).into()), "{what}: {target}");
                    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
                    is_discreet(&answer, what);
                }
                let grown = server.peak_resident_bytes().unwrap() - before;
                assert!(grown < GROWTH, "{what}: {grown} bytes more were held");
            });
        }
    });
}

/// What breaks off in the midst: an original is an error or ends early, and a picture is an error.
#[test]
fn bodies_that_break_off_are_never_taken_for_whole() {
    let picture = rocket();
    let half = || text_of(&picture[..picture.len() / 2]);
    // Longer than anybody waits.
    let pause = || Step::Pause(PATIENCE * 100);
    let length = picture.len();
    for (what, origin, statuses) in [
        ("a stall", Raw::start(lying(length, vec![half(), pause()])), &[504][..]),
        ("fewer bytes than stated", Raw::start(lying(length, vec![half()])), &[503][..]),
        ("a reset", Raw::start(lying(length, vec![half(), Step::Reset])), &[503][..]),
    ] {
        // An idle connection may be reset in the moment in which it is used again; that is tried once more.
        let server = serving(&origin.base, "allow_private = [\"127.0.0.1\"]\nattempts = 2");
        let client = server.client();
        let start = Instant::now();
        // An error if the head was still to be sent, else no more than a part.
        if let Ok(original) = client.send("GET", b"/a.jpg", &[], &[]) {
            assert!(original.status >= 500, "{what}: {}", original.status);
            is_discreet(&original, what);
        }
        assert!(start.elapsed() < PATIENCE, "{what}: {:?}", start.elapsed());
        let made = client.get(&image("a.jpg", "resize,w_20"));
        assert!(statuses.contains(&made.status), "{what}: {} {}", made.status, made.text());
        is_discreet(&made, what);
        // The next one is another connection's, and the service is well.
        assert_eq!(client.get("/").status, 200);
    }
}

fn text_of(bytes: &[u8]) -> Step {
    Step::Write(bytes.to_vec())
}

#[test]
fn more_bytes_than_stated_are_nobodys() {
    let picture = rocket();
    // Another request may be on its way before they are seen: it is tried again then, on a connection of its own.
    let flood = Step::Forever(vec![b'a'; 1 << 16]);
    let origin = Raw::start(lying(picture.len(), vec![text_of(&picture), flood]));
    let server = serving(&origin.base, "allow_private = [\"127.0.0.1\"]\nattempts = 3");
    let client = server.client();
    let before = server.peak_resident_bytes().unwrap();
    for width in 20..25 {
        assert_eq!(client.get("/a.jpg").body, picture);
        let made = client.get(&image("a.jpg", &format!("resize,w_{width}")));
        assert_eq!(made.status, 200, "{}", made.text());
    }
    assert!(server.peak_resident_bytes().unwrap() - before < GROWTH);
}

#[test]
fn a_failure_that_passes_is_none_for_the_client() {
    let picture = rocket();
    let broken = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let origin = Raw::start(move |number, request| match (number % 2, request.starts_with("HEAD")) {
        (0, _) => vec![text(broken)],
        (_, true) => vec![head(picture.len())],
        (_, false) => vec![head(picture.len()), text_of(&picture)],
    });
    let server = serving(&origin.base, "allow_private = [\"127.0.0.1\"]");
    let made = server.client().get(&image("a.jpg", "resize,w_20"));
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(origin.requests(), 4, "each of two was asked twice");
    assert!((server.metric("lightmill_source_retries_total", &["photos"]) - 2.0).abs() < 0.5);
}

#[test]
fn names_of_this_machine_are_not_connected_to() {
    let origin = Raw::start(lying(3, vec![text("abc")]));
    let port = origin.base.rsplit(':').next().unwrap();
    for host in ["localhost", "LOCALHOST", "ｌｏｃａｌｈｏｓｔ"] {
        let server = serving(&format!("http://{host}:{port}"), "");
        for target in ["/a.jpg".to_owned(), image("a.jpg", "info")] {
            let answer = server.client().get(&target);
            assert_eq!((answer.status, &answer.json()["name"]), (403, &"ForbiddenError".into()), "{host}");
            is_discreet(&answer, host);
        }
    }
    assert_eq!(origin.connections(), 0);
    // Addresses need no request to be refused.
    for host in ["127.0.0.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0"] {
        let config = format!("[sources.photos]\nurl = \"http://{host}:{port}/\"\n[[mounts]]\nunsafe = true\n");
        let error = Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap_err();
        assert!(format!("{error:#}").contains("is no public address"), "{host}: {error:#}");
    }
    let server = serving(&format!("http://localhost:{port}"), "allow_private = [\"localhost\"]");
    assert_eq!(server.client().get("/a.jpg").text(), "abc");
}

#[test]
fn who_waits_for_an_origin_takes_no_place_from_who_computes() {
    const WAITING: usize = 20;
    let origin = Raw::start(lying(1000, vec![Step::Pause(Duration::from_mins(1))]));
    let config = format!(
        "[permits]\nthreads = 1\n[sources.photos]\nurl = \"{SAMPLES}\"\n[sources.slow]\nurl = \"{}/\"\n\
         allow_private = [\"127.0.0.1\"]\n[[mounts]]\nsources = [\"photos\", \"slow\"]\nunsafe = true\n",
        origin.base
    );
    let server = Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap();
    let client = server.client();
    let waiting: Vec<_> = (0..WAITING)
        .map(|number| {
            let target = format!("/s3:slow/{number}.jpg?x-oss-process=image/resize,w_20");
            client.open("GET", target.as_bytes(), &[], &[]).unwrap()
        })
        .collect();
    let start = Instant::now();
    while origin.requests() < 2 * WAITING {
        assert!(start.elapsed() < PATIENCE, "{} of them wait for the origin", origin.requests());
        thread::sleep(Duration::from_millis(5));
    }
    let answer = client.get(&image("rocket.jpg", "resize,w_60"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.elapsed < Duration::from_secs(2), "{:?}", answer.elapsed);
    assert_eq!(origin.requests(), 2 * WAITING, "all of them still wait");
    drop(waiting);
}
