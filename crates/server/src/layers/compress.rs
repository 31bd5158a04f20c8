//! Compressed bodies for text. Pictures and videos are compressed as they are.

use std::convert::Infallible;
use std::future::ready;

use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use tower::{ServiceExt, service_fn};
use tower_http::compression::Compression;
use tower_http::compression::predicate::SizeAbove;

/// Shorter bodies do not become smaller by what saves time.
const LEAST_BYTES: u16 = 256;

/// Media types whose bodies are compressed.
const TEXT: [&str; 4] = ["application/json", "application/problem+json", "image/svg+xml", "text/html"];

/// Which encodings a client takes.
#[derive(Debug)]
pub struct Accepted(Option<HeaderValue>);

impl Accepted {
    /// What the request says.
    pub fn by<B>(request: &Request<B>) -> Self {
        Self(request.headers().get(ACCEPT_ENCODING).cloned())
    }
}

/// The response, by gzip or Brotli if the client prefers that and the body is text.
pub async fn compress(response: Response, Accepted(accepted): Accepted) -> Response {
    if !is_whole_text(response.status(), response.headers()) {
        return response;
    }
    let mut request = Request::new(());
    if let Some(accepted) = accepted {
        request.headers_mut().insert(ACCEPT_ENCODING, accepted);
    }
    let mut response = Some(response);
    let given = service_fn(move |_| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
    let compression = Compression::new(given).compress_when(SizeAbove::new(LEAST_BYTES));
    let Ok(compressed) = compression.oneshot(request).await;
    weaken(compressed.map(Body::new))
}

fn is_whole_text(status: StatusCode, headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    // A part of a body is a part of what is not compressed.
    status != StatusCode::PARTIAL_CONTENT && TEXT.iter().any(|text| text.eq_ignore_ascii_case(essence))
}

/// A compressed body has other bytes than those that a strong entity tag promises (RFC 9110, section 8.8.1).
fn weaken(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let weak = headers.get(ETAG).filter(|_| headers.contains_key(CONTENT_ENCODING)).and_then(weak);
    if let Some(weak) = weak {
        headers.insert(ETAG, weak);
    }
    response
}

fn weak(etag: &HeaderValue) -> Option<HeaderValue> {
    let strong = etag.to_str().ok().filter(|etag| etag.starts_with('"'))?;
    HeaderValue::from_str(&format!("W/{strong}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_texts_are_compressed() {
        let compressed = |status: u16, headers: &[(http::HeaderName, &'static str)]| {
            let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            let status = StatusCode::from_u16(status).unwrap();
            is_whole_text(status, &headers.collect())
        };
        assert!(compressed(200, &[(CONTENT_TYPE, "image/svg+xml")]));
        assert!(compressed(400, &[(CONTENT_TYPE, "Application/JSON; charset=utf-8")]));
        for media_type in ["image/jpeg", "image/webp", "video/mp4", "text/plain", "application/octet-stream", ""] {
            assert!(!compressed(200, &[(CONTENT_TYPE, media_type)]), "{media_type}");
        }
        assert!(!compressed(206, &[(CONTENT_TYPE, "text/html")]));
    }

    #[test]
    fn strong_tags_become_weak_ones() {
        assert_eq!(weak(&HeaderValue::from_static("\"a\"")).unwrap(), "W/\"a\"");
        assert_eq!(weak(&HeaderValue::from_static("W/\"a\"")), None);
    }
}
