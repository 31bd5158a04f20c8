use axum::response::Response;
use http::header::ACCEPT_RANGES;
use http::request::Parts;
use http::{HeaderValue, Method};
use lightmill_mill::Delivered;

use crate::delivery::body;
use crate::delivery::headers::{CACHE, DEGRADED, content_type, timings};
use crate::delivery::range::{Wanted, wanted};
use crate::errors::Problem;
use crate::layers::Outcome;

/// A result, or the part of it that the request wants. `timing`: whether the client is told what took how long.
pub fn answer(delivered: &Delivered, request: &Parts, timing: bool) -> Result<Response, Problem> {
    let Delivered { made, validators, from, degraded, .. } = delivered;
    let size = made.bytes.len() as u64;
    // `Range` means something for GET only (RFC 9110, section 14.2).
    let mut response = if request.method == Method::HEAD {
        body::absent(size)
    } else if degraded.is_any() {
        // A part of it would be put together with parts of a result that lacks nothing.
        body::whole(made.bytes.clone())
    } else {
        match wanted(&request.headers, size, &validators.etag, validators.last_modified) {
            Wanted::Whole => body::whole(made.bytes.clone()),
            Wanted::Part(range) => body::part(&made.bytes, &range),
            Wanted::Unsatisfiable => return Err(Problem::RangeNotSatisfiable(size)),
        }
    };
    content_type(response.headers_mut(), made.content_type);
    response.headers_mut().insert(CACHE, HeaderValue::from_static(from.name()));
    if let Some(words) = degraded.words() {
        response.headers_mut().insert(DEGRADED, HeaderValue::from_static(words));
        response.headers_mut().remove(ACCEPT_RANGES);
    }
    let stages: Vec<_> = delivered.timings.stages().into_iter().filter(|(_, time)| !time.is_zero()).collect();
    if timing {
        timings(response.headers_mut(), &stages);
    }
    response.extensions_mut().insert(Outcome { cache: Some(from.name()), stages, ..Outcome::default() });
    Ok(response)
}
