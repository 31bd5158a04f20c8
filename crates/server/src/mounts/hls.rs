use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method};
use lightmill_mill::{Error, HlsAnswer, Job, Mill, Validators};
use lightmill_recipe::video::HlsPart;

use super::part::uri;
use super::service::not_modified;
use crate::delivery::body;
use crate::delivery::freshness::Passing;
use crate::delivery::headers::{CACHE, content_type};
use crate::delivery::precondition::{Precondition, evaluate};
use crate::delivery::range::{Wanted, wanted};
use crate::errors::Problem;
use crate::layers::Outcome;

/// A part of an HLS video, or its first playlist; and what belongs to these bytes.
pub async fn answer(
    mill: &Mill,
    job: &Job,
    (request, part): (&Parts, Option<HlsPart>),
    known: &Validators,
    deadline: Instant,
) -> Result<(Response, Arc<Validators>), Problem> {
    let media_type = part.unwrap_or(HlsPart::Playlist(0)).media_type();
    let of_media = part.filter(|part| part.is_media()).map(|part| known.of_part(part));
    if let Some(own) = &of_media
        && let Some(answer) = conditional(request, own)?
    {
        return Ok((answer, Arc::clone(own)));
    }
    // Nobody starts an encoder to learn its headers.
    if request.method == Method::HEAD {
        let mut response = Response::new(Body::empty());
        content_type(response.headers_mut(), media_type);
        response.extensions_mut().insert(Passing);
        return Ok((response, of_media.unwrap_or_else(|| known.of_text(""))));
    }
    let uri = |part| uri(request.uri.query(), part);
    let (text, is_final) = match mill.hls(job, known, part, &uri, deadline).await? {
        HlsAnswer::Playlist { text, is_final } => (text, is_final),
        HlsAnswer::Status(status) => {
            let text = serde_json::to_string(&status);
            (text.map_err(|error| Error::Internal { detail: error.to_string() })?, false)
        }
        HlsAnswer::Media { bytes, from } => {
            let own = of_media.unwrap_or_else(|| known.of_text(""));
            let mut response = media(bytes, request, &own)?;
            content_type(response.headers_mut(), media_type);
            response.headers_mut().insert(CACHE, HeaderValue::from_static(from.name()));
            response.extensions_mut().insert(Outcome { cache: Some(from.name()), ..Outcome::default() });
            return Ok((response, own));
        }
    };
    let own = known.of_text(&text);
    let mut response = conditional(request, &own)?.unwrap_or_else(|| body::whole(text.into()));
    content_type(response.headers_mut(), media_type);
    if !is_final {
        response.extensions_mut().insert(Passing);
    }
    Ok((response, own))
}

fn media(bytes: Bytes, request: &Parts, own: &Validators) -> Result<Response, Problem> {
    let size = bytes.len() as u64;
    match wanted(&request.headers, size, &own.etag, own.last_modified) {
        Wanted::Whole => Ok(body::whole(bytes)),
        Wanted::Part(range) => Ok(body::part(&bytes, &range)),
        Wanted::Unsatisfiable => Err(Problem::RangeNotSatisfiable(size)),
    }
}

/// The answer to a client that has it already.
pub(super) fn conditional(request: &Parts, own: &Validators) -> Result<Option<Response>, Problem> {
    match evaluate(&request.headers, &own.etag, own.last_modified) {
        Precondition::Proceed => Ok(None),
        Precondition::NotModified => Ok(Some(not_modified())),
        Precondition::Failed => Err(Problem::PreconditionFailed),
    }
}
