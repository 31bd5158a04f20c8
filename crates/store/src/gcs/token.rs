use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;
use serde_json::json;

use crate::cloud::{Client, Mint, Token, form};
use crate::{Error, Secret};

/// What may be done with a token.
const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_write";

/// How long a token of our own is good for: the longest that Google takes.
const LASTS: Duration = Duration::from_hours(1);

/// Where an instance tells about itself.
const METADATA_HOST: &str = "metadata.google.internal";

/// Where a user's tokens are renewed.
const TOKEN_ENDPOINT: &str = "https://oauth2.googleapis.com/token";

/// The key of a service account, which signs its tokens by itself (AIP-4111, "Self-signed JWT").
pub(super) struct Account {
    email: String,
    key_id: String,
    key: Arc<dyn SigningKey>,
}

impl Account {
    /// `None` if it is no RSA key.
    pub(super) fn new(email: String, key_id: String, key: &PrivateKeyDer<'_>) -> Option<Self> {
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(key).ok()?;
        key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?;
        Some(Self { email, key_id, key })
    }

    /// RFC 7515, section 3.1; RFC 7519, section 4.1.
    fn sign(&self, now: u64) -> Option<String> {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id }));
        let claims = part(json!({
            "iss": self.email,
            "sub": self.email,
            "scope": SCOPE,
            "iat": now,
            "exp": now + LASTS.as_secs(),
        }));
        let text = format!("{header}.{claims}");
        let signature = self.key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?.sign(text.as_bytes()).ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[async_trait]
impl Mint for Account {
    async fn mint(&self, client: &Client) -> Result<Token, Error> {
        let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs());
        let signed = self.sign(now).ok_or_else(|| client.unavailable("the service account's key does not sign"))?;
        Token::new(&signed, LASTS)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("email", &self.email).field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// A user who has logged in (RFC 6749, section 6).
#[derive(Debug)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) secret: Secret,
    pub(super) refresh_token: Secret,
    pub(super) endpoint: Option<String>,
}

#[async_trait]
impl Mint for User {
    async fn mint(&self, client: &Client) -> Result<Token, Error> {
        let form = form(&[
            ("grant_type", "refresh_token"),
            ("client_id", &self.id),
            ("client_secret", self.secret.reveal()),
            ("refresh_token", self.refresh_token.reveal()),
        ]);
        let request = http::Request::post(self.endpoint.as_deref().unwrap_or(TOKEN_ENDPOINT))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into())
            .map_err(|error| client.unavailable(error))?;
        Token::ask(client, request).await
    }
}

/// The service account of the instance, the pod or the function that this runs in.
#[derive(Debug)]
pub(super) struct Instance {
    host: String,
}

impl Instance {
    pub(super) fn new(host: Option<String>) -> Self {
        Self { host: host.unwrap_or_else(|| METADATA_HOST.to_owned()) }
    }
}

#[async_trait]
impl Mint for Instance {
    async fn mint(&self, client: &Client) -> Result<Token, Error> {
        let url = format!("http://{}/computeMetadata/v1/instance/service-accounts/default/token", self.host);
        let request = http::Request::get(url)
            .header("Metadata-Flavor", "Google")
            .body(Bytes::new().into())
            .map_err(|error| client.unavailable(error))?;
        Token::ask(client, request).await
    }
}
