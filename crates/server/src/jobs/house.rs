use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lightmill_jobs::{Error, Queue, State};
use metrics::gauge;
use tokio_util::sync::CancellationToken;

/// How often it is counted.
const COUNT: Duration = Duration::from_secs(5);

/// How often what is old is forgotten, in counts.
const FORGET: u64 = 12;

/// Counts the jobs of `lanes`, and forgets those that ended `keep` ago, until `stop`.
///
/// * `lightmill_jobs{lane, state}`: how many there are.
/// * `lightmill_jobs_oldest_seconds{lane}`: the age of the oldest that has not ended; 0 without any.
pub(crate) async fn keep(
    queue: Arc<dyn Queue>,
    lanes: Vec<Cow<'static, str>>,
    keep: Duration,
    stop: CancellationToken,
) {
    for round in 0_u64.. {
        let mut done = count(&*queue, &lanes).await;
        if round.is_multiple_of(FORGET) {
            done = done.and(forget(&*queue, keep).await);
        }
        if let Err(error) = done {
            tracing::error!(%error, "jobs cannot be counted or forgotten");
        }
        if stop.run_until_cancelled(tokio::time::sleep(COUNT)).await.is_none() {
            return;
        }
    }
}

async fn count(queue: &dyn Queue, lanes: &[Cow<'static, str>]) -> Result<(), Error> {
    for lane in lanes {
        let counts = queue.counts(lane).await?;
        for (state, count) in State::ALL.into_iter().zip(counts.by_state) {
            gauge!("lightmill_jobs", "lane" => lane.clone(), "state" => state.name()).set(count as f64);
        }
        let age = counts.oldest.and_then(|oldest| SystemTime::now().duration_since(oldest).ok()).unwrap_or_default();
        gauge!("lightmill_jobs_oldest_seconds", "lane" => lane.clone()).set(age.as_secs_f64());
    }
    Ok(())
}

async fn forget(queue: &dyn Queue, keep: Duration) -> Result<(), Error> {
    let Some(before) = SystemTime::now().checked_sub(keep) else { return Ok(()) };
    match queue.remove_old(before).await? {
        0 => {}
        count => tracing::info!(count, "old jobs were forgotten"),
    }
    Ok(())
}
