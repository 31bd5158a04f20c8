use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use lightmill_store as store;
use lightmill_store::http::Getter;
use rustls_pki_types::CertificateDer;
use tokio::sync::Semaphore;
use url::Url;

use super::{SnsError, signature};

/// Bytes of the largest certificate, or answer to a confirmation.
const BYTES: usize = 64 << 10;

/// How long one answer is waited for.
const TIME: Duration = Duration::from_secs(5);

/// Certificates that are remembered; SNS has one for each region.
const REMEMBERED: usize = 16;

/// How long they are.
const KEPT: Duration = Duration::from_hours(24);

/// Gets what is at a URL of SNS.
#[async_trait]
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// The body of a `GET`, of `max_bytes` at most.
    ///
    /// # Errors
    /// Why there is none.
    async fn fetch(&self, url: &Url, max_bytes: usize) -> Result<Bytes, store::Error>;
}

#[async_trait]
impl Fetch for Getter {
    async fn fetch(&self, url: &Url, max_bytes: usize) -> Result<Bytes, store::Error> {
        self.get(url, max_bytes).await
    }
}

/// Certificates by their URLs. One is fetched at a time, so that messages with invented URLs cannot have many fetched.
#[derive(Debug)]
pub(super) struct Certificates {
    fetch: Arc<dyn Fetch>,
    fetching: Semaphore,
    known: Mutex<HashMap<Url, Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    certificate: CertificateDer<'static>,
    since: SystemTime,
}

impl Certificates {
    pub(super) fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self { fetch, fetching: Semaphore::new(1), known: Mutex::default() }
    }

    /// The certificate at `url`.
    pub(super) async fn get(&self, url: &Url, now: SystemTime) -> Result<CertificateDer<'static>, SnsError> {
        if let Some(known) = self.known(url, now) {
            return Ok(known);
        }
        let turn = tokio::time::timeout(TIME, self.fetching.acquire()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or(SnsError::Unavailable(store::Error::TimedOut))?;
        // Whoever had the turn before may have fetched the same.
        if let Some(known) = self.known(url, now) {
            return Ok(known);
        }
        let certificate = signature::certificate(&self.ask(url).await?)?;
        self.remember(url.clone(), Known { certificate: certificate.clone(), since: now });
        Ok(certificate)
    }

    /// What is at `url`, fetched each time.
    pub(super) async fn ask(&self, url: &Url) -> Result<Bytes, SnsError> {
        let fetched = tokio::time::timeout(TIME, self.fetch.fetch(url, BYTES)).await;
        fetched.unwrap_or(Err(store::Error::TimedOut)).map_err(SnsError::Unavailable)
    }

    fn known(&self, url: &Url, now: SystemTime) -> Option<CertificateDer<'static>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(url)?;
        // A clock that was set back makes none older.
        let age = now.duration_since(known.since).unwrap_or_default();
        (age < KEPT).then(|| known.certificate.clone())
    }

    fn remember(&self, url: Url, new: Known) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            let oldest = known.iter().min_by_key(|(_, known)| known.since).map(|(url, _)| url.clone());
            if let Some(oldest) = oldest {
                known.remove(&oldest);
            }
        }
        known.insert(url, new);
    }
}
