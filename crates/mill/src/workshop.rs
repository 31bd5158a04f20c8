use std::sync::Arc;

use lightmill_image::Cancel;
use lightmill_image::plan::Cost;
use lightmill_store::async_trait;
use lightmill_vision::{self as vision, Work, Workers};

use crate::admission::Admission;
use crate::run::Pool;
use crate::{Error, Permits};

/// The threads on which pictures are worked on, and the door in front of them. Clones are the same.
#[derive(Debug, Clone)]
pub struct Workshop {
    pub(crate) admission: Arc<Admission>,
    pub(crate) pool: Arc<Pool>,
}

impl Workshop {
    /// Starts the threads, which end when nobody has the workshop any more.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn start(permits: &Permits) -> std::io::Result<Self> {
        let pool = Pool::start(permits.threads.get())?;
        Ok(Self { admission: Arc::new(Admission::new(permits.clone())), pool: Arc::new(pool) })
    }

    /// The same threads for analysers of this machine: what they do is admitted as every other work is.
    pub fn workers(&self) -> Arc<dyn Workers> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl Workers for Workshop {
    async fn run(&self, cost: Cost, work: Work) -> Result<(), vision::Error> {
        let refused = |error: Error| vision::Error::Workers(Arc::new(error));
        let permit = self.admission.enter(&cost).await.map_err(refused)?;
        // The work knows by itself when to stop; what still waits for a thread is dropped with this future.
        let cancel = Cancel::default();
        let run = self.pool.run(permit, &cancel, move |_| {
            work();
            Ok(())
        });
        run.await.map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn workshop() -> Workshop {
        let permits = Permits { threads: NonZeroUsize::MIN, queue_length: 0, ..Permits::default() };
        Workshop::start(&permits).unwrap()
    }

    fn cost() -> Cost {
        Cost { bytes: 1024, time: Duration::from_millis(1) }
    }

    #[tokio::test]
    async fn work_of_analysers_is_admitted_as_every_other() {
        let (workshop, done) = (workshop(), Arc::new(AtomicUsize::new(0)));
        let work = || {
            let done = Arc::clone(&done);
            Box::new(move || {
                done.fetch_add(1, Ordering::SeqCst);
            }) as Work
        };
        let workers = workshop.workers();
        workers.run(cost(), work()).await.unwrap();
        let permit = workshop.admission.enter(&cost()).await.unwrap();
        let refused = workers.run(cost(), work()).await.unwrap_err();
        assert!(matches!(Error::from(refused), Error::Busy { .. }));
        drop(permit);
        let too_much = Cost { bytes: u64::MAX, ..cost() };
        assert!(matches!(Error::from(workers.run(too_much, work()).await.unwrap_err()), Error::Limit(_)));
        workers.run(cost(), work()).await.unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn work_for_nobody_keeps_its_thread_until_it_ends() {
        let (workshop, (go, wait)) = (workshop(), std::sync::mpsc::channel::<()>());
        let work: Work = Box::new(move || {
            let _ = wait.recv();
        });
        let left = tokio::time::timeout(Duration::from_millis(20), workshop.workers().run(cost(), work)).await;
        assert!(left.is_err());
        assert!(workshop.admission.enter(&cost()).await.is_err(), "the thread is still at it");
        drop(go);
        let free = async {
            while workshop.admission.enter(&cost()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), free).await.unwrap();
    }
}
