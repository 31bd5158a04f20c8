use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::deliver::{Attempt, failure};
use crate::{Failure, Job, Problem, Retry, rfc3339};

/// Attempts that are remembered of one delivery: the last.
const REMEMBERED: usize = 20;

/// One attempt to tell somebody, as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// When it began, as RFC 3339 writes it.
    pub at: String,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it failed.
    pub error: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

/// The last attempts of a delivery, the oldest first. Those that a dying process could not tell of are missing.
pub fn tried(job: &Job) -> Vec<Tried> {
    let of_problem = job.problem.as_ref().and_then(|problem| problem.details.as_ref());
    let details = of_problem.or(job.result.as_ref());
    let list = details.and_then(|details| details.get("tried")).cloned();
    list.and_then(|list| serde_json::from_value(list).ok()).unwrap_or_default()
}

/// Why nothing was even attempted for `job`, in public words; the log of the attempts before stays.
pub fn untried(job: &Job, message: &dyn std::fmt::Display, retry: Retry) -> Failure {
    let tried = tried(job);
    let details = (!tried.is_empty()).then(|| json!({ "tried": tried }));
    let Failure { problem, retry } = failure(message, retry);
    Failure { problem: Problem { details, ..problem }, retry }
}

/// What comes of the attempt, with the log of those before it and itself.
pub(super) fn logged(job: &Job, attempt: Attempt) -> Result<Value, Failure> {
    let Attempt { at, took, status, failure } = attempt;
    let status = status.map(|status| status.as_u16());
    let error = failure.as_ref().map(|failure| failure.problem.message.clone());
    let mut tried = tried(job);
    tried.push(Tried { at: rfc3339::text(at), status, error, seconds: took.as_secs_f64() });
    tried.drain(..tried.len().saturating_sub(REMEMBERED));
    match failure {
        None => Ok(json!({ "status": status, "tried": tried })),
        Some(Failure { problem, retry }) => {
            let problem = Problem { details: Some(json!({ "tried": tried })), ..problem };
            Err(Failure { problem, retry })
        }
    }
}
