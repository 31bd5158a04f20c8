use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use lightmill_image::Cancel;
use tokio::sync::oneshot;

use crate::Error;

/// Bytes of each thread's stack: nested groups of vector pictures are drawn recursively. Only what is used costs memory.
const STACK_BYTES: usize = 8 << 20;

type Work = Box<dyn FnOnce() + Send>;

/// As many threads as pictures are worked on at the same time.
///
/// They live as long as the pool, so that an allocator's and a processor's caches for each of them stay warm, and a
/// picture never meets more threads than there are permits; Tokio's blocking pool, which grows to hundreds, serves
/// files and headers. Admission lets in no more work than there are threads, hence nothing waits here.
#[derive(Debug)]
pub(crate) struct Pool {
    work: Mutex<Sender<Work>>,
}

impl Pool {
    /// # Errors
    /// If the system gives no more threads.
    pub(crate) fn start(threads: usize) -> std::io::Result<Self> {
        let (work, receiver) = mpsc::channel::<Work>();
        let receiver = Arc::new(Mutex::new(receiver));
        for i in 0..threads {
            let receiver = Arc::clone(&receiver);
            let name = format!("mill-{i}");
            // A thread ends when the pool and with it the sender is dropped.
            std::thread::Builder::new().name(name).stack_size(STACK_BYTES).spawn(move || serve(&receiver))?;
        }
        Ok(Self { work: Mutex::new(work) })
    }

    /// Runs `work` on a thread of the pool. `held` is given back when the work has ended, not when nobody waits for it
    /// any more; if nobody does, the work is told to stop.
    ///
    /// # Errors
    /// What `work` fails with, and [`Error::Internal`] if it panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        held: impl Send + 'static,
        cancel: &Cancel,
        work: impl FnOnce(&Cancel) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, receiver) = oneshot::channel();
        let token = cancel.clone();
        let work = Box::new(move || {
            let result = std::panic::catch_unwind(AssertUnwindSafe(|| {
                token.check()?;
                work(&token)
            }));
            drop(held);
            // Who does not wait any more does not want it.
            let _ = sender.send(result.unwrap_or_else(|panic| Err(Error::internal(message(&*panic)))));
        });
        self.work.lock().unwrap_or_else(PoisonError::into_inner).send(work).map_err(Error::internal)?;
        let _stop = StopOnDrop(cancel);
        receiver.await.map_err(Error::internal)?
    }
}

fn serve(work: &Mutex<Receiver<Work>>) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(work) => work(),
            Err(_) => return,
        }
    }
}

/// Tells work to stop when the future that waits for it is dropped. Work that has ended does not mind.
struct StopOnDrop<'a>(&'a Cancel);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the work panicked: {}", text.unwrap_or("without words"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_the_thread_lives_on() {
        let pool = Pool::start(1).unwrap();
        for _ in 0..3 {
            let result = pool.run((), &Cancel::default(), |_| -> Result<(), Error> { panic!("on purpose") }).await;
            let Err(Error::Internal { detail }) = result else { panic!("{result:?}") };
            assert!(detail.contains("on purpose"));
        }
        assert_eq!(pool.run((), &Cancel::default(), |_| Ok(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn work_for_nobody_stops_and_then_gives_back_what_it_held() {
        let pool = Pool::start(1).unwrap();
        let (held, given_back) = oneshot::channel::<()>();
        let cancel = Cancel::default();
        let endless = pool.run(held, &cancel, |cancel| -> Result<(), Error> {
            loop {
                cancel.check()?;
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        assert!(tokio::time::timeout(Duration::from_millis(20), endless).await.is_err());
        tokio::time::timeout(Duration::from_secs(5), given_back).await.unwrap().unwrap_err();
        assert_eq!(pool.run((), &Cancel::default(), |_| Ok(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn work_past_its_deadline_does_not_start() {
        let pool = Pool::start(1).unwrap();
        let cancel = Cancel::with_deadline(Instant::now());
        let result = pool.run((), &cancel, |_| -> Result<(), Error> { panic!("started") }).await;
        assert!(matches!(result, Err(Error::Image(error)) if matches!(*error, lightmill_image::Error::TimedOut)));
    }
}
