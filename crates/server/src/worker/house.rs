use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lightmill_jobs::{Error, Queue, State};
use metrics::gauge;
use tokio_util::sync::CancellationToken;

use super::LANE;

/// How often it is counted.
const COUNT: Duration = Duration::from_secs(5);

/// Counts what waits and what became of objects, and forgets what ended `keep` ago, until `stop`. An autoscaler reads:
///
/// * `lightmill_jobs{lane="variants", state}`: how many objects there are in each state.
/// * `lightmill_jobs_oldest_seconds{lane="variants"}`: the age of the oldest that is not done; 0 without any.
pub(super) async fn keep(queue: Arc<dyn Queue>, keep: Duration, stop: CancellationToken) {
    loop {
        if let Err(error) = count(&*queue, keep).await {
            tracing::error!(%error, "jobs cannot be counted or forgotten");
        }
        if stop.run_until_cancelled(tokio::time::sleep(COUNT)).await.is_none() {
            return;
        }
    }
}

async fn count(queue: &dyn Queue, keep: Duration) -> Result<(), Error> {
    let counts = queue.counts(LANE).await?;
    for (state, count) in State::ALL.into_iter().zip(counts.by_state) {
        gauge!("lightmill_jobs", "lane" => LANE, "state" => state.name()).set(count as f64);
    }
    let age = counts.oldest.and_then(|oldest| SystemTime::now().duration_since(oldest).ok()).unwrap_or_default();
    gauge!("lightmill_jobs_oldest_seconds", "lane" => LANE).set(age.as_secs_f64());
    if let Some(before) = SystemTime::now().checked_sub(keep) {
        queue.remove_old(before).await?;
    }
    Ok(())
}
