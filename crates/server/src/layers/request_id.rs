use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use tracing::Instrument;

/// The header of the id, in requests and responses.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of an id that is taken over from a request.
const MAX_LENGTH: usize = 64;

/// Takes over `X-Request-Id`, or makes one up; logs within the request carry it, and the response too.
pub async fn assign(request: Request, next: Next) -> Response {
    let given = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_safe(id));
    let id = given.map_or_else(generate, str::to_owned);
    let span = tracing::info_span!("request", id);
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// Whether an id from outside can stand in logs and headers as it is.
fn is_safe(id: &str) -> bool {
    (1..=MAX_LENGTH).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'='))
}

/// Microseconds since 1970 and a count: unique in a process, and sorted by time.
fn generate() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) & 0xffff;
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64;
    format!("{micros:013x}{count:04x}{:04x}", std::process::id() & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken_over() {
        assert!(is_safe("Root=1-67891233-abcdef012345678912345678"));
        assert!(is_safe(&"a".repeat(64)));
        for bad in ["", "a b", "a\"b", "{}", "é", &"a".repeat(65)] {
            assert!(!is_safe(bad), "{bad}");
        }
    }

    #[test]
    fn made_up_ids_differ_and_are_safe() {
        let ids: std::collections::BTreeSet<String> = (0..1000).map(|_| generate()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| is_safe(id)));
    }
}
