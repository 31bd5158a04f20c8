use lightmill_jobs::webhook::{Message, Tried, tried};
use lightmill_jobs::{Job, State, rfc3339};
use serde::Serialize;

/// Something that is told, or was. Times are those of RFC 3339.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// Its `webhook-id`.
    pub id: String,
    /// Who is told: the endpoint's name, or `jobs`.
    pub to: String,
    /// Where, unless that is forgotten.
    pub url: Option<String>,
    /// What has happened, unless that is forgotten.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub state: &'static str,
    /// How often it was tried since it was put, or put again.
    pub attempts: u32,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// When it was put.
    pub created: String,
    /// When it was told, or given up.
    pub ended: Option<String>,
    /// When it is tried next.
    pub next_attempt: Option<String>,
    /// What is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Message>,
    /// What came of the last attempts, the oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried: Option<Vec<Tried>>,
}

impl Delivery {
    /// Without what is told, and without the log.
    pub(super) fn new(to: &str, url: Option<String>, message: Option<&Message>, job: &Job) -> Self {
        Self {
            id: job.id.clone(),
            to: to.to_owned(),
            url,
            kind: message.map(|message| message.kind.clone()),
            state: job.state.name(),
            attempts: job.attempts,
            status: tried(job).last().and_then(|last| last.status),
            error: job.problem.as_ref().map(|problem| problem.message.clone()),
            created: rfc3339::text(job.created),
            ended: job.ended.map(rfc3339::text),
            next_attempt: (job.state == State::Queued).then(|| rfc3339::text(job.due)),
            payload: None,
            tried: None,
        }
    }
}
