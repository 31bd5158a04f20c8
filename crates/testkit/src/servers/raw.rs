//! A server that writes what a test wants, byte by byte, and knows no manners.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::listening::Listening;

/// Bytes of a request's body that are read, and thrown away.
const BODY_BYTES: usize = 16 << 20;

/// What is done with a request, in order; then the connection is closed.
#[derive(Debug, Clone)]
pub enum Step {
    /// Writes these bytes.
    Write(Vec<u8>),
    /// Does nothing for so long.
    Pause(Duration),
    /// Writes as long as somebody reads.
    Forever(Vec<u8>),
    /// Closes the connection so that the other side fails.
    Reset,
}

/// Writes this text.
pub fn text(text: impl Into<String>) -> Step {
    Step::Write(text.into().into_bytes())
}

/// A server on a free port of the loopback interface, until it is dropped.
#[derive(Debug)]
pub struct Raw {
    /// Its URL, without a `/` at its end.
    pub base: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    _listening: Listening,
}

impl Raw {
    /// Does what `answer` says; it knows the number of the request, from 0, and its head. A body is read first.
    ///
    /// # Panics
    /// If there is no free port.
    pub fn start(answer: impl Fn(usize, &str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (accepted, count, answer) = (Arc::clone(&connections), Arc::clone(&requests), Arc::new(answer));
        let listening = Listening::start(move |stream| {
            accepted.fetch_add(1, Ordering::SeqCst);
            let (count, answer) = (Arc::clone(&count), Arc::clone(&answer));
            async move {
                // A client that gives up is what most tests are about.
                let _ = serve(stream, |head| answer(count.fetch_add(1, Ordering::SeqCst), head)).await;
            }
        });
        match listening {
            Ok(listening) => {
                Self { base: format!("http://{}", listening.address), connections, requests, _listening: listening }
            }
            Err(error) => panic!("{error:#}"),
        }
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many requests there were.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Bytes behind the head that it states; at most [`BODY_BYTES`].
fn body_bytes(head: &str) -> usize {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0).min(BODY_BYTES)
}

async fn serve(mut stream: TcpStream, answer: impl Fn(&str) -> Vec<Step>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let mut rest = vec![0; body_bytes(&head)];
    // Who closes a connection on which bytes wait to be read takes back what it has said.
    stream.read_exact(&mut rest).await?;
    for step in answer(&head) {
        match step {
            Step::Write(bytes) => stream.write_all(&bytes).await?,
            Step::Pause(time) => tokio::time::sleep(time).await,
            Step::Forever(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Step::Reset => stream.set_zero_linger()?,
        }
    }
    Ok(())
}
