use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue, Request};

/// The header of the id, in requests and responses.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of an id that is taken over from a request.
const MAX_LENGTH: usize = 64;

/// The id of a request, where whoever answers it finds it: among its extensions.
#[derive(Debug, Clone)]
pub struct RequestId(pub Arc<str>);

/// The request's `X-Request-Id`, or one made up; logs within the request carry it, and the response too.
pub fn of<B>(request: &Request<B>) -> String {
    let given = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_safe(id));
    given.map_or_else(generate, str::to_owned)
}

/// Puts the id into the response.
pub fn tell(id: String, headers: &mut HeaderMap) {
    if let Ok(value) = HeaderValue::try_from(id) {
        headers.insert(HEADER, value);
    }
}

/// Whether an id from outside can stand in logs and headers as it is.
fn is_safe(id: &str) -> bool {
    (1..=MAX_LENGTH).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'='))
}

/// Microseconds since 1970, a count and the process, in hexadecimal digits: unique in a process, and sorted by time.
fn generate() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static PROCESS: LazyLock<u64> = LazyLock::new(|| u64::from(std::process::id()));
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64;
    let mut id = String::with_capacity(21);
    for (number, digits) in [(micros, 13), (count, 4), (*PROCESS, 4)] {
        id.extend(
            (0..digits).rev().map(|digit| char::from(b"0123456789abcdef"[(number >> (4 * digit)) as usize & 15])),
        );
    }
    id
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
        assert!(ids.iter().all(|id| is_safe(id) && id.len() == 21));
    }
}
