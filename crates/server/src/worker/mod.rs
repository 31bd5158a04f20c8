//! `lightmill worker`: variants of every object of a source.
//!
//! * `watch.rs` tells which objects of a folder changed, `intake.rs` puts a job for each state that it finds.
//! * `queue.rs` takes messages of a bucket, which wait in a queue that needs no jobs beside it.
//! * `settling.rs` does what either tells: [`lightmill_jobs::variants`] has whatever is kept of an object agree with it.
//!   `failing.rs` has it be told of messages that are given up.
//! * `telling.rs` tells those who want to know ([`lightmill_jobs::notices`]).

mod failing;
mod intake;
mod queue;
mod settling;
mod telling;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::events::{Inbox, SqsInbox, SqsInboxSettings};
use lightmill_jobs::notices::Notices;
use lightmill_jobs::sqlite::SqliteQueue;
use lightmill_jobs::variants::{Target, Variant, Variants};
use lightmill_jobs::{Backoff, Queue, Runner, RunnerSettings, Wake};
use lightmill_mill::{Allow, BucketFrom, Originals, Rules};
use lightmill_store::List;
use lightmill_store::sqs::{self, Address};
use tokio_util::sync::CancellationToken;

use crate::build::{self, Parts};
use crate::config::{self, Config, Location, Mistake, Mistakes};
use crate::jobs;
use crate::reload::Live;
use intake::Intake;
use queue::Taking;
use settling::Settling;

/// The lane of all jobs.
const LANE: &str = "variants";

/// How long a worker waits at its end for what is written behind its back.
const SETTLE_TIME: Duration = Duration::from_secs(10);

/// A worker, ready to begin.
pub struct Worker {
    config: config::Worker,
    variants: Arc<Variants>,
    told: Told,
    /// Those who are told, if there are any.
    notices: Option<Arc<Notices>>,
    /// How often their secrets are read again.
    refresh_time: Duration,
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
        // A bucket's messages wait elsewhere.
        let watches = worker.queue.is_none() && matches!(source.location, Location::Folder(_));
        let needs_queue = watches || !worker.webhooks.is_empty();
        let queue = needs_queue.then(|| database(&worker)).transpose().map_err(one)?;
        let endpoints = build::endpoints(&config, &worker).await?;
        let notices = queue.clone().filter(|_| !endpoints.is_empty()).map(|queue| Notices::new(queue, endpoints));
        let notices = notices.map(Arc::new);
        let target = Target { sink, list: kept, prefix: worker.prefix.clone(), inside: inside(source, target) };
        let variants = Variants {
            mill: service.mill().clone(),
            rules: Arc::new(rules(&config, &worker)),
            source: parts.source(&worker.source).ok_or_else(|| wrong("has no source"))?,
            target,
            variants: worker.variants.iter().map(variant).collect(),
            removes: worker.removes,
            manifest: worker.manifest,
            notices: notices.clone(),
            time: worker.time,
        };
        let told = told(&worker, source, &config, queue)?;
        Ok(Self {
            config: worker,
            variants: Arc::new(variants),
            told,
            notices,
            refresh_time: config.secrets.refresh_time,
            live: Arc::new(Live::new(service)),
        })
    }

    /// What the admin listener is asked about.
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// Works until `stop`; what is not finished then is given back.
    pub async fn run(self, stop: CancellationToken) {
        let Self { config, variants, told, notices, refresh_time, live } = self;
        let telling = telling::tell(notices, Arc::clone(&variants), config.clone(), refresh_time, stop.clone());
        // Whatever either side does, the other goes on.
        let telling = tokio::spawn(telling);
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
                let intake = Intake { queue: Arc::clone(&queue), variants, list, wake };
                let watching = watch::follow(folder, intake, config.rescan, stop.clone());
                let keeping = jobs::keep(queue, vec![LANE.into()], config.keep, stop.clone());
                tokio::join!(runner.run(stop), watching, keeping);
            }
        }
        if let Err(error) = telling.await {
            tracing::error!(%error, "those who are told are told no more");
        }
        live.service().settle(SETTLE_TIME).await;
    }
}

fn told(
    worker: &config::Worker,
    source: &config::Source,
    config: &Config,
    queue: Option<Arc<dyn Queue>>,
) -> Result<Told, Mistakes> {
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
            let queue = queue.ok_or_else(|| wrong("has no database"))?;
            Ok(Told::Folder { folder: folder.clone(), list, queue })
        }
        (_, None) => Err(wrong("has no queue: only folders can be watched")),
    }
}

/// Opens what outlives the worker.
///
/// # Errors
/// A file that cannot be opened, or is not of this version.
pub(crate) fn database(worker: &config::Worker) -> Result<Arc<dyn Queue>, Mistake> {
    let opened = SqliteQueue::open(&worker.database, worker.queue_length);
    Ok(Arc::new(opened.map_err(|error| build::mistake("worker.database", &worker.database, &error))?))
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
