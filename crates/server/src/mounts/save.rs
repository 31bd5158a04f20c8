use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use lightmill_mill::{Asked, Job, Origin, Place, Validators};
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

/// Why HLS is not saved.
pub(super) const HLS: &str = "asks for HLS, which is many files: one is saved";

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
        if job.is_hls() {
            return Err(Problem::BadBody(HLS.to_owned()));
        }
        if job.film_type().is_some() {
            return self.save_film(mount, &job, &validators, (&target, attributes, form), deadline).await;
        }
        let delivered = self.mill.make(&job, &validators, deadline).await?;
        let attributes = described(mount, delivered.made.content_type, &delivered.validators, attributes);
        self.mill.save(&mount.rules, &delivered, &target, &attributes).await?;
        Ok(saved(&target, form, delivered.made.bytes.len() as u64, delivered.from))
    }

    /// A clip that is kept instead of sent. Whoever leaves while it is made, ends that.
    async fn save_film(
        &self,
        mount: &Mount,
        job: &Job,
        validators: &Validators,
        (target, attributes, form): (&Place, Attributes, posted::Form),
        deadline: Instant,
    ) -> Result<Response, Problem> {
        let film = self.mill.film(job, validators, deadline).await?;
        let attributes = described(mount, job.film_type().unwrap_or_default(), validators, attributes);
        let kept = self.mill.save_film(&mount.rules, film, target, &attributes).await?;
        Ok(saved(target, form, kept.size, kept.from))
    }
}

/// What is written beside a result: what `attributes` say, else its source, else the mount.
pub(super) fn described(
    mount: &Mount,
    media_type: &str,
    validators: &Validators,
    attributes: Attributes,
) -> Attributes {
    let kept = validators.cache_control.clone();
    let own = || mount.delivery.cache_control.to_str().ok().map(str::to_owned);
    Attributes {
        content_type: Some(media_type.to_owned()),
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

fn saved(target: &Place, form: posted::Form, size: u64, from: Origin) -> Response {
    let (media_type, text) = match form {
        posted::Form::Json => ("text/plain", format!("saved result to s3://{}/{}", target.source, target.key)),
        posted::Form::Pipe => {
            let said = json!({"bucket": target.source, "fileSize": size, "object": target.key, "status": "OK"});
            ("application/json", said.to_string())
        }
    };
    let mut response = answer(media_type, text.into());
    response.extensions_mut().insert(Outcome { cache: Some(from.name()), ..Outcome::default() });
    response
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
