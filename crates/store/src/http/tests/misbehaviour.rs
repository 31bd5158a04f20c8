//! An origin that misbehaves on purpose: the right error, and in time.

use std::time::{Duration, Instant};

use super::source;
use crate::guard::{Retried, RetryLimits, TimeLimits, Timed};
use crate::http::HttpSource;
use crate::{Error, Source, Stat, collect};
use lightmill_testkit::servers::raw::{Raw, Step, text};

/// Bound on every answer here, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// For what ends by itself.
fn timed(base: &str) -> Timed<HttpSource> {
    let most = Duration::from_secs(4);
    Timed::new(source(base), TimeLimits { first_byte: most, total: most })
}

/// For what would never end.
fn impatient(base: &str) -> Timed<HttpSource> {
    let (first_byte, total) = (Duration::from_millis(300), Duration::from_millis(900));
    Timed::new(source(base), TimeLimits { first_byte, total })
}

/// What becomes of a read of `range`, and of its body of no more than 1 MiB.
async fn read(source: &dyn Source, range: Option<std::ops::Range<u64>>) -> Result<String, Error> {
    let start = Instant::now();
    let result = async {
        let bytes = collect(source.read("a", range).await?, 1 << 20).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
    .await;
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    result
}

async fn stat(source: &dyn Source) -> Result<Stat, Error> {
    tokio::time::timeout(PATIENCE, source.stat("a")).await.unwrap()
}

#[track_caller]
fn unavailable<T: std::fmt::Debug>(result: Result<T, Error>, reason: &str) {
    match result {
        Err(Error::Unavailable { detail, .. }) => assert!(detail.contains(reason), "{detail}"),
        other => panic!("{other:?}, not unavailable because {reason}"),
    }
}

#[track_caller]
fn unusable<T: std::fmt::Debug>(result: Result<T, Error>, reason: &str) {
    match result {
        Err(Error::Unusable { detail }) => assert!(detail.contains(reason), "{detail}"),
        other => panic!("{other:?}, not unusable because {reason}"),
    }
}

#[tokio::test]
async fn slow_headers() {
    let origin = Raw::start(|_, _| {
        let slowly = |letter: char| [text(letter), Step::Pause(Duration::from_millis(100))];
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc".chars().flat_map(slowly).collect()
    });
    assert_eq!(read(&impatient(&origin.base), None).await, Err(Error::TimedOut));
    assert_eq!(stat(&impatient(&origin.base)).await, Err(Error::TimedOut));
}

#[tokio::test]
async fn no_headers_at_all() {
    let origin = Raw::start(|_, _| vec![Step::Pause(PATIENCE)]);
    assert_eq!(read(&impatient(&origin.base), None).await, Err(Error::TimedOut));
}

#[tokio::test]
async fn stall_in_the_middle() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc";
    let origin = Raw::start(move |_, _| vec![text(head), Step::Pause(PATIENCE)]);
    assert_eq!(read(&impatient(&origin.base), None).await, Err(Error::TimedOut));
}

#[tokio::test]
async fn a_body_that_trickles() {
    let origin = Raw::start(|_, _| {
        let mut steps = vec![text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")];
        steps.extend((0..100).flat_map(|_| [text("a"), Step::Pause(Duration::from_millis(50))]));
        steps
    });
    assert_eq!(read(&impatient(&origin.base), None).await, Err(Error::TimedOut));
}

#[tokio::test]
async fn fewer_bytes_than_stated() {
    let origin = Raw::start(|_, _| vec![text("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")]);
    unavailable(read(&timed(&origin.base), None).await, "");
    let chunked = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-5/9\r\nTransfer-Encoding: chunked\r\n\r\n\
                   3\r\nabc\r\n0\r\n\r\n";
    let origin = Raw::start(move |_, _| vec![text(chunked)]);
    unavailable(read(&timed(&origin.base), Some(0..6)).await, "3 bytes before its end");
}

#[tokio::test]
async fn more_bytes_than_stated() {
    // What comes after the stated length belongs to no answer: it is never read as the next one's.
    let origin = Raw::start(|_, _| {
        vec![text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")]
    });
    let source = timed(&origin.base);
    for _ in 0..3 {
        assert_eq!(read(&source, None).await.unwrap(), "abc");
    }
    let chunked = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-5/9\r\nTransfer-Encoding: chunked\r\n\r\n\
                   9\r\nabcdefghi\r\n0\r\n\r\n";
    let origin = Raw::start(move |_, _| vec![text(chunked)]);
    unavailable(read(&timed(&origin.base), Some(0..6)).await, "longer than the origin stated");
}

#[tokio::test]
async fn other_bytes_than_asked_for() {
    for lie in [
        "Content-Range: bytes 1-3/9\r\nContent-Length: 3",
        "Content-Range: bytes 0-1/9\r\nContent-Length: 2",
        "Content-Range: bytes 0-8/9\r\nContent-Length: 9",
        "Content-Range: bytes 0-2/9\r\nContent-Length: 4",
        "Content-Range: bytes 0-2/*\r\nContent-Length: 3",
        "Content-Type: multipart/byteranges; boundary=x\r\nContent-Length: 3",
    ] {
        let head = format!("HTTP/1.1 206 Partial Content\r\n{lie}\r\n\r\nabcdefghi");
        let origin = Raw::start(move |_, _| vec![text(head.clone())]);
        unusable(read(&timed(&origin.base), Some(0..3)).await, "");
    }
}

#[tokio::test]
async fn no_length_or_two() {
    for (head, name) in [
        ("HTTP/1.1 200 OK\r\n\r\nabc", "unusable"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "unusable"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "unavailable"),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "unavailable"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "unavailable"),
    ] {
        let origin = Raw::start(move |_, _| vec![text(head)]);
        assert_eq!(read(&timed(&origin.base), None).await.unwrap_err().name(), name, "{head}");
        assert_eq!(stat(&timed(&origin.base)).await.unwrap_err().name(), name, "{head}");
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_not_inflated() {
    for encoding in ["gzip", "br", "deflate, gzip", "zstd"] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 1048576\r\n\r\n");
        let origin = Raw::start(move |_, _| vec![text(head.clone()), Step::Forever(vec![0x1f; 4096])]);
        unusable(read(&timed(&origin.base), None).await, "encoded the content");
        unusable(stat(&timed(&origin.base)).await, "encoded the content");
    }
}

#[tokio::test]
async fn resets_in_the_middle() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc";
    let pause = Step::Pause(Duration::from_millis(50));
    let origin = Raw::start(move |_, _| vec![text(head), pause.clone(), Step::Reset]);
    unavailable(read(&timed(&origin.base), None).await, "");
    let origin = Raw::start(|_, _| vec![Step::Reset]);
    unavailable(read(&timed(&origin.base), None).await, "");
}

#[tokio::test]
async fn failures_and_then_an_object() {
    let origin = Raw::start(|number, _| match number {
        0 => vec![text("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")],
        1 => vec![text("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")],
        2 => vec![text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), Step::Reset],
        _ => vec![text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")],
    });
    unavailable(read(&timed(&origin.base), None).await, "500");
    let limits = RetryLimits {
        attempts: 3.try_into().unwrap(),
        first_pause: Duration::from_millis(10),
        longest_pause: Duration::from_millis(10),
        total: PATIENCE,
    };
    assert_eq!(read(&Retried::new(timed(&origin.base), "photos", limits), None).await.unwrap(), "abc");
    assert_eq!(origin.requests(), 4);
}

#[tokio::test]
async fn retry_after_is_kept() {
    let head = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n";
    let origin = Raw::start(move |_, _| vec![text(head)]);
    let Err(Error::Unavailable { retry_after, .. }) = stat(&timed(&origin.base)).await else { panic!() };
    assert_eq!(retry_after, Some(Duration::from_mins(2)));
}

#[tokio::test]
async fn endless_bodies() {
    let piece = b"1000\r\n".iter().copied().chain([b'a'; 4096]).chain(*b"\r\n").collect::<Vec<_>>();
    let partial =
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-99999/100000\r\nTransfer-Encoding: chunked\r\n\r\n";
    let steps = vec![text(partial), Step::Forever(piece)];
    let origin = Raw::start(move |_, _| steps.clone());
    unavailable(read(&timed(&origin.base), Some(0..100_000)).await, "longer than the origin stated");
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n";
    let origin = Raw::start(move |_, _| vec![text(whole), Step::Forever(vec![b'a'; 4096])]);
    let too_large = Error::TooLarge { actual: 9_000_000_000_000_000_000, allowed: 9 };
    let object = timed(&origin.base).read("a", None).await.unwrap();
    assert_eq!(collect(object, 9).await, Err(too_large));
    // The part that was asked for is given, and the connection is closed.
    assert_eq!(read(&timed(&origin.base), Some(5..8)).await.unwrap(), "aaa");
}

#[tokio::test]
async fn endless_headers() {
    let origin = Raw::start(|_, _| vec![text("HTTP/1.1 200 OK\r\n"), Step::Forever(b"X-A: aaaaaaaa\r\n".to_vec())]);
    unavailable(read(&timed(&origin.base), None).await, "");
    let origin = Raw::start(|_, _| vec![text("HTTP/1.1 200 OK\r\nX-A: "), Step::Forever(vec![b'a'; 4096])]);
    unavailable(read(&timed(&origin.base), None).await, "");
}

#[tokio::test]
async fn what_is_no_http() {
    for bytes in
        ["SSH-2.0-OpenSSH_9.9\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "\0\0\0\0\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n"]
    {
        let origin = Raw::start(move |_, _| vec![text(bytes)]);
        unavailable(read(&timed(&origin.base), None).await, "");
    }
}

#[tokio::test]
async fn statuses_that_give_no_object() {
    for (status, expected) in [
        ("404 Not Found", "not_found"),
        ("410 Gone", "not_found"),
        ("401 Unauthorized", "forbidden"),
        ("403 Forbidden", "forbidden"),
        ("204 No Content", "unusable"),
        ("206 Partial Content", "unusable"),
        ("304 Not Modified", "unusable"),
        ("400 Bad Request", "unusable"),
        ("502 Bad Gateway", "unavailable"),
    ] {
        let head = format!(
            "HTTP/1.1 {status}\r\n{}\r\n",
            if status.starts_with("204") { "" } else { "Content-Length: 0\r\n" }
        );
        let origin = Raw::start(move |_, _| vec![text(head.clone())]);
        assert_eq!(stat(&timed(&origin.base)).await.unwrap_err().name(), expected, "{status}");
        assert_eq!(read(&timed(&origin.base), None).await.unwrap_err().name(), expected, "{status}");
    }
}

#[tokio::test]
async fn a_range_that_is_denied_although_it_is_there() {
    let origin = Raw::start(|_, head| {
        vec![text(if head.starts_with("HEAD") {
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        } else {
            "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\n\r\n"
        })]
    });
    unusable(read(&timed(&origin.base), Some(0..3)).await, "a range that the object has");
}
