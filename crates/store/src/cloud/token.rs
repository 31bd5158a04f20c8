use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderValue;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::form_urlencoded;

use super::{Client, Document, Request};
use crate::Error;

/// How long before its end a token is renewed.
const AHEAD: Duration = Duration::from_mins(5);

/// Makes tokens, or asks for them.
#[async_trait]
pub(crate) trait Mint: Send + Sync + std::fmt::Debug {
    async fn mint(&self, client: &Client) -> Result<Token, Error>;
}

/// What whoever asks is known by for a while.
#[derive(Clone)]
pub(crate) struct Token {
    /// `Bearer …`.
    header: HeaderValue,
    until: Instant,
}

impl Token {
    pub(crate) fn new(text: &str, lasts: Duration) -> Result<Self, Error> {
        let header = HeaderValue::try_from(format!("Bearer {text}"));
        let mut header = header.map_err(|_| Error::unavailable("a token that no header can hold"))?;
        header.set_sensitive(true);
        Ok(Self { header, until: Instant::now() + lasts })
    }

    /// Asks for one as OAuth 2.0 answers (RFC 6749, section 5.1). Of a failure only what the errors of that protocol say
    /// is kept.
    pub(crate) async fn ask(client: &Client, request: Request) -> Result<Self, Error> {
        let Document { status, body, .. } = client.document(request).await?;
        if !status.is_success() {
            let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
            let (error, description) = (refusal.error, refusal.error_description);
            return Err(client.unavailable(format_args!("no token: {status} {error} {description}")));
        }
        let answer: Answer =
            serde_json::from_slice(&body).map_err(|_| client.unavailable("an answer without a token"))?;
        let seconds = answer.expires_in.and_then(Number::seconds).or_else(|| {
            let now = std::time::SystemTime::UNIX_EPOCH.elapsed().ok()?.as_secs();
            answer.expires_on?.seconds()?.checked_sub(now)
        });
        Self::new(&answer.access_token, Duration::from_secs(seconds.unwrap_or(0)))
    }
}

/// Some services write numbers as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(u64),
    Text(String),
}

impl Number {
    fn seconds(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<Number>,
    expires_on: Option<Number>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
}

/// A token that is kept, and renewed in time by one of those who need it. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    mint: Arc<dyn Mint>,
    kept: Arc<Mutex<Option<Token>>>,
}

impl Tokens {
    pub(crate) fn new(mint: impl Mint + 'static) -> Self {
        Self { mint: Arc::new(mint), kept: Arc::default() }
    }

    pub(crate) async fn header(&self, client: &Client) -> Result<HeaderValue, Error> {
        let mut kept = self.kept.lock().await;
        let now = Instant::now();
        if let Some(token) = kept.as_ref().filter(|token| token.until > now + AHEAD) {
            return Ok(token.header.clone());
        }
        match (self.mint.mint(client).await, kept.as_ref()) {
            (Ok(token), _) => Ok(kept.insert(token).header.clone()),
            (Err(error), Some(old)) if old.until > now => {
                tracing::warn!(?error, "a token could not be renewed ahead of its end");
                Ok(old.header.clone())
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Gives up the token, which the store did not take.
    pub(crate) fn forget(&self) {
        // Whoever holds the lock asks for a new one.
        if let Ok(mut kept) = self.kept.try_lock() {
            *kept = None;
        }
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Pairs as a form or a query has them.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
