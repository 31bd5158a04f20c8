use std::sync::Arc;

use async_trait::async_trait;
use futures::FutureExt;
use lightmill_image::Cancel;
use lightmill_image::plan::Cost;
use tokio::sync::{Semaphore, oneshot};

use crate::{Error, Subject};

/// Something that keeps a thread busy for some milliseconds.
pub type Work = Box<dyn FnOnce() + Send>;

/// On whose threads pictures are looked at. A server has its own, with admission in front.
#[async_trait]
pub trait Workers: Send + Sync + std::fmt::Debug {
    /// Does `work`, which is estimated to cost `cost`, on a thread that serves nobody else meanwhile. `work` is dropped
    /// where it may not be done.
    ///
    /// # Errors
    /// [`Error::Workers`] where it may not.
    async fn run(&self, cost: Cost, work: Work) -> Result<(), Error>;
}

/// The runtime's threads for what blocks, so many at the same time.
#[derive(Debug)]
pub struct BlockingThreads {
    places: Arc<Semaphore>,
}

impl BlockingThreads {
    /// At most `threads` at the same time, 1 or more.
    pub fn new(threads: std::num::NonZeroUsize) -> Self {
        Self { places: Arc::new(Semaphore::new(threads.get().min(Semaphore::MAX_PERMITS))) }
    }
}

#[async_trait]
impl Workers for BlockingThreads {
    async fn run(&self, _: Cost, work: Work) -> Result<(), Error> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            // Given back when the work has ended, not when nobody waits for it any more.
            let _place = place;
            work();
        });
        done.await.map_err(Error::internal)
    }
}

/// Has `look`, which costs what `cost` estimates, done by `workers`. It is told to stop when the returned future is dropped, or the subject's request ends.
pub(crate) async fn look<T: Send + 'static>(
    workers: &dyn Workers,
    subject: &Subject,
    cost: fn(&Subject) -> Result<Cost, Error>,
    look: impl FnOnce(&Subject, &Cancel) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let header = subject.clone();
    let cost = tokio::task::spawn_blocking(move || cost(&header)).await.map_err(Error::internal)??;
    let stop = StopOnDrop(subject.cancel().part());
    let (subject, cancel) = (subject.clone(), stop.0.clone());
    let (sender, receiver) = oneshot::channel();
    let work = Box::new(move || {
        let found = cancel.check().map_err(Error::from).and_then(|()| look(&subject, &cancel));
        // Who does not wait any more does not want it.
        let _ = sender.send(found);
    });
    workers.run(cost, work).await?;
    receiver.now_or_never().and_then(Result::ok).ok_or_else(|| Error::internal("the work was not done"))?
}

/// Tells work to stop when the future that waits for it is dropped. Work that has ended does not mind.
struct StopOnDrop(Cancel);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::testing::subject;

    fn workers() -> BlockingThreads {
        BlockingThreads::new(NonZeroUsize::MIN)
    }

    #[tokio::test]
    async fn work_stops_when_nobody_waits() {
        let (workers, stopped) = (workers(), Arc::new(AtomicBool::new(false)));
        let subject = subject("rocket.jpg");
        let tell = Arc::clone(&stopped);
        let endless = look(&workers, &subject, Subject::small_cost, move |_, cancel| -> Result<(), Error> {
            while cancel.check().is_ok() {
                std::thread::sleep(Duration::from_millis(1));
            }
            tell.store(true, Ordering::SeqCst);
            Ok(())
        });
        assert!(tokio::time::timeout(Duration::from_millis(100), endless).await.is_err());
        // The only thread is free again, and the request itself goes on.
        assert_eq!(look(&workers, &subject, Subject::small_cost, |_, _| Ok(7)).await.unwrap(), 7);
        assert!(stopped.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_panic_is_an_error() {
        let (workers, subject) = (workers(), subject("rocket.jpg"));
        let result =
            look(&workers, &subject, Subject::small_cost, |_, _| -> Result<(), Error> { panic!("on purpose") });
        assert!(matches!(result.await, Err(Error::Internal { .. })));
        assert_eq!(look(&workers, &subject, Subject::small_cost, |_, _| Ok(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_request_that_has_ended_starts_nothing() {
        let subject = subject("rocket.jpg");
        subject.cancel().cancel();
        let result =
            look(&workers(), &subject, Subject::small_cost, |_, _| -> Result<(), Error> { panic!("started") }).await;
        assert!(result.unwrap_err().is_of_one_request());
    }
}
