use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use super::DOCUMENT_BYTES;
use crate::Error;
use crate::http::answer::retry_after;
use crate::http::client::chain;
use crate::http::trust;

/// How long a connection may take to stand, and to wait for its next request: less than servers are used to wait.
const CONNECT: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(30);

/// Connections that wait for their next request.
const IDLE_CONNECTIONS: usize = 64;

/// Longest head of an answer in bytes.
const HEAD_BYTES: usize = 64 * 1024;

/// How long an answer may take to begin; a body that is sent has a second more for each so many bytes.
const ANSWER: Duration = Duration::from_secs(30);
const BYTES_PER_SECOND: u64 = 128 * 1024;

pub(crate) type Request = http::Request<Full<Bytes>>;

/// Sends requests; follows no redirects, tries nothing twice. Clones share connections.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    inner: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// Whom errors name.
    store: String,
}

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    /// `store`: whom errors name.
    pub(crate) fn new(store: String) -> Result<Self, rustls::Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_nodelay(true);
        let tls = trust::client(trust::system())?;
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http1_max_buf_size(HEAD_BYTES)
            .build(connector);
        Ok(Self { inner, store })
    }

    /// The answer, whatever its status.
    pub(crate) async fn send(&self, mut request: Request) -> Result<Response<Incoming>, Error> {
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("lightmill"));
        let bytes = hyper::body::Body::size_hint(request.body()).lower();
        if matches!(*request.method(), Method::PUT | Method::POST) {
            // Stated also where it is 0, which hyper does not.
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(bytes));
        }
        let limit = ANSWER + Duration::from_secs(bytes / BYTES_PER_SECOND);
        match timeout(limit, self.inner.request(request)).await {
            Ok(answer) => answer.map_err(|error| self.unavailable(chain(&error))),
            Err(_) => Err(Error::TimedOut),
        }
    }

    /// The answer with its body.
    pub(crate) async fn document(&self, request: Request) -> Result<Document, Error> {
        self.document_of(request, DOCUMENT_BYTES).await
    }

    /// The answer with its body of `most` bytes.
    pub(crate) async fn document_of(&self, request: Request, most: usize) -> Result<Document, Error> {
        self.collected_of(self.send(request).await?, most).await
    }

    /// The whole of an answer that was begun.
    pub(crate) async fn collected(&self, answer: Response<Incoming>) -> Result<Document, Error> {
        self.collected_of(answer, DOCUMENT_BYTES).await
    }

    async fn collected_of(&self, answer: Response<Incoming>, most: usize) -> Result<Document, Error> {
        let (head, mut rest) = answer.into_parts();
        let reading = async {
            let mut body = BytesMut::new();
            while let Some(frame) = rest.frame().await {
                let frame = frame.map_err(|error| self.unavailable(chain(&error)))?;
                let Ok(piece) = frame.into_data() else { continue };
                if body.len() + piece.len() > most {
                    return Err(Error::unusable(format_args!("{}: an answer without end", self.store)));
                }
                body.extend_from_slice(&piece);
            }
            Ok(body.freeze())
        };
        let body = timeout(ANSWER, reading).await.map_err(|_| Error::TimedOut)??;
        Ok(Document { status: head.status, headers: head.headers, body })
    }

    /// A failure of the store's, which it names.
    pub(crate) fn unavailable(&self, what: impl std::fmt::Display) -> Error {
        Error::unavailable(format_args!("{}: {what}", self.store))
    }

    /// A failure after which the store may say when to come back.
    pub(crate) fn busy(&self, answer: &Document, reason: &impl std::fmt::Display) -> Error {
        let detail = format!("{}: {} {reason}", self.store, answer.status.as_u16());
        Error::Unavailable { detail, retry_after: retry_after(&answer.headers, SystemTime::now()) }
    }
}
