use std::sync::Arc;

use lightmill_jobs::variants::{Settled, Variants};
use lightmill_jobs::{Failure, Job, Progress, Work, async_trait};
use lightmill_mill::Error;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::errors::Problem;
use crate::jobs::failure;

/// Has what is kept of an object agree with it.
pub(super) struct Settling {
    pub(super) variants: Arc<Variants>,
}

#[async_trait]
impl Work for Settling {
    async fn run(&self, job: &Job, _: &watch::Sender<Progress>) -> Result<Value, Failure> {
        let key = job.payload.get("key").and_then(Value::as_str).unwrap_or_default();
        let settled = self.variants.settle(key).await;
        let outcome = match &settled {
            Ok(Settled::Made(_)) => "made",
            Ok(Settled::Gone(_)) => "gone",
            Ok(Settled::Own) => "own",
            Err(_) => "failed",
        };
        metrics::counter!("lightmill_worker_objects_total", "outcome" => outcome).increment(1);
        match settled {
            Ok(Settled::Made(count)) => Ok(json!({ "key": key, "made": count })),
            Ok(Settled::Gone(count)) => Ok(json!({ "key": key, "removed": count })),
            Ok(Settled::Own) => Ok(json!({ "key": key })),
            Err(error) => Err(failed(key, error)),
        }
    }
}

fn failed(key: &str, error: Error) -> Failure {
    let failure = failure(&Problem::Mill(error));
    tracing::warn!(key, code = failure.problem.code, reason = failure.problem.message, "no variants");
    failure
}
