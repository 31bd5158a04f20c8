//! `lightmill worker`: variants of every object of a source.
//!
//! * `watch.rs` tells which objects of a folder changed, `http.rs` is told of those of a bucket by whoever posts; `intake.rs`
//!   puts a job for each state that it finds.
//! * `queue.rs` takes messages of a bucket, which wait in a queue that needs no jobs beside it; `lambda.rs` is invoked with
//!   them. `objects.rs` reads such documents.
//! * `backfill.rs` goes through what is there already.
//! * `opening.rs` opens what a configuration names, `shop.rs` is where jobs wait and who puts them.
//! * `settling.rs` does what any of them tells: [`lightmill_jobs::variants`] has whatever is kept of an object agree with it.
//! * `telling.rs` tells those who want to know ([`lightmill_jobs::notices`]).

mod backfill;
mod http;
mod intake;
mod lambda;
mod objects;
mod opening;
mod queue;
mod settling;
mod shop;
mod telling;
mod watch;

pub use backfill::{Backfill, BackfillError, BackfillWish, Backfilling, Counts, Ended, Estimate, Phase, Sample, Shown};
pub use lambda::Lambda;

use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::notices::Notices;
use lightmill_jobs::variants::Variants;
use lightmill_jobs::{Backoff, RunnerSettings};
use tokio_util::sync::CancellationToken;

use crate::config::{self, Config, Location, Mistakes};
use crate::reload::Live;
use opening::{inbox, notices, one, source, variants, worker, wrong};
use queue::Taking;
use shop::Shop;

pub(crate) use opening::database;

/// The lane of all jobs.
const LANE: &str = "variants";

/// How long a worker waits at its end for what is written behind its back.
const SETTLE_TIME: Duration = Duration::from_secs(10);

/// A worker, ready to begin.
pub struct Worker {
    config: config::Worker,
    variants: Arc<Variants>,
    live: Arc<Live>,
    /// The queue of a bucket.
    inbox: Option<Taking>,
    /// What becomes jobs.
    shop: Option<Shop>,
    /// Those who are told, if there are any.
    notices: Option<Arc<Notices>>,
    /// How often their secrets are read again.
    refresh_time: Duration,
}

impl Worker {
    /// Opens what the configuration names.
    ///
    /// # Errors
    /// Everything that is missing, or cannot be opened.
    pub async fn open(config: &Config) -> Result<Self, Mistakes> {
        let worker = worker(config)?;
        let source = source(config, worker)?;
        let puts_jobs = matches!(source.location, Location::Folder(_)) || worker.http.is_some();
        // Messages of a bucket wait elsewhere.
        let needs_queue = puts_jobs || !worker.webhooks.is_empty();
        let queue = if needs_queue { Some(database(config, worker).await.map_err(one)?) } else { None };
        let notices = notices(config, worker, queue.as_ref()).await?;
        let (variants, live) = variants(config, worker, source, notices.clone()).await?;
        let inbox = inbox(config, worker, source, &variants);
        let shop = match queue.filter(|_| puts_jobs) {
            Some(queue) => Some(Shop::open(config, worker, source, &variants, queue).await?),
            None => None,
        };
        if inbox.is_none() && shop.is_none() {
            return Err(wrong("queue", "is missing, and so is `worker.http`: only folders are watched"));
        }
        let refresh_time = config.secrets.refresh_time;
        Ok(Self { config: worker.clone(), variants, live, inbox, shop, notices, refresh_time })
    }

    /// What the admin listener is asked about.
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// Where stores post what happens to objects, if they may.
    pub fn events(&self) -> Option<String> {
        self.shop.as_ref()?.events()
    }

    /// Works until `stop`; what is not finished then is given back.
    pub async fn run(self, stop: CancellationToken) {
        let Self { config, variants, live, inbox, shop, notices, refresh_time } = self;
        let telling = telling::tell(notices, Arc::clone(&variants), config.clone(), refresh_time, stop.clone());
        // Whatever either side does, the other goes on.
        let telling = tokio::spawn(telling);
        let taking = async {
            if let Some(inbox) = inbox {
                Arc::new(inbox).run(stop.clone()).await;
            }
        };
        let working = async {
            if let Some(shop) = shop {
                shop.run(&config, variants, stop.clone()).await;
            }
        };
        tokio::join!(taking, working);
        if let Err(error) = telling.await {
            tracing::error!(%error, "those who are told are told no more");
        }
        live.service().settle(SETTLE_TIME).await;
    }
}

fn settings(config: &config::Worker) -> RunnerSettings {
    RunnerSettings {
        lane: LANE.into(),
        at_a_time: config.at_a_time.get(),
        time: config.time,
        attempts: config.attempts,
        backoff: Backoff::default(),
        lease: Duration::from_secs(30),
        beat: Duration::from_secs(1),
        look: Duration::from_secs(1),
    }
}
