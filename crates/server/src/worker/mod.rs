//! `lightmill worker`: variants of every object of a source.
//!
//! * `watch.rs` tells which objects of a folder changed, `intake.rs` puts a job for each state that it finds.
//! * `queue.rs` takes messages of a bucket, which wait in a queue that needs no jobs beside it.
//! * `backfill.rs` goes through what is there already.
//! * `settling.rs` does what either tells: [`lightmill_jobs::variants`] has whatever is kept of an object agree with it.

mod backfill;
mod intake;
mod queue;
mod settling;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::backfill::Walk;
use lightmill_jobs::events::{Inbox, SqsInbox, SqsInboxSettings};
use lightmill_jobs::sqlite::SqliteQueue;
use lightmill_jobs::variants::{Target, Variant, Variants};
use lightmill_jobs::{Backoff, Queue, Runner, RunnerSettings, Wake};
use lightmill_mill::{Allow, BucketFrom, Originals, Rules};
use lightmill_store::sqs::{self, Address};
use lightmill_store::{List, azure};
use tokio_util::sync::CancellationToken;

use crate::build::{self, Parts};
use crate::config::{self, Config, Location, Mistake, Mistakes};
use crate::jobs;
use crate::reload::Live;
use intake::Intake;
use queue::Taking;
use settling::Settling;

pub use backfill::{Backfill, BackfillError, BackfillWish, Backfilling, Counts, Ended, Estimate, Phase, Sample, Shown};

/// The lane of all jobs.
const LANE: &str = "variants";

/// How long a worker waits at its end for what is written behind its back.
const SETTLE_TIME: Duration = Duration::from_secs(10);

/// A worker, ready to begin.
pub struct Worker {
    config: config::Worker,
    variants: Arc<Variants>,
    told: Told,
    live: Arc<Live>,
}

/// Who tells what happens to objects.
enum Told {
    /// A folder that is watched; what it tells becomes jobs.
    Folder { folder: PathBuf, list: Arc<dyn List>, queue: Arc<dyn Queue> },
    /// A bucket, through a queue.
    Bucket { inbox: Arc<dyn Inbox>, name: String, bucket: String, prefix: String },
}

impl Worker {
    /// Opens what the configuration names.
    ///
    /// # Errors
    /// Everything that is missing, or cannot be opened.
    pub async fn open(config: &Config) -> Result<Self, Mistakes> {
        let Opened { config, worker, variants, live } = opened(config).await?;
        let told = told(&worker, location(&config, &worker.source)?, &config)?;
        Ok(Self { config: worker, variants: Arc::new(variants), told, live: Arc::new(live) })
    }

    /// What the admin listener is asked about.
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// Works until `stop`; what is not finished then is given back.
    pub async fn run(self, stop: CancellationToken) {
        let Self { config, variants, told, live } = self;
        match told {
            Told::Bucket { inbox, name, bucket, prefix } => {
                let (at_a_time, time, attempts) = (config.at_a_time.get(), config.time, config.attempts);
                let taking = Taking { inbox, name, variants, bucket, prefix, at_a_time, time, attempts };
                Arc::new(taking).run(stop).await;
            }
            Told::Folder { folder, list, queue } => {
                let wake = Wake::default();
                let work = Arc::new(Settling { variants: Arc::clone(&variants) });
                let runner = Runner::new(Arc::clone(&queue), work, settings(&config), wake.clone());
                let walk = Walk::new(variants, list, true, config.attempts);
                let intake = Intake { queue: Arc::clone(&queue), walk, wake };
                let watching = watch::follow(folder, intake, config.rescan, stop.clone());
                let keeping = jobs::keep(queue, &[LANE], config.keep, stop.clone());
                tokio::join!(runner.run(stop), watching, keeping);
            }
        }
        live.service().settle(SETTLE_TIME).await;
    }
}

/// What worker and backfill have in common.
struct Opened {
    /// The configuration as it is used.
    config: Config,
    worker: config::Worker,
    variants: Variants,
    live: Live,
}

async fn opened(config: &Config) -> Result<Opened, Mistakes> {
    let worker = config.worker.clone().ok_or_else(|| wrong("is missing: which source it works on"))?;
    // What is told of an object is looked at, not what was known of it.
    let mut config = config.clone();
    (config.cache.version_time, config.cache.error_time) = (Duration::ZERO, Duration::ZERO);
    let persistence = build::persistence(&config).map_err(one)?;
    let parts = Parts::open(config.clone(), persistence, None)?;
    parts.read_keys().await?;
    parts.find_tools().await?;
    let service = parts.service();
    let (source, target) = (location(&config, &worker.source)?, location(&config, &worker.target)?);
    let (sink, kept) = build::written(target).map_err(one)?.ok_or_else(|| wrong("cannot write to its target"))?;
    let target = Target { sink, list: kept, prefix: worker.prefix.clone(), inside: inside(source, target) };
    let variants = Variants {
        mill: service.mill().clone(),
        rules: Arc::new(rules(&config, &worker)),
        source: parts.source(&worker.source).ok_or_else(|| wrong("has no source"))?,
        target,
        variants: worker.variants.iter().map(variant).collect(),
        removes: worker.removes,
        time: worker.time,
    };
    Ok(Opened { config, worker, variants, live: Live::new(service) })
}

fn told(worker: &config::Worker, source: &config::Source, config: &Config) -> Result<Told, Mistakes> {
    match (&source.location, &worker.queue) {
        (Location::S3(bucket, _), Some(address)) => {
            let queue = |address: &Address| sqs::Queue::new(address.clone(), config.aws.clone());
            let rejected = worker.dead_letters.as_ref().map(queue);
            let inbox = SqsInbox::new(queue(address), rejected, SqsInboxSettings::default());
            Ok(Told::Bucket {
                name: inbox.name().to_owned(),
                inbox: Arc::new(inbox),
                bucket: bucket.bucket.clone(),
                prefix: bucket.prefix.clone(),
            })
        }
        (_, Some(_)) => Err(wrong("has a queue, and a source that is no bucket of S3")),
        (Location::Folder(folder), None) => {
            let (_, list) = build::written(source).map_err(one)?.ok_or_else(|| wrong("cannot list its source"))?;
            let queue = SqliteQueue::open(&worker.database, worker.queue_length).map_err(|error| {
                one(Mistake {
                    key: "worker.database".to_owned(),
                    value: Some(format!("\"{}\"", worker.database.display())),
                    problem: error.to_string(),
                })
            })?;
            Ok(Told::Folder { folder: folder.clone(), list, queue: Arc::new(queue) })
        }
        (_, None) => Err(wrong("has no queue: only folders can be watched")),
    }
}

fn settings(config: &config::Worker) -> RunnerSettings {
    RunnerSettings {
        lane: LANE,
        at_a_time: config.at_a_time.get(),
        time: config.time,
        attempts: config.attempts,
        backoff: Backoff::default(),
        lease: Duration::from_secs(30),
        beat: Duration::from_secs(1),
        look: Duration::from_secs(1),
    }
}

fn wrong(problem: &str) -> Mistakes {
    one(Mistake { key: "worker".to_owned(), value: None, problem: problem.to_owned() })
}

fn one(mistake: Mistake) -> Mistakes {
    Mistakes(vec![mistake])
}

fn location<'a>(config: &'a Config, name: &str) -> Result<&'a config::Source, Mistakes> {
    config.sources.iter().find(|source| source.name == name).ok_or_else(|| wrong("has no such source"))
}

/// Where in the source the target lies, if it does: what stands before its keys there.
fn inside(source: &config::Source, target: &config::Source) -> Option<String> {
    match (&source.location, &target.location) {
        (Location::Folder(source), Location::Folder(target)) => {
            let (source, target) = (source.canonicalize().ok()?, target.canonicalize().ok()?);
            let below = target.strip_prefix(source).ok()?.to_str()?;
            Some(if below.is_empty() { String::new() } else { format!("{below}/") })
        }
        (Location::S3(source, _), Location::S3(target, _)) => {
            let same = (&source.bucket, &source.endpoint) == (&target.bucket, &target.endpoint);
            target.prefix.strip_prefix(&source.prefix).filter(|_| same).map(str::to_owned)
        }
        (Location::Gcs(source, _), Location::Gcs(target, _)) => {
            let same = (&source.bucket, &source.endpoint) == (&target.bucket, &target.endpoint);
            target.prefix.strip_prefix(&source.prefix).filter(|_| same).map(str::to_owned)
        }
        (Location::Azure(source, _), Location::Azure(target, _)) => {
            let place = |settings: &azure::Settings| {
                (settings.account.clone(), settings.container.clone(), settings.endpoint.clone())
            };
            target.prefix.strip_prefix(&source.prefix).filter(|_| place(source) == place(target)).map(str::to_owned)
        }
        _ => None,
    }
}

fn rules(config: &Config, worker: &config::Worker) -> Rules {
    Rules {
        name: LANE.to_owned(),
        oss: lightmill_dialects::oss::Options::default(),
        sources: vec![worker.source.clone()],
        origins: Vec::new(),
        save_to: Vec::new(),
        uploads: None,
        bucket_from: BucketFrom::default(),
        originals: Originals::default(),
        allow: Allow::default(),
        limits: config.limits.clone(),
        tags: Vec::new(),
        output: config.output,
    }
}

fn variant(preset: &config::Preset) -> Variant {
    let preset = preset.clone();
    Variant { name: preset.name.clone(), request: Box::new(move |locator| preset.request(locator, None, &[])) }
}
