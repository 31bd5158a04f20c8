use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::future::join_all;
use metrics::counter;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::{Reference, Secret, SecretError, Secrets};
use crate::local::Stamp;

/// At least so much lies between the beginnings of two readings that requests ask for.
const PAUSE: Duration = Duration::from_secs(1);

/// What several references say: the first secret signs, all of them are valid.
///
/// What was read stays valid until something else is read in its place: a place that cannot be reached, or says
/// what makes no sense, changes nothing.
///
/// * `lightmill_secret_reads_total{place, outcome}`: `place` as in references, `outcome` being `ok` or `error`.
#[derive(Debug)]
pub struct Keyring {
    references: Vec<Reference>,
    places: Arc<dyn Secrets>,
    held: RwLock<Arc<[Secret]>>,
    /// Held while it is read.
    read: Mutex<Reading>,
}

#[derive(Debug)]
struct Reading {
    /// When the last reading began, also one that was given up because nobody waited any more.
    tried: Option<Instant>,
    /// When the last one began that was finished.
    began: Option<Instant>,
    /// What each reference said, or nothing as long as it said nothing.
    said: Vec<Vec<Secret>>,
    /// What files looked like before they were read.
    stamps: Vec<Option<Stamp>>,
}

impl Keyring {
    /// Holds what needs no reading; [`Self::refresh`] reads the rest.
    pub fn new(references: Vec<Reference>, places: Arc<dyn Secrets>) -> Self {
        let said: Vec<_> = references.iter().map(|reference| reference.here().unwrap_or_default()).collect();
        let held = RwLock::new(said.concat().into());
        let stamps = vec![None; references.len()];
        Self { references, places, held, read: Mutex::new(Reading { tried: None, began: None, said, stamps }) }
    }

    /// Where its secrets are.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// What holds now. The same allocation for as long as nothing changes.
    pub fn secrets(&self) -> Arc<[Secret]> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether every reference has been read, however long ago.
    pub async fn is_complete(&self) -> bool {
        self.read.lock().await.said.iter().all(|said| !said.is_empty())
    }

    /// Reads everything again; what could not be read stays as it was.
    pub async fn refresh(&self) -> Vec<SecretError> {
        self.read_into(&mut *self.read.lock().await).await
    }

    /// As [`Self::refresh`], if a file has changed, or the last reading began more than `every` ago.
    pub async fn refresh_if_due(&self, every: Duration) -> Vec<SecretError> {
        if !self.can_change() {
            return Vec::new();
        }
        let mut reading = self.read.lock().await;
        let due = reading.tried.is_none_or(|tried| tried.elapsed() >= every);
        if due || stamps(&self.references).await != reading.stamps {
            self.read_into(&mut reading).await
        } else {
            Vec::new()
        }
    }

    /// What holds after a reading that began after this call, for somebody who has a secret that is not among
    /// [`Self::secrets`]. Readings that are wanted so begin a second apart; until then it waits, together with all others.
    pub async fn renewed(&self) -> Arc<[Secret]> {
        let asked = Instant::now();
        if self.can_change() {
            let mut reading = self.read.lock().await;
            if reading.began.is_none_or(|began| began < asked) {
                if let Some(tried) = reading.tried {
                    sleep_until(tried + PAUSE).await;
                }
                for error in self.read_into(&mut reading).await {
                    tracing::warn!(%error, "what a secret was before stays valid");
                }
            }
        }
        self.secrets()
    }

    fn can_change(&self) -> bool {
        self.references.iter().any(Reference::can_change)
    }

    async fn read_into(&self, reading: &mut Reading) -> Vec<SecretError> {
        let now = Instant::now();
        reading.tried = Some(now);
        // Taken before reading: a change in between is seen the next time.
        let stamps = stamps(&self.references).await;
        let mut errors = Vec::new();
        let answers = join_all(self.references.iter().map(|reference| self.places.read(reference))).await;
        for ((reference, said), answer) in self.references.iter().zip(&mut reading.said).zip(answers) {
            let outcome = if answer.is_ok() { "ok" } else { "error" };
            counter!("lightmill_secret_reads_total", "place" => reference.scheme(), "outcome" => outcome).increment(1);
            match answer {
                Ok(secrets) => *said = secrets,
                Err(error) => errors.push(error),
            }
        }
        (reading.began, reading.stamps) = (Some(now), stamps);
        let all = reading.said.concat();
        if *self.secrets() != *all {
            tracing::info!(count = all.len(), "the secrets of a keyring are others");
            *self.held.write().unwrap_or_else(PoisonError::into_inner) = all.into();
        }
        errors
    }
}

/// What the files among `references` look like.
async fn stamps(references: &[Reference]) -> Vec<Option<Stamp>> {
    let stamps = references.iter().map(async |reference| match reference {
        Reference::File(path) => Stamp::of(path.clone()).await.ok(),
        _ => None,
    });
    join_all(stamps).await
}
