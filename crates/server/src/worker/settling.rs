use std::sync::Arc;

use lightmill_jobs::variants::{Settled, Variants};
use lightmill_jobs::{Error, Failure, Job, Outcome, Progress, Retry, Work, async_trait};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::errors::Problem;
use crate::jobs::failure;

/// Has what is kept of objects agree with them, one job for each.
pub(super) struct Settling {
    pub(super) variants: Arc<Variants>,
}

#[async_trait]
impl Work for Settling {
    async fn run(&self, job: &Job, _: &watch::Sender<Progress>) -> Result<Value, Failure> {
        let key = job.payload.get("key").and_then(Value::as_str).unwrap_or_default();
        Ok(match settle(&self.variants, key).await? {
            Settled::Made(count) => json!({ "key": key, "made": count }),
            Settled::Gone(count) => json!({ "key": key, "removed": count }),
            Settled::Own => json!({ "key": key }),
        })
    }

    async fn ending(&self, job: &Job, outcome: &Outcome) -> Result<(), Error> {
        let Outcome::Failed(problem) = outcome else { return Ok(()) };
        self.variants.tell_failed(job.payload["key"].as_str().unwrap_or_default(), problem).await
    }
}

/// Has what is kept of the object agree with it, has a failure be told that will not pass, and counts how that ended (`lightmill_worker_objects_total{outcome}`).
pub(super) async fn settle(variants: &Variants, key: &str) -> Result<Settled, Failure> {
    let settled = variants.settle(key).await;
    let outcome = match &settled {
        Ok(Settled::Made(_)) => "made",
        Ok(Settled::Gone(_)) => "gone",
        Ok(Settled::Own) => "own",
        Err(_) => "failed",
    };
    metrics::counter!("lightmill_worker_objects_total", "outcome" => outcome).increment(1);
    let error = match settled {
        Ok(settled) => return Ok(settled),
        Err(error) => error,
    };
    let failure = failure(&Problem::Mill(error));
    tracing::warn!(key, code = failure.problem.code, reason = failure.problem.message, "no variants");
    if failure.retry == Retry::Never
        && let Err(error) = variants.tell_failed(key, &failure.problem).await
    {
        tracing::error!(key, %error, "a failure cannot be told yet");
        return Err(Failure { retry: Retry::Later(None), ..failure });
    }
    Err(failure)
}
