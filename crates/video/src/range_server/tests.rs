use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::RangeServer;
use crate::testing::{Endless, Memory};
use crate::{Error, ErrorKind, Source};

const MUCH: u64 = 1 << 40;

fn server(source: Arc<dyn Source>) -> RangeServer {
    RangeServer::start(source, MUCH).unwrap()
}

fn path(server: &RangeServer) -> String {
    let url = server.url();
    url[url.rfind('/').unwrap()..].to_owned()
}

async fn ask(server: &RangeServer, request: &str) -> TcpStream {
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    connection
}

/// The answer to a request, head and body.
async fn answer(server: &RangeServer, method: &str, path: &str, headers: &str) -> String {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    let mut said = String::new();
    ask(server, &request).await.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn parts_are_given() {
    let server = server(Memory::new("0123456789"));
    let path = path(&server);
    let whole = answer(&server, "GET", &path, "").await;
    assert!(whole.starts_with("HTTP/1.1 200 ") && whole.ends_with("\r\n\r\n0123456789"), "{whole}");
    assert!(whole.contains("accept-ranges: bytes"), "{whole}");
    let part = answer(&server, "GET", &path, "Range: bytes=7-\r\n").await;
    assert!(part.starts_with("HTTP/1.1 206 ") && part.ends_with("\r\n\r\n789"), "{part}");
    assert!(part.contains("content-range: bytes 7-9/10") && part.contains("content-length: 3"), "{part}");
    let head = answer(&server, "HEAD", &path, "").await;
    assert!(head.contains("content-length: 10") && head.ends_with("\r\n\r\n"), "{head}");
    let beyond = answer(&server, "GET", &path, "Range: bytes=10-\r\n").await;
    assert!(beyond.starts_with("HTTP/1.1 416 ") && beyond.contains("content-range: bytes */10"), "{beyond}");
}

#[tokio::test]
async fn others_get_nothing() {
    let source = Memory::new("secret");
    let server = server(source.clone());
    let path = path(&server);
    assert_eq!(path.len(), 65);
    for other in ["/", "/secret", &path[..64], &format!("{path}0"), &format!("{path}/")] {
        let said = answer(&server, "GET", other, "").await;
        assert!(said.starts_with("HTTP/1.1 404 ") && !said.contains("secret"), "{said}");
    }
    let said = answer(&server, "POST", &path, "").await;
    assert!(said.starts_with("HTTP/1.1 405 "), "{said}");
    assert_eq!(source.read(), 0);
    assert_ne!(self::server(source).url()[20..], server.url()[20..]);
}

#[tokio::test]
async fn an_open_end_is_fetched_as_it_is_read() {
    let source = Memory::new(vec![7; 64 << 20]);
    let server = server(source.clone());
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\nRange: bytes=0-\r\n\r\n", path(&server));
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 << 10).unwrap();
    let mut connection = socket.connect(([127, 0, 0, 1], server.port()).into()).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut first = vec![0; 1000];
    connection.read_exact(&mut first).await.unwrap();
    // Long enough for whoever would read ahead.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let ahead = source.read();
    assert!(ahead < 512 << 10, "{ahead} bytes for 1000");
    assert_eq!(server.meter().bytes(), ahead);
    let mut more = vec![0; 8 << 20];
    connection.read_exact(&mut more).await.unwrap();
    drop(connection);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let after = source.read();
    assert!((8 << 20..9 << 20).contains(&after), "{after}");
    // 64 KiB, then twice as much each time, up to 4 MiB.
    assert_eq!(source.reads.load(std::sync::atomic::Ordering::SeqCst), 8);
}

#[tokio::test]
async fn it_ends_with_its_guard() {
    let server = server(Arc::new(Endless { beginning: "a".into(), again: "b".into() }));
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path(&server));
    let port = server.port();
    let mut connection = ask(&server, &request).await;
    connection.read_exact(&mut [0; 100]).await.unwrap();
    drop(server);
    let mut rest = Vec::new();
    // It is cut: by an end or a reset, whatever the kernel has left to give.
    let ended = tokio::time::timeout(Duration::from_secs(1), connection.read_to_end(&mut rest)).await;
    assert!(ended.is_ok());
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn what_is_read_has_a_limit() {
    let server = RangeServer::start(Memory::new(vec![7; 1 << 20]), 100 << 10).unwrap();
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path(&server));
    let mut said = Vec::new();
    ask(&server, &request).await.read_to_end(&mut said).await.ok();
    assert!(said.len() <= 101 << 10, "{}", said.len());
    assert_eq!(
        server.failure().unwrap().to_string(),
        "more of the video must be read: it is over the limit of 102400 bytes"
    );
    assert_eq!(server.failed().await.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn answers_at_once_have_a_limit() {
    let server = server(Memory::new(vec![7; 16 << 20]));
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path(&server));
    let mut open = Vec::new();
    for _ in 0..8 {
        let mut connection = ask(&server, &request).await;
        connection.read_exact(&mut [0; 100]).await.unwrap();
        open.push(connection);
    }
    let said = answer(&server, "GET", &path(&server), "").await;
    assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
    drop(open);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let said = answer(&server, "GET", &path(&server), "Range: bytes=0-9\r\n").await;
    assert!(said.starts_with("HTTP/1.1 206 "), "{said}");
}

/// A source that breaks off.
struct Broken;

#[crate::async_trait]
impl Source for Broken {
    fn size(&self) -> u64 {
        1 << 20
    }

    async fn read(
        &self,
        _: std::ops::Range<u64>,
    ) -> Result<futures::stream::BoxStream<'static, Result<bytes::Bytes, crate::SourceError>>, crate::SourceError> {
        let first = Ok(bytes::Bytes::from_static(b"a little"));
        let then = Err(Arc::new(std::io::Error::other("gone")) as crate::SourceError);
        Ok(Box::pin(futures::stream::iter([first, then])))
    }
}

#[tokio::test]
async fn a_source_that_fails_is_told() {
    let server = server(Arc::new(Broken));
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path(&server));
    let mut said = Vec::new();
    ask(&server, &request).await.read_to_end(&mut said).await.ok();
    let Some(Error::Source(error)) = server.failure() else { panic!("{:?}", server.failure()) };
    assert_eq!(error.to_string(), "gone");
    assert!(!String::from_utf8_lossy(&said).contains("gone"));
}
