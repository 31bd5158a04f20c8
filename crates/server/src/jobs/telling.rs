use std::sync::Arc;
use std::time::SystemTime;

use lightmill_jobs::webhook::{Message, untried};
use lightmill_jobs::{Failure, Follow, Job, Progress, Queue, Retry, Work, async_trait};
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
        let ended = self.queue.get(of).await.map_err(|error| untried(job, &error, Retry::Later(None)))?;
        let Some(ended) = ended else { return Err(untried(job, &"the job is forgotten", Retry::Never)) };
        let Some(url) = ended.payload["webhook"].as_str() else {
            return Err(untried(job, &"the job has no webhook", Retry::Never));
        };
        let service = self.live.service();
        let webhooks = service.desk().and_then(|desk| desk.webhooks.as_ref());
        let webhooks =
            webhooks.ok_or_else(|| untried(job, &"webhooks are not configured any more", Retry::Later(None)))?;
        webhooks.tell(job, url, &message(&ended)).await
    }
}

/// What is told of a job that has ended.
pub(crate) fn message(ended: &Job) -> Message {
    let at = ended.ended.unwrap_or(SystemTime::UNIX_EPOCH);
    Message::new(format!("job.{}", ended.state.name()), at, told::job(ended))
}
