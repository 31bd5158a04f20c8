use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{CredentialsError, Settings, credentials, error};
use crate::cloud::{Client, Document, Environment, Request, Service, Tokens};
use crate::{Error, Version};

/// Longest name of an object in bytes (Cloud Storage documentation, "About Cloud Storage objects").
const MAX_KEY_BYTES: usize = 1024;

/// All but the unreserved characters of RFC 3986, section 2.3. A `/` is escaped too: no server in between then takes a key
/// for a path, and makes `a//b` or `a/../b` another one.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Google's own server.
const ENDPOINT: &str = "https://storage.googleapis.com";

/// The state of an object: a number that every write raises.
const GENERATION: HeaderName = HeaderName::from_static("x-goog-generation");

/// A bucket: a [`Source`](crate::Source), a [`Sink`](crate::Sink) and a [`List`](crate::List).
///
/// A key is any UTF-8 text of 1 to 1024 bytes, the prefix included, without line breaks, and reaches the server as it is:
/// `a//b`, `/a` and `a/../b` are keys like others. Alone, `.` and `..` are none. Another server than Google's may take keys
/// for paths: below a prefix, keys with the segments `.` and `..` are refused there, so that none leads out of it.
///
/// The version of an object is its generation. All [`Attributes`](crate::Attributes) are kept. An object that is stored with
/// a `Content-Encoding` is [`Error::Unusable`]: Google would inflate it.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) endpoint: String,
    pub(super) prefix: String,
    user_project: Option<HeaderValue>,
    tokens: Option<Tokens>,
    /// Whether keys might be taken for paths that lead out of the prefix.
    confined: bool,
    /// Whether an answer has shown that the bucket exists and knows the credentials.
    known: Arc<AtomicBool>,
}

impl Bucket {
    /// Prepares to reach the bucket; asks nothing of it, so that a server starts while its store is away.
    ///
    /// # Errors
    /// If the file with its credentials cannot be read.
    pub fn open(settings: &Settings) -> Result<Self, CredentialsError> {
        Self::open_in(settings, Environment::PROCESS)
    }

    pub(super) fn open_in(settings: &Settings, environment: Environment<'_>) -> Result<Self, CredentialsError> {
        Ok(Self {
            client: Client::new(format!("bucket {}", settings.bucket))?,
            name: settings.bucket.clone(),
            endpoint: settings.endpoint.clone().unwrap_or_else(|| ENDPOINT.to_owned()),
            prefix: settings.prefix.clone(),
            // A project that no header can hold pays for nothing.
            user_project: settings.user_project.as_ref().and_then(|project| HeaderValue::try_from(project).ok()),
            tokens: credentials::tokens(&settings.credentials, environment)?,
            confined: settings.endpoint.is_some() && !settings.prefix.is_empty(),
            known: Arc::default(),
        })
    }

    /// The key in the bucket.
    pub(super) fn key(&self, key: &str) -> Result<String, Error> {
        if key.is_empty() {
            return Err(Error::InvalidKey("is empty"));
        }
        if self.prefix.len() + key.len() > MAX_KEY_BYTES {
            return Err(Error::InvalidKey("has more than 1024 bytes"));
        }
        if key.contains(['\r', '\n']) {
            return Err(Error::InvalidKey("contains a line break"));
        }
        let alone = self.prefix.is_empty() && (key == "." || key == "..");
        if alone || self.confined && key.split('/').any(|segment| segment == "." || segment == "..") {
            return Err(Error::InvalidKey("contains the segment . or .."));
        }
        Ok(format!("{}{key}", self.prefix))
    }

    /// A request to a path of the server's, as whoever asks is known to it.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Request, Error> {
        let mut request = Request::new(body.into());
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{path}", self.endpoint).try_into().map_err(Error::unusable)?;
        *request.headers_mut() = headers;
        if let Some(project) = &self.user_project {
            request.headers_mut().insert("x-goog-user-project", project.clone());
        }
        if let Some(tokens) = &self.tokens {
            request.headers_mut().insert(AUTHORIZATION, tokens.header(&self.client).await?);
        }
        Ok(request)
    }

    /// What an answer means that is no success; learns from one that names its reason.
    pub(super) fn refused(&self, answer: &Document) -> Error {
        if answer.status == StatusCode::UNAUTHORIZED
            && let Some(tokens) = &self.tokens
        {
            tokens.forget();
        }
        let error = error::of(answer, &self.client, self.tokens.is_none());
        if matches!(error, Error::NotFound | Error::Forbidden) && !answer.body.is_empty() {
            self.known.store(true, Ordering::Relaxed);
        }
        error
    }
}

/// A key as one segment of a path.
pub(super) fn encoded(key: &str) -> impl std::fmt::Display {
    utf8_percent_encode(key, ENCODED)
}

#[async_trait]
impl Service for Bucket {
    fn client(&self) -> &Client {
        &self.client
    }

    async fn request(&self, method: Method, key: &str, headers: HeaderMap) -> Result<Request, Error> {
        self.ask(method, &format!("/{}/{}", self.name, encoded(key)), headers, Bytes::new()).await
    }

    fn version(&self, headers: &HeaderMap) -> Option<Version> {
        self.known.store(true, Ordering::Relaxed);
        headers.get(GENERATION)?.to_str().ok().map(Version::new)
    }

    fn refusal(&self, answer: &Document) -> Error {
        self.refused(answer)
    }

    fn leaves_open(&self, status: StatusCode) -> bool {
        match status.as_u16() {
            404 => !self.known.load(Ordering::Relaxed),
            400 | 401 | 403 => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcs::Credentials;

    #[test]
    fn no_key_leads_out_of_a_prefix() {
        let escapes = || Err(Error::InvalidKey("contains the segment . or .."));
        for (endpoint, prefix, key, expected) in [
            (Some("http://127.0.0.1:9"), "trips/", "../secret.jpg", escapes()),
            (Some("http://127.0.0.1:9"), "", "../secret.jpg", Ok("../secret.jpg".to_owned())),
            (None, "trips/", "../secret.jpg", Ok("trips/../secret.jpg".to_owned())),
            (None, "trips/", "..", Ok("trips/..".to_owned())),
            (None, "", "..", escapes()),
        ] {
            let settings = Settings {
                prefix: prefix.to_owned(),
                endpoint: endpoint.map(str::to_owned),
                credentials: Credentials::Anonymous,
                ..Settings::new("photos")
            };
            assert_eq!(Bucket::open(&settings).unwrap().key(key), expected, "{endpoint:?} {prefix} {key}");
        }
    }
}
