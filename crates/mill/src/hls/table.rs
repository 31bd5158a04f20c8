use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use lightmill_recipe::Fingerprint;
use lightmill_store::Condition;
use moka::sync::Cache;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::index::Index;
use super::lease::Lease;
use super::maker;
use crate::Error;
use crate::films::Order;

/// Whole videos whose index is remembered, and for how long.
const REMEMBERED: u64 = 1024;
const REMEMBERED_TIME: Duration = Duration::from_mins(1);

/// The HLS videos that are being made here. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Productions {
    running: Arc<Mutex<HashMap<Fingerprint, Production>>>,
    pub(super) whole: Cache<Fingerprint, Arc<Index>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// One that is being made here, or begins to be.
#[derive(Debug, Clone)]
pub(super) struct Production {
    pub(super) index: watch::Receiver<Index>,
    /// How it ended, once it has.
    pub(super) end: watch::Receiver<Option<Result<(), Error>>>,
    /// Whether somebody has asked for it who does not wait for its end.
    viewed: Arc<AtomicBool>,
    stop: CancellationToken,
}

/// Ends the work when it is dropped, if nobody has asked for it who does not wait for its end.
pub(super) struct ForOne(Production);

impl Drop for ForOne {
    fn drop(&mut self) {
        if !self.0.viewed.load(Ordering::Acquire) {
            self.0.stop.cancel();
        }
    }
}

impl Production {
    /// What there is of it; whoever waits for a change from then on waits for another.
    pub(super) fn seen(mut self) -> (Arc<Index>, Option<Self>) {
        let index = Arc::new(self.index.borrow_and_update().clone());
        (index, Some(self))
    }

    /// Whoever holds this waits for the end, and for him it is made.
    pub(super) fn for_one(&self) -> ForOne {
        ForOne(self.clone())
    }
}

impl Default for Productions {
    fn default() -> Self {
        Self {
            running: Arc::default(),
            whole: Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_TIME).build(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }
    }
}

impl Productions {
    /// Others, which end together with these.
    pub(crate) fn renewed(&self) -> Self {
        Self { tasks: self.tasks.clone(), stop: self.stop.clone(), ..Self::default() }
    }

    pub(super) fn find(&self, key: &Fingerprint) -> Option<Production> {
        self.lock().get(key).cloned()
    }

    /// Somebody asks for the video, and may come back for more of it.
    pub(super) fn view(&self, key: &Fingerprint) {
        if let Some(production) = self.lock().get(key) {
            production.viewed.store(true, Ordering::Release);
        }
    }

    /// Begins to make the video, unless that is done here already. On `condition` the lease is taken; that somebody else
    /// has it is a good end.
    ///
    /// Must be called within a Tokio runtime.
    pub(super) fn begin(&self, order: Order, condition: Condition) -> Production {
        let mut running = self.lock();
        if let Some(production) = running.get(&order.key) {
            return production.clone();
        }
        let (index, told) = watch::channel(Index::new(format!("{:032x}", fastrand::u128(..))));
        let (ended, end) = watch::channel(None);
        let (viewed, stop) = (Arc::default(), self.stop.child_token());
        let production = Production { index: told, end, viewed, stop: stop.clone() };
        running.insert(order.key.clone(), production.clone());
        let table = self.clone();
        self.tasks.spawn(async move {
            let producing = AssertUnwindSafe(produce(&order, &index, &condition, &stop)).catch_unwind();
            let result = producing.await.unwrap_or_else(|_| Err(Error::internal("a maker panicked")));
            table.lock().remove(&order.key);
            if let Err(error) = &result {
                order.results.keep_error(order.key.clone(), error);
            }
            ended.send_replace(Some(result));
        });
        production
    }

    /// Forgets which videos are whole.
    pub(crate) fn forget(&self) {
        self.whole.invalidate_all();
    }

    /// Gives up what is not whole, so that another instance can begin anew at once.
    pub(crate) async fn settle(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Fingerprint, Production>> {
        // Nothing that can panic happens while the table is half changed.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the video under a lease, or finds that somebody else does.
async fn produce(
    order: &Order,
    index: &watch::Sender<Index>,
    condition: &Condition,
    stop: &CancellationToken,
) -> Result<(), Error> {
    let beginning = index.borrow().clone();
    let Some(mut lease) = Lease::take(order, &beginning, condition).await? else { return Ok(()) };
    let made = {
        let mut held = std::pin::pin!(lease.hold(index.subscribe()));
        tokio::select! {
            made = maker::make(order, index, stop) => match made {
                // Said to all before it is over.
                Ok(()) => return held.await,
                error => error,
            },
            lost = &mut held => return lost,
        }
    };
    let last = index.borrow().clone();
    lease.release(last).await;
    made
}
