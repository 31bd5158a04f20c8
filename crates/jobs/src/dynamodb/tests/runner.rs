//! A runner over a table.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::House;
use crate::{Backoff, Failure, Job, Progress, Runner, RunnerSettings, State, Wake, Work, async_trait};

struct Verbose;

#[async_trait]
impl Work for Verbose {
    async fn run(&self, _: &Job, _: &watch::Sender<Progress>) -> Result<Value, Failure> {
        Ok(json!("x".repeat(500 << 10)))
    }
}

#[tokio::test]
async fn a_result_that_is_too_large_fails_and_is_not_made_again() {
    let house = House::new().await;
    house.scratch.put("a").await;
    let (queue, stop) = (house.scratch.queue.clone(), CancellationToken::new());
    let settings = RunnerSettings {
        lane: "work".into(),
        at_a_time: 1,
        time: Duration::from_mins(1),
        attempts: 3,
        backoff: Backoff::default(),
        lease: super::LEASE,
        beat: Duration::from_secs(1),
        look: Duration::from_millis(20),
    };
    let running = tokio::spawn(Runner::new(queue, Arc::new(Verbose), settings, Wake::default()).run(stop.clone()));
    let ended = async {
        while !house.scratch.job("a").await.state.is_end() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), ended).await.unwrap();
    stop.cancel();
    running.await.unwrap();
    let job = house.scratch.job("a").await;
    assert_eq!(
        (job.state, job.attempts, job.problem.unwrap().code.as_str()),
        (State::Failed, 1, "ResultTooLargeError")
    );
}
