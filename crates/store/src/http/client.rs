use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, HOST, LOCATION, RANGE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::{Origin, Url};

use super::body::discard;
use super::connect::{ConnectError, Connector};
use super::ssrf::Refusal;
use crate::Error;

/// How long a connection waits for its next request: less than servers are used to wait, which would close it under
/// a request.
const IDLE_TIME: Duration = Duration::from_secs(30);

/// Connections to one host that wait for their next request.
const IDLE_CONNECTIONS: usize = 32;

/// Longest head of an answer in bytes.
const HEAD_BYTES: usize = 64 * 1024;

/// Sends requests, and follows redirects.
#[derive(Debug)]
pub(super) struct Client {
    inner: legacy::Client<Connector, Full<Bytes>>,
    max_redirects: u8,
    home: Origin,
    headers: HeaderMap,
}

impl Client {
    /// Sends `headers` to `home`, and to nobody else.
    pub(super) fn new(connector: Connector, max_redirects: u8, home: Origin, mut headers: HeaderMap) -> Self {
        for own in [HOST, RANGE, ACCEPT_ENCODING] {
            headers.remove(own);
        }
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIME)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http1_max_buf_size(HEAD_BYTES)
            .build(connector);
        Self { inner, max_redirects, home, headers }
    }

    /// The first answer that is no redirect.
    pub(super) async fn send(
        &self,
        method: &Method,
        mut url: Url,
        range: Option<&HeaderValue>,
    ) -> Result<Response<Incoming>, Error> {
        for _ in 0..=self.max_redirects {
            let response = self.inner.request(self.request(method, &url, range)?).await;
            let response = response.map_err(|error| meaning(&error, &url))?;
            if !is_redirect(response.status()) {
                return Ok(response);
            }
            url = next(&url, response.headers())?;
            discard(response.into_body());
        }
        Err(Error::unusable(format_args!("there are more than {} redirects", self.max_redirects)))
    }

    /// The answer to a `POST`, also if it is a redirect.
    pub(super) async fn post(&self, url: &Url, headers: HeaderMap, body: Bytes) -> Result<Response<Incoming>, Error> {
        let mut request = self.request(&Method::POST, url, None)?;
        request.headers_mut().extend(headers);
        *request.body_mut() = Full::new(body);
        self.inner.request(request).await.map_err(|error| meaning(&error, url))
    }

    fn request(&self, method: &Method, url: &Url, range: Option<&HeaderValue>) -> Result<Request<Full<Bytes>>, Error> {
        let mut request = Request::new(Full::default());
        *request.method_mut() = method.clone();
        *request.uri_mut() = Uri::try_from(url.as_str()).map_err(Error::unusable)?;
        let headers = request.headers_mut();
        if url.origin() == self.home {
            headers.extend(self.headers.clone());
        }
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.entry(USER_AGENT).or_insert(HeaderValue::from_static("lightmill"));
        if let Some(range) = range {
            headers.insert(RANGE, range.clone());
        }
        Ok(request)
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where an answer of `url` redirects to. Its address is checked when it is connected to, as that of any other.
fn next(url: &Url, headers: &HeaderMap) -> Result<Url, Error> {
    let location = headers.get(LOCATION).and_then(|location| std::str::from_utf8(location.as_bytes()).ok());
    let Some(mut target) = location.and_then(|location| url.join(location).ok()) else {
        return Err(Error::unusable("the origin redirects to nowhere"));
    };
    let refused = match (url.scheme(), target.scheme()) {
        ("https", "http") => Some("to an unencrypted connection"),
        (_, "http" | "https") if has_credentials(&target) => Some("with credentials of its own"),
        (_, "http" | "https") => None,
        _ => Some("to another scheme"),
    };
    if let Some(refused) = refused {
        tracing::warn!(origin = url.host_str(), "a redirect {refused} was refused");
        return Err(Error::Forbidden);
    }
    target.set_fragment(None);
    Ok(target)
}

pub(super) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn meaning(error: &legacy::Error, url: &Url) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        match current.downcast_ref() {
            Some(ConnectError::Refused(refusal @ Refusal::Closed { .. })) => {
                tracing::warn!(origin = url.host_str(), %refusal, "a connection was refused");
                return Error::Forbidden;
            }
            Some(ConnectError::TimedOut) => return Error::TimedOut,
            _ => cause = current.source(),
        }
    }
    Error::unavailable(chain(error))
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_stay_encrypted_and_carry_nothing() {
        let next = |from: &str, to: &str| {
            let headers = HeaderMap::from_iter([(LOCATION, to.parse().unwrap())]);
            next(&from.parse().unwrap(), &headers).map(String::from)
        };
        for (from, to, expected) in [
            ("http://a.test/b/c", "d?e#f", "http://a.test/b/d?e"),
            ("http://a.test/b", "https://a.test/b", "https://a.test/b"),
            ("https://a.test/b", "//c.test/d", "https://c.test/d"),
            ("https://a.test/b", "\\\\c.test\\d", "https://c.test/d"),
        ] {
            assert_eq!(next(from, to).as_deref(), Ok(expected), "{to}");
        }
        for to in ["http://a.test/", "HTTP:\\\\a.test", "file:///a", "https://user@a.test/", "//:password@a.test/"] {
            assert_eq!(next("https://a.test/", to), Err(Error::Forbidden), "{to}");
        }
    }
}
