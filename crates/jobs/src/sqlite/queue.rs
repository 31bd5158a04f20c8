use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use rusqlite::Connection;

use super::thread::Thread;
use super::{schema, steps};
use crate::clock::milliseconds;
use crate::{
    Clock, Counts, Error, GiveBack, Held, Job, NewJob, Outcome, Progress, Put, Queue, State, SystemClock, Taken,
};

/// Jobs in a SQLite file. Clones, and other processes that open the file, are the same queue.
#[derive(Debug, Clone)]
pub struct SqliteQueue {
    thread: Thread,
    clock: Arc<dyn Clock>,
    most: usize,
}

impl SqliteQueue {
    /// The queue in `file`, which is made if it is not there; its folder must be. `most`: jobs of a lane that may wait.
    ///
    /// # Errors
    /// [`Error::Unavailable`] for a file that cannot be opened, [`Error::Unusable`] for one that is another program's or of
    /// another version.
    pub fn open(file: &Path, most: usize) -> Result<Self, Error> {
        Self::with_clock(file, most, Arc::new(SystemClock))
    }

    /// The same, by another clock.
    pub fn with_clock(file: &Path, most: usize, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let connection = schema::open(file)?;
        let thread = Thread::start(connection).map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self { thread, clock, most })
    }

    fn now(&self) -> i64 {
        milliseconds(self.clock.now())
    }

    fn after(&self, time: Duration) -> i64 {
        milliseconds(self.clock.now() + time)
    }

    async fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.thread.call(step).await
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn put(&self, job: NewJob) -> Result<Put, Error> {
        let (most, now) = (self.most, self.now());
        self.step(move |connection| steps::put(connection, &job, most, now)).await
    }

    async fn take(&self, lane: &str, lease: Duration) -> Result<Option<Taken>, Error> {
        let (lane, now, until) = (lane.to_owned(), self.now(), self.after(lease));
        self.step(move |connection| steps::take(connection, &lane, now, until)).await
    }

    async fn extend(&self, taken: &Taken, lease: Duration) -> Result<Held, Error> {
        let (id, fence, until) = (taken.job.id.clone(), taken.fence, self.after(lease));
        self.step(move |connection| steps::extend(connection, &id, fence, until)).await
    }

    async fn report(&self, taken: &Taken, progress: Progress) -> Result<Held, Error> {
        let (id, fence) = (taken.job.id.clone(), taken.fence);
        self.step(move |connection| steps::report(connection, &id, fence, progress)).await
    }

    async fn finish(&self, taken: &Taken, outcome: Outcome) -> Result<bool, Error> {
        let (id, fence, now) = (taken.job.id.clone(), taken.fence, self.now());
        self.step(move |connection| steps::finish(connection, &id, fence, &outcome, now)).await
    }

    async fn give_back(&self, taken: &Taken, back: GiveBack) -> Result<bool, Error> {
        let (id, fence) = (taken.job.id.clone(), taken.fence);
        let (now, due) = (self.now(), self.after(back.after));
        self.step(move |connection| steps::give_back(connection, &id, fence, &back, now, due)).await
    }

    async fn get(&self, id: &str) -> Result<Option<Job>, Error> {
        let id = id.to_owned();
        self.step(move |connection| steps::get(connection, &id)).await
    }

    async fn list(&self, lane: &str, state: Option<State>, limit: usize) -> Result<Vec<Job>, Error> {
        let lane = lane.to_owned();
        self.step(move |connection| steps::list(connection, &lane, state, limit)).await
    }

    async fn cancel(&self, id: &str) -> Result<Option<Job>, Error> {
        let (id, now) = (id.to_owned(), self.now());
        self.step(move |connection| steps::cancel(connection, &id, now)).await
    }

    async fn again(&self, id: &str) -> Result<Option<Job>, Error> {
        let (id, now) = (id.to_owned(), self.now());
        self.step(move |connection| steps::again(connection, &id, now)).await
    }

    async fn remove_old(&self, before: SystemTime) -> Result<u64, Error> {
        let before = milliseconds(before);
        self.step(move |connection| steps::remove_old(connection, before)).await
    }

    async fn counts(&self, lane: &str) -> Result<Counts, Error> {
        let lane = lane.to_owned();
        self.step(move |connection| steps::counts(connection, &lane)).await
    }
}
