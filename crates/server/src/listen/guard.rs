use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// What an HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long a connection may do nothing.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until it is known which version of HTTP the client speaks.
    pub preface: Duration,
    /// Without a byte in either direction.
    pub idle: Duration,
    /// While bytes wait that the client does not take.
    pub write: Duration,
}

/// A stream that fails with [`io::ErrorKind::TimedOut`] once its client is too slow.
///
/// HTTP/1's own timeout for headers begins only after the version is known, and nothing in HTTP/2 bounds a client that
/// stops reading; this bounds both, whatever is spoken.
#[derive(Debug)]
pub struct Guarded<S> {
    stream: S,
    patience: Patience,
    opened: Instant,
    last_progress: Instant,
    stalled_since: Option<Instant>,
    /// Bytes of the preface seen so far; `None` once the version is known.
    preface: Option<usize>,
    timer: Pin<Box<Sleep>>,
}

impl<S> Guarded<S> {
    pub fn new(stream: S, patience: Patience) -> Self {
        let now = Instant::now();
        let timer = Box::pin(sleep_until(now + patience.preface));
        Self { stream, patience, opened: now, last_progress: now, stalled_since: None, preface: Some(0), timer }
    }

    fn deadline(&self) -> Instant {
        let idle = self.last_progress + self.patience.idle;
        let preface = self.preface.map_or(idle, |_| self.opened + self.patience.preface);
        let write = self.stalled_since.map_or(idle, |since| since + self.patience.write);
        idle.min(preface).min(write)
    }

    /// Called where the stream is not ready: wakes the task at the deadline, or fails once it has passed.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            let deadline = self.deadline();
            if deadline <= Instant::now() {
                return Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the client is too slow"));
            }
            // A deadline that moves away is looked at again when the timer rings: setting one costs more than a request.
            if self.timer.deadline() > deadline || self.timer.is_elapsed() {
                self.timer.as_mut().reset(deadline);
            }
            if self.timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn received(&mut self, bytes: &[u8]) {
        if let Some(seen) = self.preface {
            let rest = &PREFACE[seen..];
            let undecided = bytes.len() < rest.len() && rest.starts_with(bytes);
            self.preface = undecided.then_some(seen + bytes.len());
        }
        self.last_progress = Instant::now();
    }

    fn written<T>(&mut self, result: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if result.is_pending() {
            self.stalled_since.get_or_insert_with(Instant::now);
            return self.wait(context).map(Err);
        }
        self.stalled_since = None;
        self.last_progress = Instant::now();
        result
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Pending => self.wait(context).map(Err),
            ready @ Poll::Ready(_) => {
                self.received(&buffer.filled()[before..]);
                ready
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(result, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(result, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    fn patience() -> Patience {
        let millis = Duration::from_millis;
        Patience { preface: millis(50), idle: millis(300), write: millis(100) }
    }

    async fn read_all(mut stream: Guarded<tokio::io::DuplexStream>) -> (Duration, io::ErrorKind) {
        let start = Instant::now();
        let mut buffer = [0; 64];
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) => return (start.elapsed(), io::ErrorKind::UnexpectedEof),
                Ok(_) => {}
                Err(error) => return (start.elapsed(), error.kind()),
            }
        }
    }

    #[tokio::test]
    async fn silence_and_half_a_preface_are_short() {
        for sent in [&b""[..], b"P", b"PRI * HTTP/2.0"] {
            let (server, mut client) = duplex(64);
            client.write_all(sent).await.unwrap();
            let (elapsed, error) = read_all(Guarded::new(server, patience())).await;
            assert_eq!(error, io::ErrorKind::TimedOut);
            assert!(elapsed < Duration::from_millis(250), "{elapsed:?}");
        }
    }

    #[tokio::test]
    async fn a_known_version_may_idle_longer() {
        for sent in [&b"GET / HTTP/1.1\r\n\r\n"[..], PREFACE] {
            let (server, mut client) = duplex(64);
            client.write_all(sent).await.unwrap();
            let (elapsed, error) = read_all(Guarded::new(server, patience())).await;
            assert_eq!(error, io::ErrorKind::TimedOut);
            assert!(elapsed >= Duration::from_millis(300), "{elapsed:?}");
        }
    }

    #[tokio::test]
    async fn clients_that_take_nothing_are_dropped() {
        let (server, mut client) = duplex(16);
        client.write_all(b"GET").await.unwrap();
        let mut server = Guarded::new(server, patience());
        assert_eq!(server.read(&mut [0; 3]).await.unwrap(), 3);
        let error = server.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
