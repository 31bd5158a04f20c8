use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A job that is to be put into a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Its name, unique among all jobs that the queue still knows. Another with the same name is the same job.
    pub id: String,
    /// Whose work it is. Each lane has runners of its own.
    pub lane: String,
    /// What it leads to. Among jobs of a lane that have not ended no two have the same; `None` is never the same.
    pub key: Option<String>,
    /// What is to be done. Only the lane's worker reads it.
    pub payload: Value,
    /// What becomes a job when this one has ended, however it ended, in the same step.
    pub follow: Option<Follow>,
}

/// What the id of a job ends with that follows another one.
const FOLLOWS: &str = "-end";

/// What becomes a job at another one's end. Its id is [`Follow::id`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Follow {
    /// Whose work it is.
    pub lane: String,
    /// What is to be done.
    pub payload: Value,
}

impl Follow {
    /// The id of what follows the job `id`.
    pub fn id(id: &str) -> String {
        format!("{id}{FOLLOWS}")
    }

    /// The id of the job that is followed by the one of this `id`, if it follows any.
    pub fn of(id: &str) -> Option<&str> {
        id.strip_suffix(FOLLOWS)
    }
}

/// A job, as its queue knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its name.
    pub id: String,
    /// Whose work it is.
    pub lane: String,
    /// What it leads to.
    pub key: Option<String>,
    /// What is to be done.
    pub payload: Value,
    /// How far it is.
    pub state: State,
    /// How often it was begun, but for those times that do not count ([`crate::GiveBack::counts`]).
    pub attempts: u32,
    /// As it was last reported by the attempt of the moment.
    pub progress: Progress,
    /// Whether whoever works on it should stop.
    pub cancel_wanted: bool,
    /// When it was put.
    pub created: SystemTime,
    /// When its last attempt began.
    pub started: Option<SystemTime>,
    /// When it ended.
    pub ended: Option<SystemTime>,
    /// Not to be taken before.
    pub due: SystemTime,
    /// What came of it.
    pub result: Option<Value>,
    /// Why it failed, or why the last attempt did.
    pub problem: Option<Problem>,
}

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// It waits.
    Queued,
    /// Somebody works on it.
    Running,
    /// It has a result.
    Done,
    /// It has none, and will have none.
    Failed,
    /// Nobody wants it any more.
    Cancelled,
}

impl State {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether nothing more will happen.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// The part that is done, 0 to 1, where that is known.
    pub part: Option<f32>,
    /// Seconds of the result for each second of work, where that has a meaning.
    pub speed: Option<f32>,
}

/// Why there is no result. Its code and its message are words that a client may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A word for programs.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// What only the lane's worker reads, and no client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

impl Problem {
    /// A problem with nothing beside its words.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), details: None }
    }
}
