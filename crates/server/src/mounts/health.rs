//! What load balancers probe on the traffic's own port, as the servers that are replaced answer it.

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use lightmill_dialects::thumbor::Flavour;

use super::Language;

/// The answer, if the path is a probe's and no picture's.
pub fn answer(language: &Language, within: &str) -> Option<Response> {
    match language {
        Language::Oss | Language::Auto(_) | Language::Original | Language::Preset(_) => {
            matches!(within, "/" | "/ping").then(|| alive("ok", "text/plain; charset=utf-8", "no-store"))
        }
        Language::Dit(_) => None,
        Language::Thumbor(thumbor) => match (thumbor.options.flavour, within) {
            (Flavour::Thumbor, "/healthcheck" | "/healthcheck/") => {
                Some(alive("WORKING", "text/html; charset=UTF-8", "no-cache"))
            }
            (Flavour::Imagor, "/healthcheck" | "/favicon.ico" | "/") => {
                Some(alive("", "text/plain; charset=utf-8", "no-store"))
            }
            _ => None,
        },
    }
}

fn alive(body: &'static str, content_type: &'static str, cache_control: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
    response
}
