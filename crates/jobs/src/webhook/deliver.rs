use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use lightmill_store as store;
use lightmill_store::http::{Posted, Poster};
use lightmill_store::secrets::Keyring;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use super::log::logged;
use super::target::{self, TargetError};
use super::{ID, Message, SIGNATURE, SigningSecret, SigningSecretError, TIMESTAMP, sign};
use crate::{Failure, Job, Problem, Retry};

/// Tells servers.
///
/// * `lightmill_webhooks_total{to, outcome}`: attempts; `outcome` is `delivered`, `failed` (another one follows, unless it was
///   the last) or `refused` (none follows: the server is gone, or may not be told).
#[derive(Debug)]
pub struct Webhooks {
    /// What metrics call those who are told.
    name: String,
    poster: Poster,
    secrets: Arc<Keyring>,
    hosts: Vec<String>,
    time: Duration,
}

/// One attempt to tell somebody.
pub(super) struct Attempt {
    pub(super) at: SystemTime,
    pub(super) took: Duration,
    /// Of the answer, if there was one.
    pub(super) status: Option<StatusCode>,
    /// Why it is no success.
    pub(super) failure: Option<Failure>,
}

impl Webhooks {
    /// Signs with each of `secrets`; tells only `hosts`, or every host if there are none; waits `time` for an answer.
    pub fn new(
        name: impl Into<String>,
        poster: Poster,
        secrets: Arc<Keyring>,
        hosts: Vec<String>,
        time: Duration,
    ) -> Self {
        Self { name: name.into(), poster, secrets, hosts, time }
    }

    /// The secrets that sign.
    pub fn secrets(&self) -> &Arc<Keyring> {
        &self.secrets
    }

    /// Whether every secret that is known now can sign.
    ///
    /// # Errors
    /// What is wrong with the first that cannot.
    pub fn check_secrets(&self) -> Result<(), SigningSecretError> {
        let secrets = self.secrets.secrets();
        secrets.iter().try_for_each(|secret| SigningSecret::parse(secret.reveal()).map(drop))
    }

    /// Whether something can be told there, as far as is known before it is.
    ///
    /// # Errors
    /// Why not.
    pub async fn admit(&self, url: &str) -> Result<(), TargetError> {
        let url = target::read(url, &self.hosts)?;
        // A server of names that is slow says nothing about the address, which is looked at again.
        match timeout(self.time, self.poster.admit(&url)).await {
            Ok(Err(_)) => Err(TargetError::Address),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }

    /// Tells `message` on behalf of `job`, whose id is that of what is told. What comes of the job then: with the log of its
    /// attempts ([`super::tried`]).
    ///
    /// # Errors
    /// Whether another attempt makes sense: not if nothing may be told there, or the server says that it is gone (410).
    pub async fn tell(&self, job: &Job, url: &str, message: &Message) -> Result<Value, Failure> {
        let attempt = match message.body() {
            Ok(body) => self.deliver(url, &job.id, body).await,
            Err(error) => return Err(failure(&error, Retry::Never)),
        };
        let outcome = match &attempt.failure {
            None => "delivered",
            Some(Failure { retry: Retry::Never, .. }) => "refused",
            Some(_) => "failed",
        };
        metrics::counter!("lightmill_webhooks_total", "to" => self.name.clone(), "outcome" => outcome).increment(1);
        logged(job, attempt)
    }

    pub(super) async fn deliver(&self, url: &str, id: &str, body: Bytes) -> Attempt {
        let (at, start) = (SystemTime::now(), Instant::now());
        let (status, failure) = match self.send(url, id, body, at).await {
            Ok((status, failure)) => (Some(status), failure),
            Err(failure) => (None, Some(failure)),
        };
        Attempt { at, took: start.elapsed(), status, failure }
    }

    async fn send(
        &self,
        url: &str,
        id: &str,
        body: Bytes,
        now: SystemTime,
    ) -> Result<(StatusCode, Option<Failure>), Failure> {
        let url = target::read(url, &self.hosts).map_err(|error| failure(&error, Retry::Never))?;
        let headers = self.headers(id, &body, now).map_err(|error| {
            tracing::error!(to = self.name, %error, "a webhook cannot be signed");
            failure(&error, Retry::Later(None))
        })?;
        let sent = timeout(self.time, self.poster.post(&url, headers, body)).await;
        let Posted { status, retry_after } =
            sent.unwrap_or(Err(store::Error::TimedOut)).map_err(|error| unreached(&error, &url))?;
        Ok((status, judge(status, retry_after)))
    }

    /// A secret that is none signs nothing; the others do.
    fn headers(&self, id: &str, body: &[u8], now: SystemTime) -> Result<HeaderMap, Unsigned> {
        let parsed: Vec<_> =
            self.secrets.secrets().iter().map(|secret| SigningSecret::parse(secret.reveal())).collect();
        let signing: Vec<&SigningSecret> = parsed.iter().flatten().collect();
        if signing.is_empty() {
            let reason = parsed.iter().find_map(|one| one.as_ref().err()).copied();
            return Err(reason.map_or(Unsigned::NoSecret, Unsigned::Secret));
        }
        let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let value = |text: String| HeaderValue::try_from(text).map_err(|_| Unsigned::Header);
        Ok(HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (ID, value(id.to_owned())?),
            (TIMESTAMP, value(seconds.to_string())?),
            (SIGNATURE, value(sign(signing, id, seconds, body))?),
        ]))
    }
}

/// Why nothing is sent.
#[derive(Debug, thiserror::Error)]
enum Unsigned {
    #[error("there is no secret")]
    NoSecret,
    #[error("{0}")]
    Secret(SigningSecretError),
    #[error("its id is not the value of a header")]
    Header,
}

fn judge(status: StatusCode, retry_after: Option<Duration>) -> Option<Failure> {
    match status {
        _ if status.is_success() => None,
        StatusCode::GONE => Some(failure(&"the server answered 410 Gone", Retry::Never)),
        _ => {
            let words = format_args!("the server answered {}", status.as_u16()).to_string();
            Some(failure(&words, Retry::Later(retry_after)))
        }
    }
}

fn unreached(error: &store::Error, url: &Url) -> Failure {
    if *error == store::Error::Forbidden {
        return failure(&TargetError::Address, Retry::Never);
    }
    tracing::warn!(host = url.host_str(), detail = ?error, "a webhook was not delivered");
    let words = if *error == store::Error::TimedOut { "did not answer in time" } else { "cannot be reached" };
    failure(&format_args!("the server {words}"), Retry::Later(None))
}

/// A delivery that failed, in public words.
pub(super) fn failure(message: &dyn std::fmt::Display, retry: Retry) -> Failure {
    Failure { problem: Problem::new("WebhookError", message.to_string()), retry }
}
