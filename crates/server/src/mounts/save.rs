use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use lightmill_mill::{Asked, Delivered, Job, Place};
use lightmill_store::Attributes;
use serde_json::json;

use super::posted::{self, Posted};
use super::service::bucket;
use super::{Mount, Service};
use crate::errors::Problem;
use crate::layers::Outcome;
use crate::tokens::{Tokens, bearer};

/// The header in which the reference servers' clients show their secret.
const AUTHORIZATION: HeaderName = HeaderName::from_static("x-client-authorization");

/// Bytes of a posted body.
const BODY_BYTES: usize = 64 << 10;

impl Service {
    /// A result that is kept instead of sent.
    pub(super) async fn save(
        &self,
        mount: &Arc<Mount>,
        tokens: &Tokens,
        within: &str,
        (request, body): (&Parts, Body),
        deadline: Instant,
    ) -> Result<Response, Problem> {
        admit(tokens, request).await?;
        // The body of an answer is not the client's: what fails here is its length, or the client has left.
        let body = to_bytes(body, BODY_BYTES).await.map_err(|_| Problem::BodyTooLong(BODY_BYTES))?;
        let Posted { wish, source, target, object, attributes, form } = posted::read(mount, within, &body)?;
        let asked = Asked { source: source.as_deref().or(bucket(request)), ..Asked::default() };
        let job = self.mill.resolve(&mount.rules, wish, asked).await?;
        let target = Place { source: target.unwrap_or_else(|| own_source(&job)), key: object };
        self.mill.may_save(&mount.rules, &target)?;
        if job.is_original() {
            return Err(Problem::BadBody("asks for no change: only results are saved".to_owned()));
        }
        let validators = self.mill.validators(&job).await?;
        let delivered = self.mill.make(&job, &validators, deadline).await?;
        let attributes = described(mount, &delivered, attributes);
        self.mill.save(&mount.rules, &delivered, &target, &attributes).await?;
        let (media_type, text) = match form {
            posted::Form::Json => ("text/plain", format!("saved result to s3://{}/{}", target.source, target.key)),
            posted::Form::Pipe => {
                let size = delivered.made.bytes.len();
                let said = json!({"bucket": target.source, "fileSize": size, "object": target.key, "status": "OK"});
                ("application/json", said.to_string())
            }
        };
        let mut response = answer(media_type, text.into());
        response.extensions_mut().insert(Outcome { cache: Some(delivered.from.name()), ..Outcome::default() });
        Ok(response)
    }
}

/// What is written beside a result: what `attributes` say, else its source, else the mount.
pub(super) fn described(mount: &Mount, delivered: &Delivered, attributes: Attributes) -> Attributes {
    let kept = delivered.validators.cache_control.clone();
    let own = || mount.delivery.cache_control.to_str().ok().map(str::to_owned);
    Attributes {
        content_type: Some(delivered.made.content_type.to_owned()),
        cache_control: attributes.cache_control.or(kept).or_else(own),
        ..attributes
    }
}

/// Whoever saves must show a token, in either header.
pub(super) async fn admit(tokens: &Tokens, request: &Parts) -> Result<(), Problem> {
    let own = request.headers.get(&AUTHORIZATION).map(HeaderValue::as_bytes);
    let Some(token) = own.or_else(|| bearer(&request.headers)) else { return Err(Problem::Unauthorized) };
    if tokens.admit(token).await { Ok(()) } else { Err(Problem::Unauthorized) }
}

fn own_source(job: &Job) -> String {
    job.places().first().map(|place| place.source.clone()).unwrap_or_default()
}

fn answer(media_type: &'static str, text: Bytes) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
