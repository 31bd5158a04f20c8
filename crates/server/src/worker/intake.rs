use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::{StreamExt, TryStreamExt};
use lightmill_jobs::backfill::{Looked, Orphans, Walk};
use lightmill_jobs::variants::{Id, Standing};
use lightmill_jobs::{Job, NewJob, Put, Queue, State, Wake};
use lightmill_store as store;
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
    pub(super) walk: Walk,
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

    /// Looks through everything: objects as [`Self::scan`] does, and variants for those of what is gone.
    pub(super) async fn look_through(&self) {
        self.scan("").await;
        if self.walk.variants.removes
            && let Err(error) = self.remove_orphans().await
        {
            tracing::error!(%error, "variants of what is gone cannot be looked for");
        }
    }

    /// Looks through all objects that begin with `prefix`: those that lack a variant become jobs, unless it is known that
    /// they cannot have it.
    pub(super) async fn scan(&self, prefix: &str) {
        let objects = self.walk.objects(prefix, None);
        objects.for_each_concurrent(AT_A_TIME, |looked| self.take_up(looked)).await;
    }

    async fn take_up(&self, looked: Result<Looked, lightmill_mill::Error>) {
        match looked {
            Ok(Looked { key, standing: Standing::Lacking, .. }) => self.look_until_taken(&key, Reason::Scan).await,
            Ok(Looked { key, standing: Standing::Cluttered, .. }) if self.walk.variants.removes => {
                if let Err(error) = self.walk.variants.tidy(&key).await {
                    tracing::warn!(key, %error, "variants of other states cannot be removed");
                }
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the objects cannot be listed"),
        }
    }

    async fn remove_orphans(&self) -> Result<(), lightmill_mill::Error> {
        let mut pages = self.walk.orphans("", None);
        while let Some(Orphans { gone, doubtful, .. }) = pages.try_next().await? {
            if doubtful > 0 {
                tracing::warn!(doubtful, "variants stay whose object may be gone");
            }
            for orphan in gone {
                let (removed, back) = self.walk.remove(orphan).await?;
                tracing::debug!(removed, "variants of an object that went unseen");
                if let Some(key) = back {
                    self.look_until_taken(&key, Reason::Event).await;
                }
            }
        }
        Ok(())
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
        if !self.walk.is_object(key) {
            return Ok(());
        }
        match self.walk.variants.source.stat(key).await {
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
            (State::Done, Reason::Event) => !self.walk.variants.is_settled(key).await?,
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
