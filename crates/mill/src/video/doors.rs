use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::VideoSettings;
use crate::{BusyReason, Error};

/// How many children run at a time, and the bounded queue in front of them.
#[derive(Debug)]
pub(super) struct Doors {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue_length: usize,
    queue_time: Duration,
}

/// One who waits.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Doors {
    pub(super) fn new(settings: &VideoSettings) -> Self {
        Self {
            places: Arc::new(Semaphore::new(settings.processes.get())),
            waiting: AtomicUsize::new(0),
            queue_length: settings.queue_length,
            queue_time: settings.queue_time,
        }
    }

    /// A place, at once or after a wait.
    ///
    /// # Errors
    /// [`Error::Busy`], if too many wait already, or it took too long.
    pub(super) async fn enter(&self) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let retry_after = Duration::from_secs(self.queue_time.as_secs().max(1));
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(&self.waiting);
        if before >= self.queue_length {
            return Err(Error::Busy { retry_after, reason: BusyReason::QueueFull });
        }
        let place = tokio::time::timeout(self.queue_time, Arc::clone(&self.places).acquire_owned()).await;
        drop(waiting);
        let place = place.map_err(|_| Error::Busy { retry_after, reason: BusyReason::QueueTimeout })?;
        place.map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    fn doors(queue_length: usize) -> Doors {
        let processes = NonZeroUsize::MIN;
        Doors::new(&VideoSettings { processes, queue_length, queue_time: Duration::from_secs(2), ..Default::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_there_are_places_wait_and_no_more_than_may() {
        let doors = doors(1);
        let first = doors.enter().await.unwrap();
        let (second, third) = tokio::join!(doors.enter(), doors.enter());
        let reason = |result: Result<OwnedSemaphorePermit, Error>| match result {
            Err(Error::Busy { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!([reason(second), reason(third)], [BusyReason::QueueTimeout, BusyReason::QueueFull]);
        drop(first);
        // Whoever left the queue is not counted any more.
        assert!(doors.enter().await.is_ok());
        assert_eq!(doors.waiting.load(Ordering::Relaxed), 0);
    }
}
