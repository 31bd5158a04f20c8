use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use serde_json::Value;

use crate::{Error, Job, NewJob, Problem, Progress, State};

/// Where jobs outlive the process. Many processes may share one.
///
/// A job is handed to one taker at a time, for the time of a lease, which the taker extends. After that it is handed to
/// another one, and nothing that the first still says counts.
///
/// No method has a default: a queue around another one that forgets to pass something on does not compile.
#[async_trait]
pub trait Queue: Send + Sync + std::fmt::Debug {
    /// Keeps a job, durably once this returns.
    async fn put(&self, job: NewJob) -> Result<Put, Error>;

    /// The oldest job of `lane` that is due, or whose lease has run out, for the time of `lease`. One attempt more.
    async fn take(&self, lane: &str, lease: Duration) -> Result<Option<Taken>, Error>;

    /// Has the lease end `lease` from this moment on.
    async fn extend(&self, taken: &Taken, lease: Duration) -> Result<Held, Error>;

    /// Tells how far it is.
    async fn report(&self, taken: &Taken, progress: Progress) -> Result<Held, Error>;

    /// Ends the job, and puts what follows it. Whether it was still this taker's.
    async fn finish(&self, taken: &Taken, outcome: Outcome) -> Result<bool, Error>;

    /// Has the job wait again. Whether it was still this taker's.
    async fn give_back(&self, taken: &Taken, back: GiveBack) -> Result<bool, Error>;

    /// The job of this id.
    async fn get(&self, id: &str) -> Result<Option<Job>, Error>;

    /// At most `limit` jobs of `lane`, the newest first, of one state or of all. What changed a moment ago may be missing.
    async fn list(&self, lane: &str, state: Option<State>, limit: usize) -> Result<Vec<Job>, Error>;

    /// Ends a job that waits; of one that somebody works on, that is told to whoever does. One that has ended stays as it
    /// is. The job as it is then.
    async fn cancel(&self, id: &str) -> Result<Option<Job>, Error>;

    /// Has a job that has ended wait again, as if it had never been begun; its result and its problem are known until another
    /// end. One that has not ended stays as it is, and so does one whose key another job has by then. The job as it is then.
    async fn again(&self, id: &str) -> Result<Option<Job>, Error>;

    /// Forgets jobs that ended before then. How many those were.
    async fn remove_old(&self, before: SystemTime) -> Result<u64, Error>;

    /// What is in `lane`, or was a moment ago.
    async fn counts(&self, lane: &str) -> Result<Counts, Error>;
}

/// What became of a job that was put.
#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    /// It waits.
    New(Job),
    /// There is one with its id, or one with its key that has not ended; this is it.
    Known(Job),
    /// The lane has as many waiting jobs as it may.
    Full,
}

/// A job in the hands of one taker.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// As it was when it was taken.
    pub job: Job,
    /// How often the job was taken until now: who has an earlier number has it no more.
    pub fence: u64,
}

/// Whether a job is still in the hands of its taker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is.
    Kept,
    /// It is, and should be stopped.
    CancelWanted,
    /// Another one has it, or it is gone: nothing that is done counts any more.
    Lost,
}

/// How a job ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// With a result.
    Done(Value),
    /// Without, and that will not change.
    Failed(Problem),
    /// Nobody wanted it any more.
    Cancelled,
}

impl Outcome {
    /// The state that it leads to.
    pub const fn state(&self) -> State {
        match self {
            Self::Done(_) => State::Done,
            Self::Failed(_) => State::Failed,
            Self::Cancelled => State::Cancelled,
        }
    }
}

/// How a job waits again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// How long from this moment on.
    pub after: Duration,
    /// Whether the attempt counts. Not so if nothing was wrong with the job.
    pub counts: bool,
    /// What went wrong.
    pub problem: Option<Problem>,
}

/// How much is in a lane.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Jobs in each state, in the order of [`State::ALL`].
    pub by_state: [u64; 5],
    /// When the oldest was put that waits or is worked on.
    pub oldest: Option<SystemTime>,
}
