//! A server that says what a test wants.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Gives the answers of a test word for word, one for each connection and the last one for ever, and keeps what it was
/// asked. An empty answer never comes.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    requests: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::clone(&requests);
        let accepting = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                // A client may connect ahead of need and go away without a word.
                let Some(request) = request(&mut stream).await else { continue };
                let place = {
                    let mut asked = asked.lock().unwrap();
                    asked.push(request);
                    asked.len() - 1
                };
                let answer = &answers[place.min(answers.len() - 1)];
                if answer.is_empty() {
                    held.push(stream);
                } else {
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        });
        Self { endpoint, requests, accepting }
    }

    /// Heads and bodies, in the order in which they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The method and target of each.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests()
            .iter()
            .map(|request| request.lines().next().unwrap_or_default().replace(" HTTP/1.1", ""))
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// An answer after which the connection is closed.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Reads a request; keeps no more of a large body than its beginning.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut missing) = (Vec::new(), None);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n").filter(|_| missing.is_none()) {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            missing = Some((end + 4 + length.unwrap_or(0)).saturating_sub(bytes.len()));
        }
        if missing == Some(0) {
            return Some(String::from_utf8_lossy(&bytes).into_owned());
        }
        let mut piece = vec![0; 1 << 16];
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        match &mut missing {
            Some(missing) if bytes.len() >= 1 << 16 => *missing -= count,
            other => {
                bytes.extend_from_slice(&piece[..count]);
                *other = other.map(|missing| missing - count);
            }
        }
    }
}

/// Waits until `what` holds; tells whether it ever did.
pub(crate) async fn soon(what: impl Fn() -> bool) -> bool {
    for _ in 0..500 {
        if what() {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    false
}
