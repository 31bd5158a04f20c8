use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

/// Threads that each serve their own connections, from the first byte to the last.
///
/// A connection stays where it is: nothing is handed from thread to thread while small answers are given, which costs
/// more than giving them. Pictures are made on threads of the mill's own.
#[derive(Debug, Default)]
pub struct Workers {
    workers: Vec<Worker>,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Worker {
    runtime: Handle,
    connections: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Workers {
    /// Starts `count` threads. Without any, connections are served by the runtime that accepts them.
    ///
    /// # Errors
    /// If the system gives no more threads or descriptors.
    pub fn start(count: usize) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let workers = (0..count).map(|number| Worker::start(number, stop.clone())).collect::<Result<_, _>>()?;
        Ok(Self { workers, stop })
    }

    /// Has the thread with the fewest connections serve another one.
    pub fn spawn(&self, connection: impl Future<Output = ()> + Send + 'static) {
        let fewest = self.workers.iter().min_by_key(|worker| worker.connections.load(Ordering::Relaxed));
        let Some(worker) = fewest else {
            tokio::spawn(connection);
            return;
        };
        let place = Place::take(&worker.connections);
        worker.runtime.spawn(async move {
            connection.await;
            drop(place);
        });
    }
}

impl Drop for Workers {
    /// Ends the threads, and whatever they still serve.
    fn drop(&mut self) {
        self.stop.cancel();
        for worker in &mut self.workers {
            // A thread that panicked has said so.
            worker.thread.take().map(JoinHandle::join);
        }
    }
}

impl Worker {
    fn start(number: usize, stop: CancellationToken) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let thread = std::thread::Builder::new().name(format!("connections-{number}")).spawn(move || {
            runtime.block_on(stop.cancelled_owned());
            // Files that are being read are not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Self { runtime: handle, connections: Arc::default(), thread: Some(thread) })
    }
}

/// One connection more, until it is dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(connections: &Arc<AtomicUsize>) -> Self {
        connections.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(connections))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn connections_go_where_the_fewest_are_and_stay_there() {
        let workers = Workers::start(2).unwrap();
        let (tell, told) = mpsc::channel();
        let spawn = |until: CancellationToken| {
            let tell = tell.clone();
            workers.spawn(async move {
                let first = std::thread::current().id();
                tell.send(first).unwrap();
                until.cancelled().await;
                assert_eq!(std::thread::current().id(), first);
            });
            told.recv().unwrap()
        };
        let (long, short) = (CancellationToken::new(), CancellationToken::new());
        let first = spawn(long.clone());
        assert_ne!(spawn(short.clone()), first);
        short.cancel();
        while workers.workers.iter().map(|worker| worker.connections.load(Ordering::Relaxed)).sum::<usize>() > 1 {
            std::thread::yield_now();
        }
        assert_ne!(spawn(short), first);
        drop(workers);
    }
}
