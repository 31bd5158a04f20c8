use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::StreamExt;
use lightmill_jobs::variants::{Id, Variants};
use lightmill_jobs::{NewJob, Put, Queue, Wake};
use lightmill_store::{self as store, List, Version};
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
    pub(super) variants: Arc<Variants>,
    pub(super) list: Arc<dyn List>,
    pub(super) wake: Wake,
}

impl Intake {
    /// Something has happened to the object `key`: its state of the moment becomes a job, unless it was one before.
    pub(super) async fn tell(&self, key: &str) {
        match self.variants.source.stat(key).await {
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
                Ok(false) => self.tell(&key).await,
                Err(error) => tracing::warn!(key, %error, "an object cannot be looked at"),
            }
        });
        looks.buffer_unordered(AT_A_TIME).for_each(async |()| ()).await;
    }

    async fn put(&self, key: &str, id: String) {
        if self.variants.is_own(key) {
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
