use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{Method, Request, Uri, Version};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tracing::Span;

use crate::telemetry::access_log;
use crate::telemetry::metrics::{self, Traffic};

/// What the answering code knows and the access log tells; an extension of the response.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What is counted about the mount that answered.
    pub traffic: Option<Arc<Traffic>>,
    /// `hit`, `joined` or `miss`, for results.
    pub cache: Option<&'static str>,
    /// How long each stage took, in order.
    pub stages: Vec<(&'static str, Duration)>,
    /// The name of the error, if it is one.
    pub error: Option<&'static str>,
}

/// One request and its answer, complete once the body is sent or given up.
#[derive(Debug)]
pub struct Exchange {
    /// The method.
    pub method: Method,
    /// The request's target.
    pub uri: Uri,
    /// Version of HTTP.
    pub version: Version,
    /// Of the response; 499 if the client left before there was one.
    pub status: u16,
    /// Bytes of the body that were handed to the connection.
    pub bytes: u64,
    /// From the end of the headers to the end of the body.
    pub duration: Duration,
    /// What the answering code told.
    pub outcome: Outcome,
}

/// Records its exchange once, when the last byte of its answer is handed over or the client has left.
#[derive(Debug)]
pub struct Record {
    exchange: Exchange,
    start: Instant,
    span: Span,
}

impl Record {
    /// Begins with the request, of a mount that counts as `traffic`; what is logged at the end belongs to `span`.
    pub fn start<B>(request: &Request<B>, traffic: Option<Arc<Traffic>>, span: &Span) -> Self {
        metrics::started();
        let exchange = Exchange {
            method: request.method().clone(),
            uri: request.uri().clone(),
            version: request.version(),
            status: 499,
            bytes: 0,
            duration: Duration::ZERO,
            outcome: Outcome { traffic, ..Outcome::default() },
        };
        Self { exchange, start: Instant::now(), span: span.clone() }
    }

    /// Goes on with the response, up to the end of its body.
    pub fn observe(mut self, mut response: Response) -> http::Response<Observed> {
        self.exchange.status = response.status().as_u16();
        let outcome: Outcome = response.extensions_mut().remove().unwrap_or_default();
        let traffic = outcome.traffic.or(self.exchange.outcome.traffic.take());
        self.exchange.outcome = Outcome { traffic, ..outcome };
        response.map(|body| Observed { body, record: self })
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.exchange.duration = self.start.elapsed();
        metrics::finished(&self.exchange);
        self.span.in_scope(|| access_log::write(&self.exchange));
    }
}

/// A body that counts its bytes.
#[derive(Debug)]
pub struct Observed {
    body: Body,
    record: Record,
}

impl HttpBody for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.record.exchange.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        if let Poll::Ready(Some(Err(error))) = &polled {
            tracing::warn!(parent: &self.record.span, %error, "a body ended early");
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
