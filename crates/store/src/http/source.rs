use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use http::{HeaderValue, Method, Response, StatusCode};
use hyper::body::Incoming;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::body::{Part, discard, pieces};
use super::client::Client;
use super::connect::Connector;
use super::ssrf::{Gate, Resolve, SystemResolver};
use super::{BaseUrl, HttpSettings, answer, key, trust};
use crate::source::cut;
use crate::{Error, Object, Source, Stat};

/// The objects below a URL.
///
/// * A stat is a `HEAD`, or a `GET` of one byte where the origin knows no `HEAD` or does not state the length then.
/// * A read is a `GET`; where the origin ignores its `Range`, the rest is left out here.
/// * The version is the strong `ETag`, or else weak `ETag`, `Last-Modified` and length together. An origin that states
///   none of them is trusted not to put another object of the same length in place of one.
/// * An answer without length, with a content encoding, or with other bytes than were asked for is
///   [`Error::Unusable`]; a body that breaks its word ends with [`Error::Unavailable`].
/// * Redirects are followed over HTTP and HTTPS, but never from HTTPS to HTTP.
/// * [`Error::Forbidden`] is also the answer for an address that is not public and not allowed, wherever a name or a
///   redirect led there.
#[derive(Debug)]
pub struct HttpSource {
    base: BaseUrl,
    client: Client,
}

/// Why an origin cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum HttpSourceError {
    /// The file of certificates cannot be read, or is no PEM.
    #[error("the certificates in {} cannot be read", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// A certificate of the file is none.
    #[error("a certificate in {} is not valid", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// The origin is encrypted, and nothing says whom to trust.
    #[error("this system has no certificates to trust, which an https origin needs")]
    NoCertificates,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
}

impl HttpSource {
    /// An origin, whose names the system resolves. Nothing is connected to before the first request.
    pub fn new(settings: HttpSettings) -> Result<Self, HttpSourceError> {
        Self::with_resolver(settings, Arc::new(SystemResolver))
    }

    /// An origin, whose names `resolver` resolves.
    pub fn with_resolver(settings: HttpSettings, resolver: Arc<dyn Resolve>) -> Result<Self, HttpSourceError> {
        let tls = tls(&settings)?;
        let HttpSettings { base, allow_private, max_redirects, connect_timeout, headers, certificates: _ } = settings;
        let connector = Connector::new(Gate::new(allow_private, resolver), tls, connect_timeout);
        let client = Client::new(connector, max_redirects, base.as_url().origin(), headers);
        Ok(Self { base, client })
    }

    /// Asks for the first byte, of which only the head is of interest.
    async fn probe(&self, url: Url) -> Result<Stat, Error> {
        let first = HeaderValue::from_static("bytes=0-0");
        let mut response = self.client.send(&Method::GET, url.clone(), Some(&first)).await?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            // An empty object has no first byte, and this answer seldom says which version has none.
            discard(response.into_body());
            response = self.client.send(&Method::GET, url, None).await?;
        }
        let headers = response.headers();
        let size = match response.status() {
            StatusCode::OK => answer::content_length(headers),
            StatusCode::PARTIAL_CONTENT => answer::content_range(headers).map(|(_, size)| size),
            _ => return Err(refused(response)),
        };
        let stat = answer::stat(headers, size.ok_or_else(no_length)?)?;
        discard(response.into_body());
        Ok(stat)
    }

    async fn read_part(&self, key: &str, asked: Range<u64>) -> Result<Object, Error> {
        let url = key::url(&self.base, key)?;
        let response = self.client.send(&Method::GET, url, Some(&range_header(&asked)?)).await?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let Some((given, size)) = answer::content_range(response.headers()) else { return Err(no_length()) };
                let length = given.end - given.start;
                if given != cut(Some(asked), size)
                    || answer::content_length(response.headers()).is_some_and(|stated| stated != length)
                {
                    return Err(Error::unusable(format_args!(
                        "the origin gave other bytes than were asked for: {given:?}"
                    )));
                }
                let stat = answer::stat(response.headers(), size)?;
                let part = Part { skip: 0, give: length, end: true };
                Ok(Object { stat, range: given, body: pieces(response.into_body(), part) })
            }
            StatusCode::OK => whole(response, Some(asked)),
            StatusCode::RANGE_NOT_SATISFIABLE => {
                discard(response.into_body());
                self.read_nothing(key, asked).await
            }
            _ => Err(refused(response)),
        }
    }

    /// A range that holds no byte of the object.
    async fn read_nothing(&self, key: &str, asked: Range<u64>) -> Result<Object, Error> {
        let stat = self.stat(key).await?;
        let range = cut(Some(asked), stat.size);
        if !range.is_empty() {
            return Err(Error::unusable("the origin does not give a range that the object has"));
        }
        Ok(Object { stat, range, body: stream::empty().boxed() })
    }
}

#[async_trait]
impl Source for HttpSource {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let url = key::url(&self.base, key)?;
        let response = self.client.send(&Method::HEAD, url.clone(), None).await?;
        match response.status() {
            StatusCode::OK => match answer::content_length(response.headers()) {
                Some(size) => answer::stat(response.headers(), size),
                None => self.probe(url).await,
            },
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => self.probe(url).await,
            _ => Err(refused(response)),
        }
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        match range {
            Some(range) if range.is_empty() => self.read_nothing(key, range).await,
            Some(range) => self.read_part(key, range).await,
            None => {
                let response = self.client.send(&Method::GET, key::url(&self.base, key)?, None).await?;
                if response.status() == StatusCode::OK { whole(response, None) } else { Err(refused(response)) }
            }
        }
    }
}

/// An answer with the whole object, of which `asked` is given.
fn whole(response: Response<Incoming>, asked: Option<Range<u64>>) -> Result<Object, Error> {
    let size = answer::content_length(response.headers()).ok_or_else(no_length)?;
    let stat = answer::stat(response.headers(), size)?;
    let range = cut(asked, size);
    let part = Part { skip: range.start, give: range.end - range.start, end: range.end == size && !range.is_empty() };
    Ok(Object { stat, range, body: pieces(response.into_body(), part) })
}

/// Ends beyond what many servers can count are left open.
fn range_header(range: &Range<u64>) -> Result<HeaderValue, Error> {
    let text = match i64::try_from(range.end) {
        Ok(end) => format!("bytes={}-{}", range.start, end - 1),
        Err(_) => format!("bytes={}-", range.start),
    };
    HeaderValue::try_from(text).map_err(Error::unavailable)
}

fn refused(response: Response<Incoming>) -> Error {
    let error = answer::refusal(response.status(), response.headers());
    discard(response.into_body());
    error
}

fn no_length() -> Error {
    Error::unusable("the origin does not state the object's length")
}

/// Trusts what the system trusts, and what the settings add to that.
fn tls(settings: &HttpSettings) -> Result<ClientConfig, HttpSourceError> {
    let roots = roots(settings.certificates.as_deref())?;
    if roots.is_empty() && settings.base.as_url().scheme() == "https" {
        return Err(HttpSourceError::NoCertificates);
    }
    Ok(trust::client(roots)?)
}

/// What the system trusts, and the certificates in a file of PEM.
pub(super) fn roots(file: Option<&Path>) -> Result<RootCertStore, HttpSourceError> {
    let mut roots = trust::system();
    if let Some(path) = file {
        let unreadable = |source| HttpSourceError::Certificates { path: path.to_owned(), source };
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            let added = roots.add(certificate.map_err(unreadable)?);
            added.map_err(|source| HttpSourceError::Certificate { path: path.to_owned(), source })?;
        }
    }
    Ok(roots)
}
