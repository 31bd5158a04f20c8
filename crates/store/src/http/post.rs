use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::{Origin, Url};

use super::answer::retry_after;
use super::body::discard;
use super::client::{Client, has_credentials};
use super::connect::Connector;
use super::source::{HttpSourceError, roots};
use super::ssrf::{Gate, Refusal};
use super::{Allowed, SystemResolver, trust};
use crate::Error;

/// How documents are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PosterSettings {
    /// What is opened of the addresses that are not public; by default nothing.
    pub allow_private: Vec<Allowed>,
    /// Until a connection stands: name, TCP and TLS; by default 5 seconds.
    pub connect_timeout: Duration,
    /// A file of PEM certificates that may sign a server's, beside those that the system trusts; by default none.
    pub certificates: Option<PathBuf>,
}

impl Default for PosterSettings {
    fn default() -> Self {
        Self { allow_private: Vec::new(), connect_timeout: Duration::from_secs(5), certificates: None }
    }
}

/// Posts documents to servers that somebody else names: behind the same gate as an origin, without following redirects,
/// and trying nothing twice.
#[derive(Debug)]
pub struct Poster {
    client: Client,
    gate: Gate,
}

/// What a server answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: StatusCode,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl Poster {
    /// Connects to nothing before the first document.
    ///
    /// # Errors
    /// Certificates that cannot be read.
    pub fn new(settings: PosterSettings) -> Result<Self, HttpSourceError> {
        let PosterSettings { allow_private, connect_timeout, certificates } = settings;
        let tls = trust::client(roots(certificates.as_deref())?)?;
        let gate = Gate::new(allow_private, Arc::new(SystemResolver));
        let connector = Connector::new(gate.clone(), tls, connect_timeout);
        Ok(Self { client: Client::new(connector, 0, Origin::new_opaque(), HeaderMap::new()), gate })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether something may be sent there, as far as is known now: the address is looked at again when it is sent.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for an address that is not public and not allowed, for another scheme than `http` and `https`,
    /// and for a URL with credentials. A name that cannot be resolved at the moment is none.
    pub async fn admit(&self, url: &Url) -> Result<(), Error> {
        match self.gate.addresses(host(url)?).await {
            Err(Refusal::Closed { .. } | Refusal::NoHost(_)) => Err(Error::Forbidden),
            Err(Refusal::Unresolved(..) | Refusal::NoAddress(_)) | Ok(_) => Ok(()),
        }
    }

    /// Sends a document. The answer is given whatever its status; its body is of no interest. Only connecting has a time
    /// limit here.
    ///
    /// # Errors
    /// [`Error::Forbidden`] as in [`Self::admit`]; [`Error::TimedOut`] and [`Error::Unavailable`] where there is no connection, or no answer.
    pub async fn post(&self, url: &Url, headers: HeaderMap, body: Bytes) -> Result<Posted, Error> {
        host(url)?;
        let response = self.client.post(url, headers, body).await?;
        let posted =
            Posted { status: response.status(), retry_after: retry_after(response.headers(), SystemTime::now()) };
        discard(response.into_body());
        Ok(posted)
    }
}

/// The host of a URL to which something may be sent, as far as its address does not forbid it.
fn host(url: &Url) -> Result<&str, Error> {
    let is_plain = matches!(url.scheme(), "http" | "https") && !has_credentials(url);
    url.host_str().filter(|_| is_plain).ok_or(Error::Forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_public_and_allowed_addresses_are_told() {
        let allow_private = vec!["127.0.0.1".parse().unwrap()];
        let open = Poster::new(PosterSettings { allow_private, ..PosterSettings::default() }).unwrap();
        let closed = Poster::new(PosterSettings::default()).unwrap();
        let admits = async |poster: &Poster, url: &str| poster.admit(&url.parse().unwrap()).await.is_ok();
        for url in ["http://127.0.0.1:1/", "http://0x7f.1/", "https://127.1/hook"] {
            assert!(admits(&open, url).await && !admits(&closed, url).await, "{url}");
        }
        assert!(admits(&closed, "https://8.8.8.8/").await);
        for url in ["http://10.0.0.1/", "http://[::1]/", "ftp://8.8.8.8/", "https://user@8.8.8.8/", "mailto:a@b.test"] {
            assert!(!admits(&open, url).await, "{url}");
            let posted = open.post(&url.parse().unwrap(), HeaderMap::new(), Bytes::new()).await;
            assert_eq!(posted, Err(Error::Forbidden), "{url}");
        }
    }
}
