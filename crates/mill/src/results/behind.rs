use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// Bytes of results that may wait to be written, in units of [`UNIT_BYTES`].
const UNITS: u32 = 64 << 10;
const UNIT_BYTES: usize = 1024;

/// Work behind the back of whoever waits for an answer: writing what was made to slower places.
///
/// When more is made than can be written, what is too much is not kept (`lightmill_results_not_kept_total`): it would
/// fill the memory, and can be made again.
///
/// Clones share the room.
#[derive(Debug, Clone)]
pub(super) struct Behind {
    room: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Default for Behind {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(UNITS as usize)), tasks: TaskTracker::new() }
    }
}

impl Behind {
    /// Starts `work`, which holds this many bytes, if there is room for them.
    pub(super) fn run(&self, bytes: usize, work: impl Future<Output = ()> + Send + 'static) {
        let units = u32::try_from(bytes / UNIT_BYTES).unwrap_or(UNITS).clamp(1, UNITS);
        match Arc::clone(&self.room).try_acquire_many_owned(units) {
            Ok(room) => {
                self.tasks.spawn(async move {
                    work.await;
                    drop(room);
                });
            }
            Err(_) => metrics::counter!("lightmill_results_not_kept_total").increment(1),
        }
    }

    /// Waits until nothing is under way.
    pub(super) async fn idle(&self) {
        // Never closed; whoever has all the room is alone.
        let _ = self.room.acquire_many(UNITS).await;
    }

    /// Takes nothing more, and waits for what is under way.
    pub(super) async fn settle(&self) {
        self.room.close();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_more_bytes_wait_than_there_is_room_for() {
        let (behind, done) = (Behind::default(), Arc::new(AtomicUsize::new(0)));
        let work = || {
            let done = Arc::clone(&done);
            async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        };
        for _ in 0..5 {
            behind.run(20 << 20, work());
        }
        behind.idle().await;
        assert_eq!(done.load(Ordering::Relaxed), 3);
        behind.run(usize::MAX, work());
        behind.run(0, work());
        behind.settle().await;
        assert_eq!(done.load(Ordering::Relaxed), 4, "one that is larger than the room waits alone");
        behind.run(0, work());
        behind.settle().await;
        assert_eq!(done.load(Ordering::Relaxed), 4);
    }
}
