//! What load balancers probe on the traffic's own port, as the servers that are replaced answer it.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use lightmill_dialects::thumbor::Flavour;
use serde_json::json;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};

use super::Language;
use super::dit_ecs::DitEcs;

/// The answer, if the path is a probe's and no picture's.
pub fn answer(language: &Language, within: &str) -> Option<Response> {
    match language {
        Language::DitEcs(dit_ecs) => within.eq_ignore_ascii_case("/health").then(|| dit_ecs_health(dit_ecs)),
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

/// What is read at the start, in that server's order.
const CACHES: [&str; 4] = ["policies", "origins", "pathMappings", "hostHeaderMappings"];

/// A configuration that was read is good for as long as none is better.
fn dit_ecs_health(dit_ecs: &DitEcs) -> Response {
    let timestamp = now();
    let (status, body) = if dit_ecs.is_ready() {
        let took = format!("{}ms", dit_ecs.read_in.as_millis());
        let body = json!({
            "timestamp": timestamp, "status": "HEALTHY", "initializationDuration": took, "completedCaches": CACHES,
        });
        (StatusCode::OK, body)
    } else {
        let none: [&str; 0] = [];
        let body = json!({
            "timestamp": timestamp, "status": "INITIALIZING", "currentStep": CACHES[0], "completedCaches": none,
        });
        (StatusCode::SERVICE_UNAVAILABLE, body)
    };
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The time in ISO 8601.
fn now() -> String {
    let mut text = String::new();
    // Text takes whatever is written to it.
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

fn alive(body: &'static str, content_type: &'static str, cache_control: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
    response
}
