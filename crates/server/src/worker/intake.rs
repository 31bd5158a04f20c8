use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::StreamExt;
use lightmill_jobs::variants::{Id, Variants};
use lightmill_jobs::{Job, NewJob, Put, Queue, State, Wake};
use lightmill_store::{self as store, List};
use serde_json::json;

use super::LANE;
use crate::errors::Problem;

/// Objects that are looked at at the same time.
const AT_A_TIME: usize = 16;

/// How long is waited where the queue is full, or cannot be written.
const PAUSE: Duration = Duration::from_secs(1);

/// Puts a job for what has become of an object.
#[derive(Clone)]
pub(super) struct Intake {
    pub(super) queue: Arc<dyn Queue>,
    pub(super) variants: Arc<Variants>,
    pub(super) list: Arc<dyn List>,
    pub(super) wake: Wake,
}

/// Why an object is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// Something has happened to it.
    Event,
    /// Somebody found that it lacks a variant.
    Scan,
}

impl Intake {
    /// Something has happened to the object `key`: what is kept of it has to be looked at, which is a job when this returns.
    ///
    /// # Errors
    /// [`Problem::JobsFull`], or that the store or the queue cannot be asked: nothing was put.
    pub(super) async fn tell(&self, key: &str) -> Result<(), Problem> {
        self.look(key, Reason::Event).await
    }

    /// The same, for whoever cannot be told to try again: tried until it is a job, or cannot be one.
    pub(super) async fn tell_until_taken(&self, key: &str) {
        self.look_until_taken(key, Reason::Event).await;
    }

    /// Looks through all objects that begin with `prefix`: those that lack a variant become jobs, unless it is known that
    /// they cannot have it.
    pub(super) async fn scan(&self, prefix: &str) {
        let looks = self.list.list(prefix).map(|key| async move {
            let key = match key {
                Ok(key) => key,
                Err(error) => {
                    tracing::error!(%error, "the objects cannot be listed");
                    return;
                }
            };
            match self.variants.is_settled(&key).await {
                Ok(true) => {}
                Ok(false) => self.look_until_taken(&key, Reason::Scan).await,
                Err(error) => tracing::warn!(key, %error, "an object cannot be looked at"),
            }
        });
        looks.buffer_unordered(AT_A_TIME).for_each(async |()| ()).await;
    }

    async fn look_until_taken(&self, key: &str, reason: Reason) {
        while let Err(problem) = self.look(key, reason).await {
            match problem {
                Problem::JobsFull => {}
                Problem::Jobs(error) => tracing::error!(key, %error, "a job cannot be put"),
                // A name that no object has, or a folder that cannot be read: a later scan tells.
                error => {
                    tracing::warn!(key, %error, "an object cannot be looked at");
                    return;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn look(&self, key: &str, reason: Reason) -> Result<(), Problem> {
        if self.variants.is_own(key) {
            return Ok(());
        }
        match self.variants.source.stat(key).await {
            Ok(stat) => {
                let id = Id::of(key, &stat.version).as_str().to_owned();
                match self.put(key, id.clone(), None).await? {
                    Some(known) if !self.is_again(key, &known, reason).await? => Ok(()),
                    Some(_) => self.put(key, moment(&id, "again"), Some(format!("{id}-again"))).await.map(drop),
                    None => Ok(()),
                }
            }
            // It may go as often as it comes: each time is another.
            Err(store::Error::NotFound) => {
                let id = Id::of(key, &store::Version::new("none"));
                self.put(key, moment(id.as_str(), "gone"), None).await.map(drop)
            }
            Err(error) => Err(Problem::Mill(error.into())),
        }
    }

    /// Whether an object is to be looked at once more for which there was a job in the state that it has.
    async fn is_again(&self, key: &str, known: &Job, reason: Reason) -> Result<bool, Problem> {
        Ok(match (known.state, reason) {
            // It will see what there is then.
            (State::Queued, _) => false,
            // It may have seen what there was before; a scan sees what is not finished.
            (State::Running, reason) => reason == Reason::Event,
            // It may have gone and come back since.
            (State::Done, Reason::Event) => !self.variants.is_settled(key).await?,
            (State::Done, Reason::Scan) => true,
            // What was tried more than once failed for a reason that passes; the rest would fail again.
            (State::Failed | State::Cancelled, reason) => reason == Reason::Event && known.attempts > 1,
        })
    }

    /// Puts a job; that of the same id or key where there is one.
    async fn put(&self, key: &str, id: String, once: Option<String>) -> Result<Option<Job>, Problem> {
        let job = NewJob { id, lane: LANE.to_owned(), key: once, payload: json!({ "key": key }), follow: None };
        match self.queue.put(job).await.map_err(Problem::Jobs)? {
            Put::New(_) => {
                self.wake.wake();
                Ok(None)
            }
            Put::Known(job) => Ok(Some(job)),
            Put::Full => Err(Problem::JobsFull),
        }
    }
}

/// An id that no other job has.
fn moment(id: &str, what: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("{id}-{what}-{now}")
}
