//! What answers say about themselves.

use std::time::{Duration, SystemTime};

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, EXPIRES, LAST_MODIFIED, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::date::http_date;
use super::freshness;

/// Names of query parameters that have no meaning in the dialect.
pub const IGNORED: HeaderName = HeaderName::from_static("x-lightmill-ignored");
/// Where a result came from: `hit`, `disk`, `stored`, `joined` or `miss`.
pub const CACHE: HeaderName = HeaderName::from_static("x-lightmill-cache");
/// Why another picture is shown than the one that was asked for: the error's name.
pub const FALLBACK: HeaderName = HeaderName::from_static("x-lightmill-fallback");
/// What the answer lacks because an analyser failed: `smart`, `moderation`, or both.
pub const DEGRADED: HeaderName = HeaderName::from_static("x-lightmill-degraded");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What caches and clients are told about a representation.
#[derive(Debug, Clone, Copy)]
pub struct Description<'a> {
    /// Strong entity tag, with its quotes; `None` for what must never be taken for the result of that name.
    pub etag: Option<&'a str>,
    /// Newest of everything that went into it.
    pub last_modified: Option<SystemTime>,
    /// `Cache-Control`.
    pub cache_control: &'a HeaderValue,
    /// Request headers that may have chosen it.
    pub vary: Option<&'a HeaderValue>,
    /// Parameters that were ignored.
    pub ignored: &'a [String],
}

/// The headers that 200, 206 and 304 share (RFC 9110, section 15.4.5).
pub fn describe(headers: &mut HeaderMap, description: &Description<'_>) {
    if let Some(etag) = description.etag {
        insert(headers, ETAG, etag);
    }
    if let Some(modified) = description.last_modified {
        headers.insert(LAST_MODIFIED, http_date(modified));
    }
    fresh(headers, description.cache_control.clone());
    if let Some(vary) = description.vary {
        headers.insert(VARY, vary.clone());
    }
    if !description.ignored.is_empty() {
        insert(headers, IGNORED, &description.ignored.join(", "));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// How long caches may keep the answer, in the words of HTTP/1.1 and of 1.0.
pub fn fresh(headers: &mut HeaderMap, cache_control: HeaderValue) {
    if let Some(end) = freshness::max_age(&cache_control).and_then(|age| SystemTime::now().checked_add(age)) {
        headers.insert(EXPIRES, http_date(end));
    }
    headers.insert(CACHE_CONTROL, cache_control);
}

/// The media type; SVG and HTML from a store must not run scripts on the service's own origin.
pub fn content_type(headers: &mut HeaderMap, media_type: &str) {
    insert(headers, CONTENT_TYPE, media_type);
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence.ends_with("+xml") || essence.ends_with("/xml") || essence.ends_with("html") {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
}

/// `Server-Timing`: each stage with its milliseconds.
pub fn timings(headers: &mut HeaderMap, stages: &[(&'static str, Duration)]) {
    let entries: Vec<String> =
        stages.iter().map(|(name, time)| format!("{name};dur={:.1}", time.as_secs_f64() * 1000.0)).collect();
    if !entries.is_empty() {
        insert(headers, SERVER_TIMING, &entries.join(", "));
    }
}

/// Headers that the URL asks for, in the place of those that are there; how long an answer is kept is not decided here.
/// What no header can hold is left out.
pub fn add(headers: &mut HeaderMap, wanted: &[(String, String)]) {
    for (name, value) in wanted.iter().filter(|(name, _)| name != CACHE_CONTROL.as_str() && name != EXPIRES.as_str()) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            headers.insert(name, value);
        }
    }
}

/// Sets a header whose value comes from outside; what a header cannot hold is left out.
fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_could_run_scripts_are_boxed_in() {
        for (media_type, boxed) in [
            ("image/svg+xml", true),
            ("Image/SVG+XML; charset=utf-8", true),
            ("text/html", true),
            ("application/xml", true),
            ("image/jpeg", false),
        ] {
            let mut headers = HeaderMap::new();
            content_type(&mut headers, media_type);
            assert_eq!(headers.contains_key(CONTENT_SECURITY_POLICY), boxed, "{media_type}");
        }
    }

    #[test]
    fn wanted_headers_do_not_say_how_long_an_answer_is_kept() {
        let mut headers = HeaderMap::new();
        fresh(&mut headers, HeaderValue::from_static("no-store"));
        let wanted = [("cache-control", "max-age=9"), ("expires", "0"), ("x-my", "1"), ("x y", "1"), ("x-z", "a\nb")];
        add(&mut headers, &wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(
            (&headers[CACHE_CONTROL], &headers["x-my"], headers.len()),
            (&HeaderValue::from_static("no-store"), &HeaderValue::from_static("1"), 2)
        );
    }

    #[test]
    fn stages_are_listed_in_milliseconds() {
        let mut headers = HeaderMap::new();
        timings(&mut headers, &[("decode", Duration::from_micros(1540)), ("encode", Duration::from_millis(20))]);
        assert_eq!(headers[SERVER_TIMING], "decode;dur=1.5, encode;dur=20.0");
    }

    #[test]
    fn what_no_header_can_hold_is_left_out() {
        let mut headers = HeaderMap::new();
        content_type(&mut headers, "image/x\r\nset-cookie: a=b");
        assert!(headers.is_empty());
    }
}
