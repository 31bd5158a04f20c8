//! What happens around every request, whatever its mount and dialect.

mod compress;
mod observe;
mod panic;
mod request_id;

pub use observe::{Exchange, Observed, Outcome};
pub use request_id::RequestId;

use std::convert::Infallible;
use std::error::Error;
use std::pin::{Pin, pin};
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body as HttpBody, Incoming};
use hyper::service::Service;
use tracing::Instrument;

use crate::reload::Live;
use compress::Accepted;
use observe::Record;

/// The service of the moment within what all requests share. Clones are the same.
///
/// Time limits are a mount's own and lie within its answer; connections are bounded by [`crate::listen`].
#[derive(Debug, Clone)]
pub struct Front {
    live: Arc<Live>,
}

impl Front {
    /// In front of this one.
    pub fn new(live: Arc<Live>) -> Self {
        Self { live }
    }

    /// The answer, from the outermost layer to the innermost and back.
    async fn answer<B>(self, request: Request<B>) -> Response<Observed>
    where
        B: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
    {
        let id = request_id::of(&request);
        // Everything within logs with the id.
        let span = tracing::info_span!("request", id);
        let service = self.live.service();
        // A request that is given up before its answer is logged as one of its mount, too: that knows what no log shows.
        let record = Record::start(&request, service.traffic(&request), &span);
        let accepted = Accepted::by(&request);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(RequestId(id.as_str().into()));
        let answer = pin!(async {
            // A panic becomes a 500, so that the layers around it see an answer.
            let response = panic::caught(pin!(service.answer(request))).await;
            compress::compress(response, accepted).await
        });
        let mut response = answer.instrument(span).await;
        request_id::tell(id, response.headers_mut());
        record.observe(response)
    }
}

impl Service<Request<Incoming>> for Front {
    type Response = Response<Observed>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let front = self.clone();
        Box::pin(async move { Ok(front.answer(request).await) })
    }
}
