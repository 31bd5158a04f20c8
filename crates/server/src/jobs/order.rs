use http::header::{ACCEPT, HOST};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};
use serde::{Deserialize, Serialize};

use crate::errors::Problem;
use crate::mounts::Target;

/// What is ordered: what a `GET` would ask for, and what is done with it. It is posted and kept in this form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// A URL of this service: absolute, or from its path on.
    pub(crate) url: String,
    /// The host that it belongs to, where the URL does not name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) host: Option<String>,
    /// Request headers that take part.
    #[serde(default, skip_serializing_if = "Headers::is_empty")]
    pub(crate) headers: Headers,
    /// Where the result is written too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) save: Option<Save>,
    /// Who is told of the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) webhook: Option<String>,
}

/// Request headers of an order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Headers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accept: Option<String>,
    #[serde(default, rename = "x-bucket", skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
}

impl Headers {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An object that a result is written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Save {
    /// The source's name.
    pub(crate) source: String,
    /// The key.
    pub(crate) key: String,
}

impl Order {
    /// Reads what is posted.
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let order: Self = serde_json::from_slice(body).map_err(|error| Problem::BadBody(error.to_string()))?;
        order.request()?;
        Ok(order)
    }

    /// The `GET` of what is ordered.
    ///
    /// # Errors
    /// [`Problem::BadBody`] for a URL or a header that no request could have.
    pub(crate) fn request(&self) -> Result<Parts, Problem> {
        let target = Target::parse(&self.url).ok_or_else(|| wrong("url", "is no URL, and no path with a query"))?;
        if let (Some(of_url), Some(host)) = (target.host(), &self.host)
            && !of_url.eq_ignore_ascii_case(host)
        {
            return Err(wrong("host", "is not that of the url"));
        }
        let (mut parts, ()) = Request::new(()).into_parts();
        let path = target.path_and_query().parse().map_err(|_| wrong("url", "has no path that can be asked for"))?;
        parts.uri = path;
        let fields = [
            (HOST, "host", target.host().or(self.host.as_deref())),
            (ACCEPT, "accept", self.headers.accept.as_deref()),
            (HeaderName::from_static("x-bucket"), "x-bucket", self.headers.bucket.as_deref()),
        ];
        for (header, name, value) in fields {
            let Some(value) = value else { continue };
            let value = HeaderValue::from_str(value).map_err(|_| wrong(name, "is not the value of a header"))?;
            parts.headers.insert(header, value);
        }
        Ok(parts)
    }
}

fn wrong(name: &str, problem: &str) -> Problem {
    Problem::BadBody(format!("{name} {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Order, String> {
        Order::read(text.as_bytes()).map_err(|problem| problem.to_string())
    }

    #[test]
    fn an_order_is_the_request_that_it_stands_for() {
        let order = read(
            r#"{"url": "https://img.example.com/a b.jpg?x-oss-process=image/resize,w_9#top",
                "headers": {"accept": "image/webp", "x-bucket": "other"}}"#,
        );
        let request = order.unwrap().request().unwrap();
        assert_eq!(request.uri, "/a%20b.jpg?x-oss-process=image/resize,w_9");
        assert_eq!(
            (&request.headers["host"], &request.headers["accept"]),
            (&HeaderValue::from_static("img.example.com"), &HeaderValue::from_static("image/webp"))
        );
        assert_eq!(request.headers["x-bucket"], "other");
        let request = read(r#"{"url": "/a.jpg", "host": "img.example.com"}"#).unwrap().request().unwrap();
        assert_eq!(
            (request.uri.path(), &request.headers["host"]),
            ("/a.jpg", &HeaderValue::from_static("img.example.com"))
        );
    }

    #[test]
    fn an_order_is_kept_as_it_was_given() {
        let text = r#"{"url":"/a.jpg","save":{"source":"out","key":"a.jpg"}}"#;
        assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), text);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (text, words) in [
            ("", "EOF"),
            ("[]", "invalid length"),
            ("{}", "missing field `url`"),
            (r#"{"url": "/a", "wehbook": "x"}"#, "unknown field `wehbook`"),
            (r#"{"url": "/a", "headers": {"cookie": "x"}}"#, "unknown field `cookie`"),
            (r#"{"url": "a.jpg"}"#, "url is no URL"),
            (r#"{"url": "https://a.test/x", "host": "b.test"}"#, "host is not that of the url"),
            (r#"{"url": "/a", "headers": {"accept": "a\nb"}}"#, "accept is not the value of a header"),
        ] {
            let problem = read(text).unwrap_err();
            assert!(problem.contains(words), "{text}: {problem}");
        }
    }
}
