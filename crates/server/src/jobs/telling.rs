use std::sync::Arc;

use bytes::Bytes;
use lightmill_jobs::{Failure, Job, Problem, Progress, Queue, Retry, Work, async_trait};
use serde_json::{Value, json};
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
        let of = job.id.strip_suffix(".end").unwrap_or_default();
        let ended = self.queue.get(of).await.map_err(|error| failure(&error, Retry::Later(None)))?;
        let Some(ended) = ended else { return Err(failure(&"the job is forgotten", Retry::Never)) };
        let Some(url) = ended.payload["webhook"].as_str() else {
            return Err(failure(&"the job has no webhook", Retry::Never));
        };
        let service = self.live.service();
        let webhooks = service.desk().and_then(|desk| desk.webhooks.as_ref());
        let webhooks = webhooks.ok_or_else(|| failure(&"webhooks are not configured any more", Retry::Later(None)))?;
        let status = webhooks.deliver(url, &job.id, Bytes::from(told::job(&ended).to_string())).await?;
        Ok(json!({ "status": status.as_u16() }))
    }
}

fn failure(message: &dyn std::fmt::Display, retry: Retry) -> Failure {
    Failure { problem: Problem { code: "WebhookError".to_owned(), message: message.to_string() }, retry }
}
