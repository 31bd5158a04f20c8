use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Buf;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::Workers;
use super::guard::{Guarded, Patience};
use crate::config::Server;

/// Requests at a time on one HTTP/2 connection.
const STREAMS: u32 = 128;
/// Rest after an error of the listening socket (too many open files, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What connections may cost.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    connections: usize,
    header_time: Duration,
    headers: usize,
    header_bytes: usize,
    patience: Patience,
}

impl From<&Server> for ConnectionLimits {
    fn from(server: &Server) -> Self {
        Self {
            connections: server.connections,
            header_time: server.header_time,
            headers: server.headers,
            header_bytes: server.header_bytes,
            patience: Patience { preface: server.header_time, idle: server.idle_time, write: server.write_time },
        }
    }
}

/// A bound socket; connections wait in it until [`serve`] accepts them.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Binds `address`; port 0 chooses a free one.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Answers HTTP/1.1 and HTTP/2 (with prior knowledge) on `workers` until `stop`, then finishes what is in flight, for
/// `drain_time` at most. Whether everything was finished.
pub async fn serve<S, B>(
    listener: Listener,
    service: S,
    workers: &Workers,
    limits: ConnectionLimits,
    stop: CancellationToken,
    drain_time: Duration,
) -> bool
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send> + Clone + Send + 'static,
    B: Body<Data: Buf + Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    let builder = builder(&limits);
    loop {
        let accepted = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, listener.socket.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        let stream = match accepted.and_then(|(stream, _)| stream.into_std()) {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let watcher = graceful.watcher();
        let (builder, service) = (builder.clone(), service.clone());
        workers.spawn(async move {
            // It was in the reactor of the thread that accepted it. Only a delay for small answers is at stake with `nodelay`.
            let stream = TcpStream::from_std(stream).inspect(|stream| _ = stream.set_nodelay(true));
            let ended = match stream {
                Ok(stream) => {
                    let stream = TokioIo::new(Guarded::new(stream, limits.patience));
                    watcher.watch(builder.serve_connection(stream, service).into_owned()).await
                }
                Err(error) => Err(error.into()),
            };
            if let Err(error) = ended {
                tracing::debug!(error = &*error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    let open = graceful.count();
    let drained = tokio::time::timeout(drain_time, graceful.shutdown()).await.is_ok();
    if !drained {
        tracing::warn!(open, "connections were cut: their requests did not finish within the drain time");
    }
    drained
}

fn builder(limits: &ConnectionLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_headers(limits.headers)
        .max_buf_size(limits.header_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX));
    builder
}

/// The routes as a service of hyper's.
pub fn routed(routes: Router) -> TowerToHyperService<Router> {
    TowerToHyperService::new(routes)
}
