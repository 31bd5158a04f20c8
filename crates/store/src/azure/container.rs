use async_trait::async_trait;
use bytes::Bytes;
use http::header::ETAG;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::credentials::Signer;
use super::{Settings, error};
use crate::cloud::{Client, Document, Environment, Request, Service};
use crate::{Error, Version};

/// Longest name of a blob in characters ("Naming and Referencing Containers, Blobs, and Metadata").
const MAX_KEY_CHARACTERS: usize = 1024;

/// All but the unreserved characters of RFC 3986, section 2.3, and the separator of folders.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The version of Azure's interface that is spoken.
const INTERFACE: HeaderValue = HeaderValue::from_static("2023-11-03");

/// A container: a [`Source`](crate::Source), a [`Sink`](crate::Sink) and a [`List`](crate::List).
///
/// A key is any UTF-8 text of 1 to 1024 characters (of UTF-16), the prefix included. The segments `.` and `..` are refused,
/// because Azure takes a key for the path of a URL; so are control characters, which it does not take, and a backslash,
/// which it may take for `/`.
///
/// The version of a blob is its `ETag`. All [`Attributes`](crate::Attributes) are kept; `-` in names of metadata becomes `_`,
/// and a digit at their beginning has one before it, because names are those of variables there. A blob that is stored with
/// a `Content-Encoding` is [`Error::Unusable`].
#[derive(Debug, Clone)]
pub struct Container {
    pub(super) client: Client,
    /// The URL of the container.
    base: String,
    pub(super) prefix: String,
    signer: Signer,
}

/// Why a container cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// The account's key is not base64.
    #[error("the account's key is no base64")]
    Key,
    /// The shared access signature has no signature, or no URL can hold it.
    #[error("the shared access signature is not of the form sv=…&sig=…")]
    Signature,
    /// There can be no encrypted connections.
    #[error("encrypted connections cannot be set up")]
    Tls(#[from] rustls::Error),
}

impl Container {
    /// Prepares to reach the container; asks nothing of it, so that a server starts while its store is away.
    ///
    /// # Errors
    /// If key or signature are none.
    pub fn open(settings: &Settings) -> Result<Self, ContainerError> {
        Self::open_in(settings, Environment::PROCESS)
    }

    pub(super) fn open_in(settings: &Settings, environment: Environment<'_>) -> Result<Self, ContainerError> {
        let Settings { account, container, .. } = settings;
        let endpoint = settings.endpoint.clone().unwrap_or_else(|| format!("https://{account}.blob.core.windows.net"));
        Ok(Self {
            client: Client::new(format!("container {account}/{container}"))?,
            base: format!("{endpoint}/{container}"),
            prefix: settings.prefix.clone(),
            signer: Signer::new(settings, environment)?,
        })
    }

    /// The name of the blob.
    pub(super) fn key(&self, key: &str) -> Result<String, Error> {
        if key.is_empty() {
            return Err(Error::InvalidKey("is empty"));
        }
        if self.prefix.encode_utf16().count() + key.encode_utf16().count() > MAX_KEY_CHARACTERS {
            return Err(Error::InvalidKey("has more than 1024 characters"));
        }
        if key.split('/').any(|segment| segment == "." || segment == "..") {
            return Err(Error::InvalidKey("contains the segment . or .."));
        }
        if key.contains('\\') {
            return Err(Error::InvalidKey("contains a backslash"));
        }
        if key.contains(char::is_control) {
            return Err(Error::InvalidKey("contains a control character"));
        }
        Ok(format!("{}{key}", self.prefix))
    }

    /// A request to a blob, or without a key to the container, as whoever asks is known to the account. `query`: `?…`, or nothing.
    pub(super) async fn ask(
        &self,
        method: Method,
        key: &str,
        query: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Request, Error> {
        let mut request = Request::new(body.into());
        *request.method_mut() = method;
        let separator = if key.is_empty() { "" } else { "/" };
        let url = format!("{}{separator}{}{query}", self.base, utf8_percent_encode(key, ENCODED));
        *request.uri_mut() = url.try_into().map_err(Error::unusable)?;
        *request.headers_mut() = headers;
        request.headers_mut().insert("x-ms-version", INTERFACE);
        self.signer.sign(&mut request, &self.client).await?;
        Ok(request)
    }

    /// What an answer means that is no success.
    pub(super) fn refused(&self, answer: &Document) -> Error {
        if let (StatusCode::UNAUTHORIZED, Signer::Tokens(tokens)) = (answer.status, &self.signer) {
            tokens.forget();
        }
        error::of(answer, &self.client, matches!(self.signer, Signer::Nobody))
    }
}

#[async_trait]
impl Service for Container {
    fn client(&self) -> &Client {
        &self.client
    }

    async fn request(&self, method: Method, key: &str, headers: HeaderMap) -> Result<Request, Error> {
        self.ask(method, key, "", headers, Bytes::new()).await
    }

    fn version(&self, headers: &HeaderMap) -> Option<Version> {
        headers.get(ETAG)?.to_str().ok().map(Version::new)
    }

    fn refusal(&self, answer: &Document) -> Error {
        self.refused(answer)
    }

    /// The reason is in a header.
    fn leaves_open(&self, _: StatusCode) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::Credentials;

    #[test]
    fn no_key_leads_out_of_a_prefix() {
        let container = Container::open(&Settings {
            prefix: "trips/".to_owned(),
            credentials: Credentials::Anonymous,
            ..Settings::new("example", "photos")
        });
        let container = container.unwrap();
        for key in ["../secret.jpg", "a/../../b", "..", ".", "a/.", "..\\a", "a\\..\\..\\b"] {
            assert!(matches!(container.key(key), Err(Error::InvalidKey(_))), "{key}");
        }
        assert_eq!(container.key("..a/b..").as_deref(), Ok("trips/..a/b.."));
    }
}
