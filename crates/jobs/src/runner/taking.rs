use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attempt::Attempt;
use super::{Backoff, Work};
use crate::{Queue, Taken};

/// How a runner works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerSettings {
    /// Whose jobs are taken.
    pub lane: Cow<'static, str>,
    /// Jobs at a time, at least 1.
    pub at_a_time: usize,
    /// How long one may take; more is a failure that may pass.
    pub time: Duration,
    /// How often one is begun, at least 1.
    pub attempts: u32,
    /// How long is waited between two attempts.
    pub backoff: Backoff,
    /// How long a job stays this runner's without a sign of life. Well above [`Self::beat`].
    pub lease: Duration,
    /// How often signs of life are given, progress is reported, and it is asked whether a job should be stopped.
    pub beat: Duration,
    /// How often it is looked for jobs that other processes put, and those that are due again.
    pub look: Duration,
}

/// Tells a runner that there is a job, before it looks by itself. Clones tell the same runner.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// There is a job.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Takes jobs and has them done. Clones share nothing but the queue, the worker and what wakes them.
#[derive(Clone)]
pub struct Runner {
    pub(super) queue: Arc<dyn Queue>,
    pub(super) work: Arc<dyn Work>,
    pub(super) settings: RunnerSettings,
    wake: Wake,
}

impl Runner {
    /// Has `work` do what is in `queue`.
    pub fn new(queue: Arc<dyn Queue>, work: Arc<dyn Work>, settings: RunnerSettings, wake: Wake) -> Self {
        Self { queue, work, settings, wake }
    }

    /// Works until `stop`. What is not finished then is given back at once.
    pub async fn run(self, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(self.settings.at_a_time.max(1)));
        let attempts = TaskTracker::new();
        while let Some((taken, place)) = self.next(&places, &stop).await {
            let attempt = Attempt { runner: self.clone(), taken };
            let stop = stop.clone();
            attempts.spawn(async move {
                attempt.run(&stop).await;
                drop(place);
            });
        }
        attempts.close();
        attempts.wait().await;
    }

    /// The next job and a place to do it; `None` at the end.
    async fn next(&self, places: &Arc<Semaphore>, stop: &CancellationToken) -> Option<(Taken, OwnedSemaphorePermit)> {
        // It is never closed.
        let place = stop.run_until_cancelled(Arc::clone(places).acquire_owned()).await?.ok()?;
        while !stop.is_cancelled() {
            match self.queue.take(&self.settings.lane, self.settings.lease).await {
                Ok(Some(taken)) => return Some((taken, place)),
                Ok(None) => {}
                Err(error) => tracing::error!(lane = %self.settings.lane, %error, "no job can be taken"),
            }
            // Woken, or time to look: it is looked either way.
            let _ = stop.run_until_cancelled(timeout(self.settings.look, self.wake.0.notified())).await;
        }
        None
    }
}
