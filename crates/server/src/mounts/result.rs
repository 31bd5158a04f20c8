use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, Method};
use lightmill_mill::Delivered;

use crate::delivery::body;
use crate::delivery::headers::{CACHE, content_type, timings};
use crate::delivery::range::{Wanted, wanted};
use crate::errors::Problem;
use crate::layers::Outcome;

/// A result, or the part of it that the request wants. `timing`: whether the client is told what took how long.
pub fn answer(delivered: &Delivered, request: &Parts, timing: bool) -> Result<Response, Problem> {
    let Delivered { made, validators, from, .. } = delivered;
    let size = made.bytes.len() as u64;
    // `Range` means something for GET only (RFC 9110, section 14.2).
    let mut response = if request.method == Method::HEAD {
        body::absent(size)
    } else {
        match wanted(&request.headers, size, &validators.etag, validators.last_modified) {
            Wanted::Whole => body::whole(made.bytes.clone()),
            Wanted::Part(range) => body::part(&made.bytes, &range),
            Wanted::Unsatisfiable => return Err(Problem::RangeNotSatisfiable(size)),
        }
    };
    content_type(response.headers_mut(), made.content_type);
    response.headers_mut().insert(CACHE, HeaderValue::from_static(from.name()));
    let stages: Vec<_> = delivered.timings.stages().into_iter().filter(|(_, time)| !time.is_zero()).collect();
    if timing {
        timings(response.headers_mut(), &stages);
    }
    response.extensions_mut().insert(Outcome { cache: Some(from.name()), stages, ..Outcome::default() });
    Ok(response)
}
