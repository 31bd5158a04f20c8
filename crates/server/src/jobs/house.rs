use std::time::{Duration, SystemTime};

use lightmill_jobs::{Error, State};
use metrics::gauge;
use tokio_util::sync::CancellationToken;

use super::Board;
use super::board::{MAKING, TELLING};

/// How often it is counted.
const COUNT: Duration = Duration::from_secs(5);

/// How often what is old is forgotten, in counts.
const FORGET: u64 = 12;

/// Counts jobs, and forgets those that ended `keep` ago, until `stop`.
///
/// * `lightmill_jobs{lane, state}`: how many there are.
/// * `lightmill_jobs_oldest_seconds{lane}`: the age of the oldest that has not ended; 0 without any.
pub(super) async fn keep(board: Board, keep: Duration, stop: CancellationToken) {
    for round in 0_u64.. {
        let mut done = count(&board).await;
        if round.is_multiple_of(FORGET) {
            done = done.and(forget(&board, keep).await);
        }
        if let Err(error) = done {
            tracing::error!(%error, "jobs cannot be counted or forgotten");
        }
        if stop.run_until_cancelled(tokio::time::sleep(COUNT)).await.is_none() {
            return;
        }
    }
}

async fn count(board: &Board) -> Result<(), Error> {
    for lane in [MAKING, TELLING] {
        let counts = board.queue.counts(lane).await?;
        for (state, count) in State::ALL.into_iter().zip(counts.by_state) {
            gauge!("lightmill_jobs", "lane" => lane, "state" => state.name()).set(count as f64);
        }
        let age = counts.oldest.and_then(|oldest| SystemTime::now().duration_since(oldest).ok()).unwrap_or_default();
        gauge!("lightmill_jobs_oldest_seconds", "lane" => lane).set(age.as_secs_f64());
    }
    Ok(())
}

async fn forget(board: &Board, keep: Duration) -> Result<(), Error> {
    let Some(before) = SystemTime::now().checked_sub(keep) else { return Ok(()) };
    match board.queue.remove_old(before).await? {
        0 => {}
        count => tracing::info!(count, "old jobs were forgotten"),
    }
    Ok(())
}
