use std::sync::Arc;
use std::time::SystemTime;

use lightmill_jobs::webhook::Message;
use lightmill_jobs::{Failure, Follow, Job, Problem, Progress, Queue, Retry, Work, async_trait};
use serde_json::Value;
use tokio::sync::watch;

use super::told;
use crate::reload::Live;

/// Tells webhooks of ends, as the configuration of the moment says.
pub(super) struct Telling {
    pub(super) live: Arc<Live>,
    pub(super) queue: Arc<dyn Queue>,
}

#[async_trait]
impl Work for Telling {
    async fn run(&self, job: &Job, _: &watch::Sender<Progress>) -> Result<Value, Failure> {
        let of = Follow::of(&job.id).unwrap_or_default();
        let ended = self.queue.get(of).await.map_err(|error| failure(job, &error, Retry::Later(None)))?;
        let Some(ended) = ended else { return Err(failure(job, &"the job is forgotten", Retry::Never)) };
        let Some(url) = ended.payload["webhook"].as_str() else {
            return Err(failure(job, &"the job has no webhook", Retry::Never));
        };
        let service = self.live.service();
        let webhooks = service.desk().and_then(|desk| desk.webhooks.as_ref());
        let webhooks =
            webhooks.ok_or_else(|| failure(job, &"webhooks are not configured any more", Retry::Later(None)))?;
        webhooks.tell(job, url, &message(&ended)).await
    }
}

/// What is told of a job that has ended.
pub(super) fn message(ended: &Job) -> Message {
    let at = ended.ended.unwrap_or(SystemTime::UNIX_EPOCH);
    Message::new(format!("job.{}", ended.state.name()), at, told::job(ended))
}

/// Without an attempt: the log stays as it is.
fn failure(job: &Job, message: &dyn std::fmt::Display, retry: Retry) -> Failure {
    let details = job.problem.as_ref().and_then(|problem| problem.details.clone());
    Failure { problem: Problem { details, ..Problem::new("WebhookError", message.to_string()) }, retry }
}
