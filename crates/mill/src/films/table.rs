use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use lightmill_recipe::Fingerprint;
use moka::sync::Cache;
use tokio_util::task::TaskTracker;

use super::order::Order;
use super::take::Take;
use crate::results::{KeptFilm, Labels, Lasting};

/// Films in the store whose place is remembered, and for how long: a player asks for many parts of one.
const REMEMBERED: u64 = 4096;
const REMEMBERED_TIME: Duration = Duration::from_mins(1);

/// The clips that are being made, one take for each key, and those of the store that were asked for last. Clones are the
/// same.
#[derive(Debug, Clone)]
pub(crate) struct Films {
    takes: Arc<Mutex<HashMap<Fingerprint, Weak<Take>>>>,
    stored: Cache<Fingerprint, KeptFilm>,
    /// What goes on behind the clients' backs.
    finishing: TaskTracker,
}

impl Default for Films {
    fn default() -> Self {
        let stored = Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_TIME).build();
        Self { takes: Arc::default(), stored, finishing: TaskTracker::new() }
    }
}

impl Films {
    /// Others, whose end is waited for together with that of these.
    pub(crate) fn renewed(&self) -> Self {
        Self { finishing: self.finishing.clone(), ..Self::default() }
    }

    /// The film of this key, if it is kept.
    pub(crate) async fn find(&self, key: &Fingerprint, labels: &Labels, lasting: &Lasting) -> Option<KeptFilm> {
        if let Some(kept) = self.stored.get(key) {
            return Some(kept);
        }
        let kept = lasting.film(key, labels).await?;
        // Whoever holds a file of the disk keeps its bytes from being given back.
        if kept.is_stored() {
            self.stored.insert(key.clone(), kept.clone());
        }
        Some(kept)
    }

    /// The take of `key`, and whether it was there already; `order` is asked for one that is not.
    ///
    /// Must be called within a Tokio runtime.
    pub(crate) fn join(&self, key: &Fingerprint, order: impl FnOnce() -> Order) -> (Arc<Take>, bool) {
        let mut takes = self.lock();
        if let Some(take) = takes.get(key).and_then(Weak::upgrade).filter(|take| !take.has_failed()) {
            return (take, true);
        }
        takes.retain(|_, take| take.strong_count() > 0);
        let take = Take::begin(order(), &self.finishing);
        takes.insert(key.clone(), Arc::downgrade(&take));
        (take, false)
    }

    /// Forgets where films are.
    pub(crate) fn forget(&self) {
        self.stored.invalidate_all();
    }

    /// Waits for what was made to be kept.
    pub(crate) async fn settle(&self) {
        self.finishing.close();
        self.finishing.wait().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Fingerprint, Weak<Take>>> {
        // Nothing that can panic happens while the table is half changed.
        self.takes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
