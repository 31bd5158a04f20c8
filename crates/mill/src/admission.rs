use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use lightmill_image::plan::Cost;
use lightmill_recipe::LimitError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{BusyReason, Error, Permits};

/// Memory permits are counted in units of this many bytes.
const UNIT_BYTES: u64 = 1024;

/// The longest time after which a client is told to come back.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(1);

/// The door in front of the threads: who comes first goes first, as soon as there is a thread and enough memory.
///
/// A large plan at the head of the queue is not overtaken by smaller ones behind it, so that it is never starved.
#[derive(Debug)]
pub(crate) struct Admission {
    permits: Permits,
    memory: Arc<Semaphore>,
    memory_bytes: u64,
    threads: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// Estimated microseconds of one thread, of all that waits or works.
    load: Arc<AtomicU64>,
}

/// The right to use a thread and a share of the memory, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _memory: OwnedSemaphorePermit,
    _thread: OwnedSemaphorePermit,
    _load: Load,
    _gauges: Gauges,
}

impl Admission {
    pub(crate) fn new(permits: Permits) -> Self {
        // What a semaphore can count is far above any machine's memory.
        let units = (permits.memory_bytes / UNIT_BYTES).clamp(1, u64::from(u32::MAX >> 4));
        let threads = permits.threads.get().min(Semaphore::MAX_PERMITS);
        Self {
            memory: Arc::new(Semaphore::new(units as usize)),
            memory_bytes: units * UNIT_BYTES,
            threads: Arc::new(Semaphore::new(threads)),
            waiting: Arc::default(),
            load: Arc::default(),
            permits,
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Error::Limit`] at once for what could never be admitted; [`Error::Busy`] at once if the queue is full, and
    /// later if the turn does not come in time.
    pub(crate) async fn enter(&self, cost: &Cost) -> Result<Permit, Error> {
        LimitError::check("memory_bytes", cost.bytes, self.memory_bytes)?;
        let units = cost.bytes.div_ceil(UNIT_BYTES) as u32;
        // Only past an empty queue: a free permit that is too small for the one in front is not for others.
        if self.waiting.load(Ordering::Acquire) == 0
            && let Ok(memory) = Arc::clone(&self.memory).try_acquire_many_owned(units)
            && let Ok(thread) = Arc::clone(&self.threads).try_acquire_owned()
        {
            return Ok(Self::permit(memory, thread, self.load(cost), cost));
        }
        let _place =
            Place::take(&self.waiting, self.permits.queue_length).ok_or_else(|| self.busy(BusyReason::QueueFull))?;
        let load = self.load(cost);
        // Memory first, which keeps the order: the queue of the threads holds only those whose memory is there.
        let turn = async {
            let memory = Arc::clone(&self.memory).acquire_many_owned(units).await.map_err(Error::internal)?;
            let thread = Arc::clone(&self.threads).acquire_owned().await.map_err(Error::internal)?;
            Ok(Self::permit(memory, thread, load, cost))
        };
        let turn = tokio::time::timeout(self.permits.queue_time, turn).await;
        turn.unwrap_or_else(|_| Err(self.busy(BusyReason::QueueTimeout)))
    }

    fn permit(memory: OwnedSemaphorePermit, thread: OwnedSemaphorePermit, load: Load, cost: &Cost) -> Permit {
        Permit { _memory: memory, _thread: thread, _load: load, _gauges: Gauges::raise(cost.bytes) }
    }

    fn load(&self, cost: &Cost) -> Load {
        let microseconds = u64::try_from(cost.time.as_micros()).unwrap_or(u64::MAX >> 20);
        self.load.fetch_add(microseconds, Ordering::Relaxed);
        Load { load: Arc::clone(&self.load), microseconds }
    }

    /// When all that waits and works is estimated to be done.
    fn busy(&self, reason: BusyReason) -> Error {
        let load = Duration::from_micros(self.load.load(Ordering::Relaxed)) / self.permits.threads.get() as u32;
        let seconds = load.as_secs_f64().ceil().max(1.0);
        let retry_after = Duration::from_secs(seconds as u64).min(MAX_RETRY_AFTER);
        metrics::counter!("lightmill_refused_total", "reason" => reason.name()).increment(1);
        Error::Busy { retry_after, reason }
    }
}

/// A place in the queue, as long as it is held.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, length: usize) -> Option<Self> {
        let more = |count: usize| (count < length).then_some(count + 1);
        waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok()?;
        metrics::gauge!("lightmill_queue_length").increment(1.0);
        Some(Self(Arc::clone(waiting)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
        metrics::gauge!("lightmill_queue_length").decrement(1.0);
    }
}

/// Estimated time that is still to be spent.
#[derive(Debug)]
struct Load {
    load: Arc<AtomicU64>,
    microseconds: u64,
}

impl Drop for Load {
    fn drop(&mut self) {
        self.load.fetch_sub(self.microseconds, Ordering::Relaxed);
    }
}

/// Permits in use, as metrics.
#[derive(Debug)]
struct Gauges {
    bytes: f64,
}

impl Gauges {
    fn raise(bytes: u64) -> Self {
        let bytes = bytes as f64;
        metrics::gauge!("lightmill_permits", "kind" => "threads").increment(1.0);
        metrics::gauge!("lightmill_permits", "kind" => "memory_bytes").increment(bytes);
        Self { bytes }
    }
}

impl Drop for Gauges {
    fn drop(&mut self) {
        metrics::gauge!("lightmill_permits", "kind" => "threads").decrement(1.0);
        metrics::gauge!("lightmill_permits", "kind" => "memory_bytes").decrement(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Mutex;

    use super::*;

    fn admission(threads: usize, kibibytes: u64, queue_length: usize) -> Arc<Admission> {
        Arc::new(Admission::new(Permits {
            threads: NonZeroUsize::new(threads).unwrap(),
            memory_bytes: kibibytes * 1024,
            queue_length,
            queue_time: Duration::from_secs(5),
        }))
    }

    fn cost(kibibytes: u64) -> Cost {
        Cost { bytes: kibibytes * 1024, time: Duration::from_millis(2500) }
    }

    fn reason(result: Result<Permit, Error>) -> BusyReason {
        match result {
            Err(Error::Busy { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_at_once_and_a_slow_one_in_time() {
        let admission = admission(1, 100, 1);
        let working = admission.enter(&cost(1)).await.unwrap();
        let waiting = tokio::spawn({
            let admission = Arc::clone(&admission);
            async move { admission.enter(&cost(1)).await }
        });
        tokio::task::yield_now().await;
        let start = tokio::time::Instant::now();
        let refused = admission.enter(&cost(1)).await;
        let Err(Error::Busy { retry_after, .. }) = &refused else { panic!("{refused:?}") };
        assert_eq!(*retry_after, Duration::from_secs(5), "two of 2.5 seconds on one thread");
        assert_eq!(reason(refused), BusyReason::QueueFull);
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(reason(waiting.await.unwrap()), BusyReason::QueueTimeout);
        assert_eq!(start.elapsed(), Duration::from_secs(5));
        drop(working);
        assert!(admission.enter(&cost(1)).await.is_ok());
        assert_eq!(admission.load.load(Ordering::Relaxed), 0);
        assert_eq!(admission.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_queue_of_no_length_only_lets_pass() {
        let admission = admission(1, 100, 0);
        let working = admission.enter(&cost(1)).await.unwrap();
        assert_eq!(reason(admission.enter(&cost(1)).await), BusyReason::QueueFull);
        drop(working);
        assert!(admission.enter(&cost(1)).await.is_ok());
    }

    #[tokio::test]
    async fn memory_is_shared_by_estimate() {
        let admission = admission(10, 100, 0);
        let first = admission.enter(&cost(60)).await.unwrap();
        let _second = admission.enter(&cost(40)).await.unwrap();
        assert_eq!(reason(admission.enter(&cost(1)).await), BusyReason::QueueFull);
        drop(first);
        assert!(admission.enter(&cost(60)).await.is_ok());
        let Err(Error::Limit(error)) = admission.enter(&cost(101)).await else { panic!() };
        assert_eq!((error.limit, error.actual, error.allowed), ("memory_bytes", 101 * 1024, 100 * 1024));
    }

    #[tokio::test]
    async fn who_comes_first_goes_first() {
        let admission = admission(4, 100, 10);
        let order = Arc::new(Mutex::new(Vec::new()));
        let working = admission.enter(&cost(50)).await.unwrap();
        let mut tasks = Vec::new();
        // The second would fit at once, but the first, which does not, came before it.
        for (number, kibibytes) in [(1, 90), (2, 20), (3, 100), (4, 1)] {
            let (admission, order) = (Arc::clone(&admission), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let permit = admission.enter(&cost(kibibytes)).await.unwrap();
                order.lock().unwrap().push(number);
                tokio::task::yield_now().await;
                drop(permit);
            }));
            tokio::task::yield_now().await;
        }
        assert!(order.lock().unwrap().is_empty());
        drop(working);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn who_leaves_the_queue_leaves_no_trace() {
        let admission = admission(1, 100, 5);
        let working = admission.enter(&cost(100)).await.unwrap();
        let left = tokio::time::timeout(Duration::from_millis(10), admission.enter(&cost(50))).await;
        assert!(left.is_err());
        assert_eq!(admission.waiting.load(Ordering::Relaxed), 0);
        drop(working);
        assert_eq!(admission.load.load(Ordering::Relaxed), 0);
        assert_eq!(admission.memory.available_permits(), 100);
        assert_eq!(admission.threads.available_permits(), 1);
    }
}
