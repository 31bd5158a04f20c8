//! Which pages of other origins may read answers (the Fetch standard, "CORS protocol").

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use url::Url;

/// Headers beyond the usual ones that scripts may read.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "ETag, Content-Range, Location, Server-Timing, X-Lightmill-Cache, X-Lightmill-Ignored, X-Request-Id",
);

/// Headers beyond the usual ones that scripts may send.
const ACCEPTED: HeaderValue = HeaderValue::from_static("Range, If-Match, If-None-Match, If-Range, X-Bucket");

/// The same where pictures may be sent.
const ACCEPTED_WITH_UPLOADS: HeaderValue =
    HeaderValue::from_static("Range, If-Match, If-None-Match, If-Range, X-Bucket, Authorization, Content-Type, Slug");

/// Seconds for which a browser need not ask again: a day, of which each keeps what it likes.
const LASTS: HeaderValue = HeaderValue::from_static("86400");

/// Origins whose pages may read answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cors {
    /// None but the service's own.
    #[default]
    Nobody,
    /// Every one.
    Everyone,
    /// These, in lower case, each a scheme, host and port.
    These(Vec<HeaderValue>),
}

impl Cors {
    /// `*`, or origins such as `https://shop.example.com`; `None` if one of them is none.
    pub fn new(origins: &[String]) -> Option<Self> {
        match origins {
            [] => Some(Self::Nobody),
            [every] if every == "*" => Some(Self::Everyone),
            _ => origins.iter().map(|text| origin(text)).collect::<Option<_>>().map(Self::These),
        }
    }

    /// Says in the answer to `request` whether its page may read it.
    pub fn allow(&self, request: &Parts, headers: &mut HeaderMap) {
        match self {
            Self::Nobody => return,
            Self::Everyone => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Self::These(known) => {
                // Also where there is no such header: a cache must not give that answer to a page.
                headers.append(VARY, HeaderValue::from_static("Origin"));
                let asking = request.headers.get(ORIGIN);
                let Some(origin) = known.iter().find(|known| Some(*known) == asking) else { return };
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
        }
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }

    /// Whether a browser asks, before a page's request, whether it may be sent; never where nobody may.
    pub fn is_preflight(&self, request: &Parts) -> bool {
        *self != Self::Nobody
            && request.method == Method::OPTIONS
            && request.headers.contains_key(ORIGIN)
            && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }

    /// What a page may send, for the answer to such a question. `uploads`: whether it may send pictures.
    pub fn describe(headers: &mut HeaderMap, uploads: bool) {
        let methods = if uploads { "GET, HEAD, POST, PUT, DELETE" } else { "GET, HEAD" };
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, if uploads { ACCEPTED_WITH_UPLOADS } else { ACCEPTED });
        headers.insert(ACCESS_CONTROL_MAX_AGE, LASTS);
    }
}

/// An origin as browsers write it.
fn origin(text: &str) -> Option<HeaderValue> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let written = url.origin().ascii_serialization();
    (written == text.trim_end_matches('/').to_ascii_lowercase()).then(|| HeaderValue::from_str(&written).ok())?
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn asked(cors: &Cors, origin: &str) -> HeaderMap {
        let request = Request::get("/").header(ORIGIN, origin).body(()).unwrap().into_parts().0;
        let mut headers = HeaderMap::new();
        cors.allow(&request, &mut headers);
        headers
    }

    fn cors(origins: &[&str]) -> Option<Cors> {
        Cors::new(&origins.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn only_listed_origins_may_read() {
        let some = cors(&["https://Shop.example.com", "http://localhost:3000/"]).unwrap();
        for (origin, allowed) in [
            ("https://shop.example.com", true),
            ("http://localhost:3000", true),
            ("https://shop.example.com.evil.org", false),
            ("http://shop.example.com", false),
            ("null", false),
        ] {
            let headers = asked(&some, origin);
            let said = headers.get(ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap());
            assert_eq!(said, allowed.then_some(origin));
            assert_eq!(headers[VARY], "Origin");
        }
        let all = asked(&cors(&["*"]).unwrap(), "null");
        assert_eq!((&all[ACCESS_CONTROL_ALLOW_ORIGIN], all.get(VARY)), (&HeaderValue::from_static("*"), None));
        assert!(asked(&cors(&[]).unwrap(), "null").is_empty());
    }

    #[test]
    fn origins_are_no_urls() {
        for wrong in
            [&["*", "https://a.example"][..], &["a.example"], &["https://a.example/page"], &["file:///a"], &[""]]
        {
            assert_eq!(cors(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn browsers_ask_first_only_where_somebody_may() {
        let request = Request::options("/").header(ORIGIN, "https://a.example");
        let request = request.header(ACCESS_CONTROL_REQUEST_METHOD, "GET").body(()).unwrap().into_parts().0;
        assert!(Cors::Everyone.is_preflight(&request) && !Cors::Nobody.is_preflight(&request));
        let plain = Request::options("/").body(()).unwrap().into_parts().0;
        assert!(!Cors::Everyone.is_preflight(&plain));
    }
}
