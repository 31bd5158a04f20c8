use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::{Backoff, Runner, RunnerSettings, webhook};
use tokio_util::sync::CancellationToken;

use super::board::{MAKING, TELLING};
use super::making::Making;
use super::telling::Telling;
use super::{Board, house};
use crate::config::{self, Database};
use crate::reload::Live;

/// How often signs of life are given: whoever cancels a job waits no longer than that.
const BEAT: Duration = Duration::from_millis(500);

/// The same over a table, where each sign is a request that costs.
const BEAT_OVER_A_TABLE: Duration = Duration::from_secs(2);

/// How often it is looked for jobs of which nobody told this process.
const LOOK: Duration = Duration::from_secs(1);

/// Webhooks that are told at a time, and attempts to tell one, where none were configured at the start.
const TOLD: (usize, u32) = (8, 16);

/// Works on what is on `board`, until `stop`; what is not finished then is given back.
pub(crate) async fn work(board: Board, config: config::Jobs, live: Arc<Live>, stop: CancellationToken) {
    let making = RunnerSettings {
        lane: MAKING.into(),
        at_a_time: config.at_a_time.get(),
        time: config.time,
        attempts: config.attempts,
        backoff: Backoff::default(),
        lease: config.lease,
        beat: match config.database {
            Database::File(_) => BEAT,
            Database::Table(_) => BEAT_OVER_A_TABLE,
        },
        look: LOOK,
    };
    let (at_a_time, attempts) = config.webhook.map_or(TOLD, |webhook| (webhook.at_a_time, webhook.attempts));
    let telling =
        RunnerSettings { lane: TELLING.into(), at_a_time, attempts, backoff: webhook::BACKOFF, ..making.clone() };
    let maker = Arc::new(Making { live: Arc::clone(&live), time: config.time });
    let teller = Arc::new(Telling { live, queue: Arc::clone(&board.queue) });
    let making = Runner::new(Arc::clone(&board.queue), maker, making, board.ordered.clone());
    let telling = Runner::new(Arc::clone(&board.queue), teller, telling, board.ended.clone());
    tokio::join!(
        making.run(stop.clone()),
        telling.run(stop.clone()),
        house::keep(board.queue, vec![MAKING.into(), TELLING.into()], config.keep, stop)
    );
}
