use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use lightmill_store as store;
use lightmill_store::http::{Posted, Poster};
use lightmill_store::secrets::Keyring;
use tokio::time::timeout;
use url::Url;

use super::signature::{SIGNATURE, sign};
use super::target::{self, TargetError};
use crate::{Failure, Problem, Retry};

/// The header with the name of a delivery, the same for each attempt: by it a server knows that it was told before.
const ID: HeaderName = HeaderName::from_static("lightmill-webhook-id");

/// Tells servers that clients name.
#[derive(Debug)]
pub struct Webhooks {
    poster: Poster,
    secrets: Arc<Keyring>,
    hosts: Vec<String>,
    time: Duration,
}

impl Webhooks {
    /// Signs with each of `secrets`; tells only `hosts`, or every host if there are none; waits `time` for an answer.
    pub fn new(poster: Poster, secrets: Arc<Keyring>, hosts: Vec<String>, time: Duration) -> Self {
        Self { poster, secrets, hosts, time }
    }

    /// The secrets that sign.
    pub fn secrets(&self) -> &Arc<Keyring> {
        &self.secrets
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

    /// Tells `body`, JSON, under the name `id`. The status of the answer.
    ///
    /// # Errors
    /// Whether another attempt makes sense: not if nothing may be told there, or the server says that it is gone (410).
    pub async fn deliver(&self, url: &str, id: &str, body: Bytes) -> Result<StatusCode, Failure> {
        let url = target::read(url, &self.hosts).map_err(|error| failure(&error, Retry::Never))?;
        let headers = self.headers(id, &body).ok_or_else(|| failure(&"there is no secret", Retry::Later(None)))?;
        let sent = timeout(self.time, self.poster.post(&url, headers, body)).await;
        judge(sent.unwrap_or(Err(store::Error::TimedOut)), &url)
    }

    fn headers(&self, id: &str, body: &[u8]) -> Option<HeaderMap> {
        let secrets = self.secrets.secrets();
        let signature = sign(secrets.iter().map(store::Secret::reveal), SystemTime::now(), body);
        (!secrets.is_empty()).then_some(())?;
        Some(HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (SIGNATURE, HeaderValue::try_from(signature).ok()?),
            (ID, HeaderValue::try_from(id).ok()?),
        ]))
    }
}

fn judge(sent: Result<Posted, store::Error>, url: &Url) -> Result<StatusCode, Failure> {
    match sent {
        Ok(Posted { status, .. }) if status.is_success() => Ok(status),
        Ok(Posted { status: StatusCode::GONE, .. }) => Err(failure(&"the server answered 410 Gone", Retry::Never)),
        Ok(Posted { status, retry_after }) => {
            Err(failure(&format_args!("the server answered {}", status.as_u16()), Retry::Later(retry_after)))
        }
        Err(store::Error::Forbidden) => Err(failure(&TargetError::Address, Retry::Never)),
        Err(error) => {
            tracing::warn!(host = url.host_str(), detail = ?error, "a webhook was not delivered");
            let words = if error == store::Error::TimedOut { "did not answer in time" } else { "cannot be reached" };
            Err(failure(&format_args!("the server {words}"), Retry::Later(None)))
        }
    }
}

fn failure(message: &dyn std::fmt::Display, retry: Retry) -> Failure {
    Failure { problem: Problem { code: "WebhookError".to_owned(), message: message.to_string() }, retry }
}
