use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use http::HeaderMap;
use serde::Deserialize;
use url::Url;

use super::Allowed;

/// An origin, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// Where the keys begin.
    pub base: BaseUrl,
    /// What is opened of the addresses that are not public; by default nothing. Holds for redirects too.
    pub allow_private: Vec<Allowed>,
    /// How many redirects are followed for one request; by default 5. With 0, a redirect is a failure.
    pub max_redirects: u8,
    /// Until a connection stands: name, TCP and TLS; by default 5 seconds.
    pub connect_timeout: Duration,
    /// Sent with every request to the base's own scheme, host and port, and never to where it redirects to; by default
    /// none. They are for the origin's credentials: `Host`, `Range` and `Accept-Encoding` are the source's own.
    pub headers: HeaderMap,
    /// A file of PEM certificates that may sign an origin's, beside those that the system trusts; by default none.
    pub certificates: Option<PathBuf>,
}

impl HttpSettings {
    /// The defaults, for an origin.
    pub fn new(base: BaseUrl) -> Self {
        Self {
            base,
            allow_private: Vec::new(),
            max_redirects: 5,
            connect_timeout: Duration::from_secs(5),
            headers: HeaderMap::new(),
            certificates: None,
        }
    }
}

/// Scheme (`http` or `https`), host, port and first path segments of an origin's objects. A `/` stands between it and
/// each key, whether it ends with one or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BaseUrl(Url);

/// What is no base of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the base URL {problem}")]
pub struct BaseUrlError {
    problem: &'static str,
}

impl BaseUrl {
    /// The URL, whose path ends with `/`.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let refuse = |problem| Err(BaseUrlError { problem });
        let Ok(mut url) = Url::parse(text) else { return refuse("cannot be parsed") };
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("is neither of http nor of https");
        }
        // The text is not repeated: a password would end up in a log.
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("contains a user name or password, which belong in a header");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("has a query or fragment");
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self(url))
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = BaseUrlError;

    fn try_from(text: String) -> Result<Self, BaseUrlError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_end_with_a_slash() {
        for (text, expected) in [
            ("https://Images.Example", "https://images.example/"),
            ("http://images.example:8080/a/b", "http://images.example:8080/a/b/"),
            ("http://images.example/a/", "http://images.example/a/"),
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().as_url().as_str(), expected);
        }
    }

    #[test]
    fn what_is_no_base_is_refused() {
        for bad in [
            "",
            "images.example",
            "ftp://images.example/",
            "file:///etc",
            "http://user@images.example/",
            "http://:secret@images.example/",
            "http://images.example/?a=b",
            "http://images.example/#a",
            "http://[fe80::1%25eth0]/",
        ] {
            let error = bad.parse::<BaseUrl>().unwrap_err();
            assert!(!error.to_string().contains("secret"), "{bad}");
        }
    }
}
