//! `lightmill worker`: variants of every object of a source.
//!
//! * `watch.rs` tells which objects of a folder changed, `intake.rs` puts a job for each state that it finds.
//! * `settling.rs` does the jobs: [`lightmill_jobs::variants`] has whatever is kept of an object agree with it.
//! * `house.rs` counts, and forgets what is old.

mod house;
mod intake;
mod settling;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::sqlite::SqliteQueue;
use lightmill_jobs::variants::{Target, Variant, Variants};
use lightmill_jobs::{Backoff, Queue, Runner, RunnerSettings, Wake};
use lightmill_mill::{Allow, BucketFrom, Originals, Rules};
use tokio_util::sync::CancellationToken;

use crate::build::{self, Parts};
use crate::config::{self, Config, Location, Mistake, Mistakes};
use crate::reload::Live;
use intake::Intake;
use settling::Settling;

/// The lane of all jobs.
const LANE: &str = "variants";

/// How long a worker waits at its end for what is written behind its back.
const SETTLE_TIME: Duration = Duration::from_secs(10);

/// A worker, ready to begin.
pub struct Worker {
    config: config::Worker,
    queue: Arc<dyn Queue>,
    variants: Arc<Variants>,
    /// What is watched.
    folder: PathBuf,
    list: Arc<dyn lightmill_store::List>,
    live: Arc<Live>,
}

impl Worker {
    /// Opens what the configuration names.
    ///
    /// # Errors
    /// Everything that is missing, or cannot be opened.
    pub async fn open(config: &Config) -> Result<Self, Mistakes> {
        let missing = |problem: &str| {
            Mistakes(vec![Mistake { key: "worker".to_owned(), value: None, problem: problem.to_owned() }])
        };
        let worker = config.worker.clone().ok_or_else(|| missing("is missing: which source it works on"))?;
        // What is told of an object is looked at, not what was known of it.
        let mut config = config.clone();
        (config.cache.version_time, config.cache.error_time) = (Duration::ZERO, Duration::ZERO);
        let one = |mistake| Mistakes(vec![mistake]);
        let persistence = build::persistence(&config).map_err(one)?;
        let parts = Parts::open(config.clone(), persistence, None)?;
        parts.read_keys().await?;
        parts.find_tools().await?;
        let service = parts.service();
        let (source, target) = (location(&config, &worker.source)?, location(&config, &worker.target)?);
        let Location::Folder(folder) = &source.location else {
            return Err(missing("watches folders only: `worker.source` is none"));
        };
        let folder = folder.clone();
        let (_, list) = build::written(source).map_err(one)?.ok_or_else(|| missing("cannot list its source"))?;
        let (sink, kept) = build::written(target).map_err(one)?.ok_or_else(|| missing("cannot write to its target"))?;
        let target = Target { sink, list: kept, prefix: worker.prefix.clone(), inside: inside(source, target) };
        let variants = Variants {
            mill: service.mill().clone(),
            rules: Arc::new(rules(&config, &worker)),
            source: parts.source(&worker.source).ok_or_else(|| missing("has no source"))?,
            target,
            variants: worker.variants.iter().map(variant).collect(),
            removes: worker.removes,
            time: worker.time,
        };
        let queue = SqliteQueue::open(&worker.database, worker.queue_length).map_err(|error| {
            one(Mistake {
                key: "worker.database".to_owned(),
                value: Some(format!("\"{}\"", worker.database.display())),
                problem: error.to_string(),
            })
        })?;
        Ok(Self {
            config: worker,
            queue: Arc::new(queue),
            variants: Arc::new(variants),
            folder,
            list,
            live: Arc::new(Live::new(service)),
        })
    }

    /// What the admin listener is asked about.
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// Works until `stop`; what is not finished then is given back.
    pub async fn run(self, stop: CancellationToken) {
        let wake = Wake::default();
        let settings = RunnerSettings {
            lane: LANE,
            at_a_time: self.config.at_a_time.get(),
            time: self.config.time,
            attempts: self.config.attempts,
            backoff: Backoff::default(),
            lease: Duration::from_secs(30),
            beat: Duration::from_secs(1),
            look: Duration::from_secs(1),
        };
        let work = Arc::new(Settling { variants: Arc::clone(&self.variants) });
        let runner = Runner::new(Arc::clone(&self.queue), work, settings, wake.clone());
        let intake = Intake {
            queue: Arc::clone(&self.queue),
            variants: Arc::clone(&self.variants),
            list: Arc::clone(&self.list),
            wake,
        };
        let watching = watch::follow(self.folder, intake, self.config.rescan, stop.clone());
        let keeping = house::keep(Arc::clone(&self.queue), self.config.keep, stop.clone());
        tokio::join!(runner.run(stop), watching, keeping);
        self.live.service().settle(SETTLE_TIME).await;
    }
}

fn location<'a>(config: &'a Config, name: &str) -> Result<&'a config::Source, Mistakes> {
    config.sources.iter().find(|source| source.name == name).ok_or_else(|| {
        Mistakes(vec![Mistake { key: "worker".to_owned(), value: None, problem: format!("has no source {name}") }])
    })
}

/// Where in the source the target lies, if it does.
fn inside(source: &config::Source, target: &config::Source) -> Option<String> {
    let (Location::Folder(source), Location::Folder(target)) = (&source.location, &target.location) else {
        return None;
    };
    let (source, target) = (source.canonicalize().ok()?, target.canonicalize().ok()?);
    let below = target.strip_prefix(source).ok()?.to_str()?;
    Some(if below.is_empty() { String::new() } else { format!("{below}/") })
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
