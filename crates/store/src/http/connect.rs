use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tower_service::Service;

use super::ssrf::{Gate, Refusal};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Connecting<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;
type Tcp = TokioIo<TcpStream>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("the connection was refused before it was tried")]
    Refused(#[from] Refusal),
    #[error("cannot connect to {address}")]
    Failed { address: SocketAddr, source: std::io::Error },
    #[error("connecting took too long")]
    TimedOut,
}

/// Connects to what the gate lets through: name, TCP and TLS within one time limit.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    tls: HttpsConnector<Dialer>,
    limit: Duration,
}

impl Connector {
    pub(super) fn new(gate: Gate, tls: ClientConfig, limit: Duration) -> Self {
        let dialer = Dialer { gate: Arc::new(gate), limit };
        let tls =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(dialer);
        Self { tls, limit }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<Tcp>;
    type Error = BoxError;
    type Future = Connecting<Self::Response, BoxError>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tls.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = timeout(self.limit, self.tls.call(uri));
        Box::pin(async move { connecting.await.unwrap_or_else(|_| Err(ConnectError::TimedOut.into())) })
    }
}

/// Connects by TCP to an address that was checked.
#[derive(Debug, Clone)]
struct Dialer {
    gate: Arc<Gate>,
    limit: Duration,
}

impl Service<Uri> for Dialer {
    type Response = Tcp;
    type Error = ConnectError;
    type Future = Connecting<Tcp, ConnectError>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self { gate, limit } = self.clone();
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        Box::pin(async move {
            let start = Instant::now();
            let addresses = gate.addresses(uri.host().unwrap_or_default()).await?;
            let stream = dial(&addresses, port, start + limit).await?;
            // Requests are written at once: there is nothing to wait for and join.
            let _ = stream.set_nodelay(true);
            Ok(TokioIo::new(stream))
        })
    }
}

/// The first of `addresses` that answers. Each has an equal share of the time that is left, so that one that swallows
/// packets does not keep the others from being tried.
async fn dial(addresses: &[IpAddr], port: u16, deadline: Instant) -> Result<TcpStream, ConnectError> {
    let mut last = ConnectError::TimedOut;
    for (tried, address) in addresses.iter().enumerate() {
        let address = SocketAddr::new(*address, port);
        let share = deadline.saturating_duration_since(Instant::now()) / (addresses.len() - tried) as u32;
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(source)) => last = ConnectError::Failed { address, source },
            Err(_) => last = ConnectError::TimedOut,
        }
    }
    Err(last)
}
