use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::rand::GetRandomFlags;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::answer::answer;
use crate::{Error, Source};

/// Answers at once: a seek begins one before it lets go of another, and containers with streams that lie apart are read
/// in several places.
const ANSWERS: usize = 8;
/// Connections at once, some of which wait for a request or are closing.
const CONNECTIONS: usize = 4 * ANSWERS;
/// Bytes that may lie between the source and a child that does not read: in the socket, and in front of it.
const SOCKET_BUFFER: u32 = 32 << 10;
const HTTP_BUFFER: usize = 16 << 10;
/// How long a connection may take to say what it wants.
const REQUEST_TIME: Duration = Duration::from_secs(10);

/// A server for one video and one child, which lives as long as this does.
#[derive(Debug)]
pub(crate) struct RangeServer {
    port: u16,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

/// What all answers share.
pub(super) struct Shared {
    pub(super) source: Arc<dyn Source>,
    /// The only path there is: as hard to guess as a key of 256 bits.
    pub(super) path: String,
    pub(super) answers: Arc<Semaphore>,
    /// Bytes that came from the source.
    read: AtomicU64,
    /// How many may.
    limit: u64,
    failure: watch::Sender<Option<Error>>,
}

impl RangeServer {
    /// Serves `source`, of which at most `limit` bytes are read, on the runtime that this is called in.
    pub(crate) fn start(source: Arc<dyn Source>, limit: u64) -> Result<Self, Error> {
        let mut key = [0_u8; 32];
        rustix::rand::getrandom(&mut key[..], GetRandomFlags::empty()).map_err(Error::failed)?;
        let (listener, port) = listen().map_err(|error| Error::failed(format!("the range server: {error}")))?;
        let shared = Arc::new(Shared {
            source,
            path: format!("/{}", hex::encode(key)),
            answers: Arc::new(Semaphore::new(ANSWERS)),
            read: AtomicU64::new(0),
            limit,
            failure: watch::Sender::new(None),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { port, shared, accepting })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where the child reads.
    pub(crate) fn url(&self) -> String {
        format!("http://{}:{}{}", Ipv4Addr::LOCALHOST, self.port, self.shared.path)
    }

    /// Counts what is read from the source.
    pub(crate) fn meter(&self) -> Meter {
        Meter(Arc::clone(&self.shared))
    }

    /// Why reading from the source ended, if it did.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.shared.failure.borrow().clone()
    }

    /// Waits until reading from the source has failed.
    pub(crate) async fn failed(&self) -> Error {
        let mut failure = self.shared.failure.subscribe();
        match failure.wait_for(Option::is_some).await.map(|error| error.clone()) {
            Ok(Some(error)) => error,
            // The sender lives as long as `self` does.
            _ => std::future::pending().await,
        }
    }
}

impl Drop for RangeServer {
    fn drop(&mut self) {
        // With it go all connections.
        self.accepting.abort();
    }
}

/// Tells how many bytes came from a source, also after its server has ended.
#[derive(Debug, Clone)]
pub(crate) struct Meter(Arc<Shared>);

impl Meter {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Counts bytes from the source, and fails once they are too many.
    pub(super) fn count(&self, bytes: usize) -> Result<(), Error> {
        let read = self.read.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        if read > self.limit {
            return Err(Error::TooLarge { what: crate::Measured::Read, limit: self.limit });
        }
        Ok(())
    }

    /// Remembers the first failure.
    pub(super) fn fail(&self, error: Error) {
        self.failure.send_if_modified(|failure| {
            let first = failure.is_none();
            failure.get_or_insert(error);
            first
        });
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The path is a secret.
        f.debug_struct("Shared").field("size", &self.source.size()).field("read", &self.read).finish_non_exhaustive()
    }
}

fn listen() -> std::io::Result<(TcpListener, u16)> {
    let socket = TcpSocket::new_v4()?;
    // Connections inherit it. Without, the kernel would take megabytes that nobody may read.
    socket.set_send_buffer_size(SOCKET_BUFFER)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let listener = socket.listen(CONNECTIONS as u32)?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((connection, _)) => {
                connections.spawn(serve(connection, Arc::clone(&shared)));
            }
            // No descriptors are left: some will be, soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn serve(connection: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(&shared, &request)) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIME)
        .max_buf_size(HTTP_BUFFER)
        .serve_connection(TokioIo::new(connection), service)
        .await;
    // A child hangs up whenever it has read enough.
    if let Err(error) = served {
        tracing::trace!(%error, "a connection of the range server ended early");
    }
}
