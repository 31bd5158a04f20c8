use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{Endpoint, Kind};
use crate::variants::Variants;
use crate::webhook::{Message, untried};
use crate::{Failure, Job, Progress, Retry, Work};

/// Tells one endpoint.
pub struct Telling {
    endpoint: Arc<Endpoint>,
    variants: Arc<Variants>,
}

impl Telling {
    /// Tells `endpoint` about `variants`.
    pub fn new(endpoint: Arc<Endpoint>, variants: Arc<Variants>) -> Self {
        Self { endpoint, variants }
    }
}

#[async_trait]
impl Work for Telling {
    async fn run(&self, job: &Job, _: &watch::Sender<Progress>) -> Result<Value, Failure> {
        let message: Message = serde_json::from_value(job.payload.clone())
            .map_err(|error| untried(job, &format_args!("it cannot be read: {error}"), Retry::Never))?;
        if message.kind == Kind::Removed.name() {
            // It was put before anything was removed, by whoever may have died in the middle.
            let removed = self.variants.end_removal(&message.data).await.map_err(|error| {
                tracing::warn!(%error, "what is told to be gone cannot be removed yet");
                untried(job, &"what is to be removed cannot be removed yet", Retry::Later(None))
            })?;
            if !removed {
                return Ok(json!({ "untold": "the object is back" }));
            }
        }
        self.endpoint.webhooks.tell(job, &self.endpoint.url, &message).await
    }
}
