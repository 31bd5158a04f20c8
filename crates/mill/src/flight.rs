use std::collections::HashMap;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::Error;

/// One maker per key: whoever asks while it is at work waits for the same result.
///
/// The maker is a task of its own and belongs to no client. When the last one who waits leaves, the task is aborted:
/// its future is dropped, and what that future started must stop itself when it is dropped.
#[derive(Debug)]
pub(crate) struct Flights<K, T> {
    flights: Arc<Mutex<Table<K, T>>>,
}

#[derive(Debug)]
struct Table<K, T> {
    /// Tells a flight from a later one of the same key.
    next: u64,
    flights: HashMap<K, Flight<T>>,
}

#[derive(Debug)]
struct Flight<T> {
    number: u64,
    waiting: HashMap<u64, oneshot::Sender<Result<T, Error>>>,
    maker: AbortHandle,
}

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self { flights: Arc::new(Mutex::new(Table { next: 0, flights: HashMap::new() })) }
    }
}

impl<K, T> Flights<K, T>
where
    K: Hash + Eq + Clone + Send + 'static,
    T: Clone + Send + 'static,
{
    /// A place among those who wait for `key`, and whether others waited already. `make` is called only if nobody did.
    ///
    /// Must be called within a Tokio runtime.
    pub(crate) fn join<F>(&self, key: &K, make: impl FnOnce() -> F) -> (Waiting<K, T>, bool)
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let mut table = lock(&self.flights);
        let seat = table.next;
        table.next += 1;
        let waiting = |flight| {
            let seat = Seat { flights: Arc::clone(&self.flights), key: key.clone(), flight, number: seat };
            Waiting { receiver, _seat: seat }
        };
        if let Some(flight) = table.flights.get_mut(key) {
            flight.waiting.insert(seat, sender);
            return (waiting(flight.number), true);
        }
        let landing = Landing { flights: Arc::clone(&self.flights), key: key.clone(), number: seat };
        let work = AssertUnwindSafe(make()).catch_unwind();
        // The task cannot land before the flight is in the table: landing takes the lock that is held here.
        let maker = tokio::spawn(async move {
            let result = work.await.unwrap_or_else(|_| Err(Error::internal("a maker panicked")));
            landing.land(&result);
        });
        let flight = Flight { number: seat, waiting: HashMap::from([(seat, sender)]), maker: maker.abort_handle() };
        table.flights.insert(key.clone(), flight);
        (waiting(seat), false)
    }
}

fn lock<K, T>(flights: &Mutex<Table<K, T>>) -> MutexGuard<'_, Table<K, T>> {
    // Nothing that can panic happens while the table is half changed.
    flights.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the flight out of the table, however its task ends: a key never stays taken.
struct Landing<K: Hash + Eq, T> {
    flights: Arc<Mutex<Table<K, T>>>,
    key: K,
    number: u64,
}

impl<K: Hash + Eq, T: Clone> Landing<K, T> {
    fn land(&self, result: &Result<T, Error>) {
        let Some(flight) = self.take() else { return };
        for sender in flight.waiting.into_values() {
            // Who does not wait any more does not want it.
            let _ = sender.send(result.clone());
        }
    }
}

impl<K: Hash + Eq, T> Landing<K, T> {
    fn take(&self) -> Option<Flight<T>> {
        let mut table = lock(&self.flights);
        let ours = table.flights.get(&self.key).is_some_and(|flight| flight.number == self.number);
        if ours { table.flights.remove(&self.key) } else { None }
    }
}

impl<K: Hash + Eq, T> Drop for Landing<K, T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// The result to come. Dropping it leaves the flight.
pub(crate) struct Waiting<K: Hash + Eq, T> {
    receiver: oneshot::Receiver<Result<T, Error>>,
    _seat: Seat<K, T>,
}

impl<K: Hash + Eq + Unpin, T> Future for Waiting<K, T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        // The sender is lost only with the task, which happens when the runtime ends.
        self.receiver
            .poll_unpin(context)
            .map(|result| result.unwrap_or_else(|_| Err(Error::internal("a maker was lost"))))
    }
}

struct Seat<K: Hash + Eq, T> {
    flights: Arc<Mutex<Table<K, T>>>,
    key: K,
    flight: u64,
    number: u64,
}

impl<K: Hash + Eq, T> Drop for Seat<K, T> {
    fn drop(&mut self) {
        // Aborted after the lock is given back, as the task takes it to land.
        if let Some(flight) = self.leave() {
            flight.maker.abort();
        }
    }
}

impl<K: Hash + Eq, T> Seat<K, T> {
    /// The flight, if nobody is left who waits for it.
    fn leave(&self) -> Option<Flight<T>> {
        let mut table = lock(&self.flights);
        let flight = table.flights.get_mut(&self.key).filter(|flight| flight.number == self.flight)?;
        flight.waiting.remove(&self.number);
        if flight.waiting.is_empty() { table.flights.remove(&self.key) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures::future::join_all;

    use super::*;

    type Numbers = Flights<&'static str, usize>;

    /// Waits a little, then counts.
    fn counting(count: &Arc<AtomicUsize>) -> impl Future<Output = Result<usize, Error>> + use<> {
        let count = Arc::clone(count);
        async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(count.fetch_add(1, Ordering::SeqCst))
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn equal_wishes_are_made_once() {
        let (flights, count) = (Numbers::default(), Arc::default());
        let waiting: Vec<_> = (0..50).map(|_| flights.join(&"a", || counting(&count))).collect();
        assert_eq!(waiting.iter().filter(|(_, joined)| !joined).count(), 1);
        let results = join_all(waiting.into_iter().map(|(waiting, _)| waiting)).await;
        assert!(results.iter().all(|result| matches!(result, Ok(0))));
        assert_eq!(flights.join(&"a", || counting(&count)).0.await.unwrap(), 1);
        assert!(lock(&flights.flights).flights.is_empty());
    }

    #[tokio::test]
    async fn different_wishes_are_made_side_by_side() {
        let (flights, count) = (Numbers::default(), Arc::default());
        let (a, b) = (flights.join(&"a", || counting(&count)).0, flights.join(&"b", || counting(&count)).0);
        let (a, b) = tokio::join!(a, b);
        assert_eq!(a.unwrap() + b.unwrap(), 1);
    }

    #[tokio::test]
    async fn errors_are_shared_and_not_kept() {
        let flights = Numbers::default();
        let fail = || async {
            tokio::task::yield_now().await;
            Err(Error::StyleNotFound)
        };
        let waiting: Vec<_> = (0..3).map(|_| flights.join(&"a", fail).0).collect();
        for result in join_all(waiting).await {
            assert!(matches!(result, Err(Error::StyleNotFound)));
        }
        assert_eq!(flights.join(&"a", || async { Ok(7) }).0.await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_panic_reaches_everyone_and_blocks_nobody() {
        let flights = Numbers::default();
        let waiting: Vec<_> = (0..3).map(|_| flights.join(&"a", || async { panic!("on purpose") }).0).collect();
        for result in join_all(waiting).await {
            assert!(matches!(result, Err(Error::Internal { .. })));
        }
        assert_eq!(flights.join(&"a", || async { Ok(7) }).0.await.unwrap(), 7);
    }

    #[tokio::test]
    async fn the_maker_outlives_the_first_client_but_not_the_last() {
        let (flights, count) = (Numbers::default(), Arc::default());
        let first = flights.join(&"a", || counting(&count)).0;
        let (second, joined) = flights.join(&"a", || counting(&count));
        assert!(joined);
        drop(first);
        assert_eq!(second.await.unwrap(), 0);

        let (stopped, was_stopped) = oneshot::channel::<()>();
        let waiting = flights.join(&"b", || async move {
            let _stopped = stopped;
            std::future::pending().await
        });
        tokio::task::yield_now().await;
        drop(waiting);
        assert!(was_stopped.await.is_err(), "the future is dropped");
        let (again, joined) = flights.join(&"b", || async { Ok(7) });
        assert!(!joined);
        assert_eq!(again.await.unwrap(), 7);
    }
}
