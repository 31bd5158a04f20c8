//! A server that writes what a test wants, byte by byte, and knows no manners.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is done with a request, in order; then the connection is closed.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Write(Vec<u8>),
    Pause(Duration),
    /// Writes as long as somebody reads.
    Forever(Vec<u8>),
    /// Closes the connection so that the other side fails.
    Reset,
}

pub(super) fn text(text: impl Into<String>) -> Step {
    Step::Write(text.into().into_bytes())
}

/// A server on the loopback; `answer` knows the number of the request, from 0, and its head.
pub(super) struct Raw {
    pub(super) base: String,
    requests: Arc<AtomicUsize>,
}

impl Raw {
    pub(super) async fn start(answer: impl Fn(usize, &str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let (count, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (count, answer) = (Arc::clone(&count), Arc::clone(&answer));
                tokio::spawn(async move {
                    // A client that gives up is what most tests are about.
                    let _ = serve(stream, |head| answer(count.fetch_add(1, Ordering::SeqCst), head)).await;
                });
            }
        });
        Self { base, requests }
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, answer: impl Fn(&str) -> Vec<Step>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    for step in answer(&String::from_utf8(head).unwrap()) {
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
