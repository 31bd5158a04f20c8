//! What several tests need: a queue, a clock, and what every queue shows.

pub mod behaviours;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

use crate::sqlite::SqliteQueue;
use crate::{Clock, Follow, Job, NewJob, Problem, Put, Queue};

/// A clock that stands still until it is moved. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct Stopped(Arc<Mutex<SystemTime>>);

impl Stopped {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000))))
    }

    pub fn advance(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for Stopped {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }
}

/// A queue and its clock, in a folder of its own.
pub struct Scratch {
    pub queue: Arc<dyn Queue>,
    pub clock: Stopped,
    folder: TempDir,
}

/// How many jobs of a lane may wait in a [`Scratch`].
pub const MOST: usize = 10;

impl Scratch {
    /// A file.
    pub fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Stopped::new());
        let queue = SqliteQueue::with_clock(&folder.path().join("jobs"), MOST, Arc::new(clock.clone())).unwrap();
        Self { queue: Arc::new(queue), clock, folder }
    }

    /// Any other queue, by this clock, where [`MOST`] jobs may wait.
    pub fn of(queue: Arc<dyn Queue>, clock: Stopped) -> Self {
        Self { queue, clock, folder: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("jobs")
    }

    /// The same file, opened another time, as another process does.
    pub fn again(&self) -> SqliteQueue {
        SqliteQueue::with_clock(&self.file(), MOST, Arc::new(self.clock.clone())).unwrap()
    }

    pub async fn put(&self, id: &str) -> Job {
        match self.queue.put(new(id)).await.unwrap() {
            Put::New(job) => job,
            other => panic!("{other:?}"),
        }
    }

    pub async fn job(&self, id: &str) -> Job {
        self.queue.get(id).await.unwrap().unwrap()
    }
}

/// A job that `told` follows.
pub fn new(id: &str) -> NewJob {
    let follow = Some(Follow { lane: "told".to_owned(), payload: serde_json::json!({"of": id}) });
    NewJob { id: id.to_owned(), lane: "work".to_owned(), key: None, payload: serde_json::json!({"n": id}), follow }
}

pub fn problem(message: &str) -> Problem {
    Problem::new("TestError", message)
}

/// One test for each of [`behaviours`], of what this makes.
macro_rules! shows {
    ($scratch:expr) => {
        $crate::testing::shows! { $scratch =>
            the_oldest_is_taken_first_and_each_once
            who_lost_a_job_says_nothing_any_more
            progress_is_that_of_the_attempt
            the_same_job_is_put_once
            only_so_many_wait
            what_has_ended_can_be_done_again
            what_follows_is_put_at_every_end_and_once
            jobs_are_cancelled_in_every_state
            jobs_are_listed_counted_and_forgotten
        }
    };
    ($scratch:expr => $($behaviour:ident)*) => {
        $(#[tokio::test]
        async fn $behaviour() {
            $crate::testing::behaviours::$behaviour(&$scratch).await;
        })*
    };
}
pub(crate) use shows;
