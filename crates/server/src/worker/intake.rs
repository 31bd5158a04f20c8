use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::{StreamExt, TryStreamExt};
use lightmill_jobs::backfill::{Looked, Orphans, Walk};
use lightmill_jobs::variants::{Id, Standing};
use lightmill_jobs::{NewJob, Put, Queue, Wake};
use lightmill_store::{self as store, Version};
use serde_json::json;

use super::LANE;

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

impl Intake {
    /// Something has happened to the object `key`: its state of the moment becomes a job, unless it was one before.
    pub(super) async fn tell(&self, key: &str) {
        match self.walk.variants.source.stat(key).await {
            Ok(stat) => self.put(key, Id::of(key, &stat.version).as_str().to_owned()).await,
            Err(store::Error::NotFound) => {
                // It may go as often as it comes: each time is another.
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
                let id = Id::of(key, &Version::new(now.to_string()));
                self.put(key, format!("{}-gone", id.as_str())).await;
            }
            // A name that no object has, or a folder that cannot be read: a later scan tells.
            Err(error) => tracing::warn!(key, %error, "an object cannot be looked at"),
        }
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
            Ok(Looked { key, standing: Standing::Lacking, .. }) => self.tell(&key).await,
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
                    self.tell(&key).await;
                }
            }
        }
        Ok(())
    }

    async fn put(&self, key: &str, id: String) {
        if self.walk.variants.is_own(key) {
            return;
        }
        loop {
            let job = NewJob {
                id: id.clone(),
                lane: LANE.to_owned(),
                key: None,
                payload: json!({ "key": key }),
                follow: None,
            };
            match self.queue.put(job).await {
                Ok(Put::New(_)) => {
                    self.wake.wake();
                    return;
                }
                Ok(Put::Known(_)) => return,
                Ok(Put::Full) => {}
                Err(error) => tracing::error!(key, %error, "a job cannot be put"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
