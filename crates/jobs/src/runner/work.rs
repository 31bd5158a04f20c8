use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::watch;

use crate::{Error, Job, Outcome, Problem, Progress};

/// Who does the jobs of a lane.
#[async_trait]
pub trait Work: Send + Sync + 'static {
    /// Does a job, and says what came of it. How far it is goes into `progress`.
    ///
    /// The future is dropped when the job is cancelled, lost to another process, out of time, or to be given back: what it
    /// started must end with it. The same job may be done again later.
    async fn run(&self, job: &Job, progress: &watch::Sender<Progress>) -> Result<Value, Failure>;

    /// Is told how a job ends, before that is so: what must not be lost with it is put elsewhere here. The same end may be
    /// told again, by a process that takes the place of one that died.
    ///
    /// # Errors
    /// Why it cannot end yet: it is begun again later, and the attempt does not count.
    async fn ending(&self, _job: &Job, _outcome: &Outcome) -> Result<(), Error> {
        Ok(())
    }
}

/// Why a job was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is told about it.
    pub problem: Problem,
    /// Whether another attempt makes sense.
    pub retry: Retry,
}

/// Whether another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It would fail in the same way.
    Never,
    /// It may succeed, as long as there are attempts left; not before so long, if that is known.
    Later(Option<Duration>),
    /// Nothing was begun, because there was too much else to do: the attempt does not count.
    Busy(Duration),
}
