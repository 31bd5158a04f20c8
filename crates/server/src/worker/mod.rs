//! `lightmill worker`: variants of every object of a source.
//!
//! * `watch.rs` tells which objects of a folder changed, `http.rs` is told of those of a bucket by whoever posts; `intake.rs`
//!   puts a job for each state that it finds.
//! * `queue.rs` takes messages of a bucket, which wait in a queue that needs no jobs beside it; `lambda.rs` is invoked with
//!   them. `objects.rs` reads such documents.
//! * `backfill.rs` goes through what is there already.
//! * `settling.rs` does what any of them tells: [`lightmill_jobs::variants`] has whatever is kept of an object agree with it.
//! * `telling.rs` tells those who want to know ([`lightmill_jobs::notices`]).

mod backfill;
mod http;
mod intake;
mod lambda;
mod objects;
mod queue;
mod settling;
mod telling;
mod watch;

pub use backfill::{Backfill, BackfillError, BackfillWish, Backfilling, Counts, Ended, Estimate, Phase, Sample, Shown};
pub use lambda::Lambda;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::backfill::Walk;
use lightmill_jobs::events::{DeadLetters, SqsInbox, SqsInboxSettings};
use lightmill_jobs::notices::Notices;
use lightmill_jobs::variants::{Target, Variant, Variants};
use lightmill_jobs::{Backoff, Queue, Runner, RunnerSettings, Wake};
use lightmill_mill::{Allow, BucketFrom, Originals, Rules};
use lightmill_store::sqs::{self, Address};
use lightmill_store::{azure, s3};
use tokio_util::sync::CancellationToken;

use crate::build::{self, Parts};
use crate::config::{self, Config, Location, Mistake, Mistakes};
use crate::jobs;
use crate::reload::Live;
use http::Endpoint;
use intake::Intake;
use objects::{Bucket, Objects};
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

/// Where jobs wait, and who puts them.
struct Shop {
    intake: Intake,
    /// A folder that is watched.
    folder: Option<PathBuf>,
    /// Where a bucket's documents are posted to.
    endpoint: Option<(Endpoint, Bucket)>,
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
        let (endpoint, _) = self.shop.as_ref()?.endpoint.as_ref()?;
        Some(endpoint.url())
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

impl Shop {
    async fn open(
        config: &Config,
        worker: &config::Worker,
        source: &config::Source,
        variants: &Arc<Variants>,
        queue: Arc<dyn Queue>,
    ) -> Result<Self, Mistakes> {
        let folder = if let Location::Folder(folder) = &source.location { Some(folder.clone()) } else { None };
        let endpoint = match (&source.location, &worker.http) {
            (Location::S3(bucket, _), Some(http)) => Some((Endpoint::open(http, config).await?, of(bucket))),
            _ => None,
        };
        let (_, list) = build::written(source).map_err(one)?.ok_or_else(|| wrong("source", "cannot be listed"))?;
        // Programs that write in pieces do so under such names, in folders.
        let walk = Walk::new(Arc::clone(variants), list, folder.is_some(), worker.attempts);
        let intake = Intake { queue, walk, wake: Wake::default() };
        Ok(Self { intake, folder, endpoint })
    }

    async fn run(self, config: &config::Worker, variants: Arc<Variants>, stop: CancellationToken) {
        let Self { intake, folder, endpoint } = self;
        let queue = Arc::clone(&intake.queue);
        let runner =
            Runner::new(Arc::clone(&queue), Arc::new(Settling { variants }), settings(config), intake.wake.clone());
        let keeping = jobs::keep(queue, vec![LANE.into()], config.keep, stop.clone());
        let watching = async {
            if let Some(folder) = folder {
                watch::follow(folder, intake.clone(), config.rescan, stop.clone()).await;
            }
        };
        let listening = async {
            if let Some((endpoint, bucket)) = endpoint {
                endpoint.run(bucket, intake.clone(), stop.clone()).await;
            }
        };
        tokio::join!(runner.run(stop.clone()), watching, listening, keeping);
    }
}

fn worker(config: &Config) -> Result<&config::Worker, Mistakes> {
    config.worker.as_ref().ok_or_else(|| wrong("source", "is missing: the name of a source"))
}

fn source<'a>(config: &'a Config, worker: &config::Worker) -> Result<&'a config::Source, Mistakes> {
    let name = worker.source.as_deref().ok_or_else(|| wrong("source", "is missing: the name of a source"))?;
    location(config, "source", name)
}

/// Opens what outlives the worker.
///
/// # Errors
/// A file or a table that cannot be used.
pub(crate) async fn database(config: &Config, worker: &config::Worker) -> Result<Arc<dyn Queue>, Mistake> {
    let kept = (worker.queue_length, worker.keep);
    build::queue("worker.database", &worker.database, kept, config).await
}

/// Those who are told, of whom `queue` remembers what they were not told yet.
async fn notices(
    config: &Config,
    worker: &config::Worker,
    queue: Option<&Arc<dyn Queue>>,
) -> Result<Option<Arc<Notices>>, Mistakes> {
    let endpoints = build::endpoints(config, worker).await?;
    let queue = queue.filter(|_| !endpoints.is_empty());
    Ok(queue.map(|queue| Arc::new(Notices::new(Arc::clone(queue), endpoints))))
}

/// What makes variants of the objects of `source`, and the service that it is part of.
async fn variants(
    config: &Config,
    worker: &config::Worker,
    source: &config::Source,
    notices: Option<Arc<Notices>>,
) -> Result<(Arc<Variants>, Arc<Live>), Mistakes> {
    // What is told of an object is looked at, not what was known of it.
    let mut config = config.clone();
    (config.cache.version_time, config.cache.error_time) = (Duration::ZERO, Duration::ZERO);
    let persistence = build::persistence(&config).map_err(one)?;
    let parts = Parts::open(config.clone(), persistence, None)?;
    parts.read_keys().await?;
    parts.find_tools().await?;
    let service = parts.service();
    let target = location(&config, "target", &worker.target)?;
    let (sink, kept) = build::written(target).map_err(one)?.ok_or_else(|| wrong("target", "cannot be written to"))?;
    let target = Target { sink, list: kept, prefix: worker.prefix.clone(), inside: inside(source, target) };
    let variants = Variants {
        mill: service.mill().clone(),
        rules: Arc::new(rules(&config, &source.name)),
        source: parts.source(&source.name).ok_or_else(|| wrong("source", "is not configured"))?,
        target,
        variants: worker.variants.iter().map(variant).collect(),
        removes: worker.removes,
        manifest: worker.manifest,
        notices,
        time: worker.time,
    };
    Ok((Arc::new(variants), Arc::new(Live::new(service))))
}

/// What takes messages of the bucket that `source` is, if they wait in a queue.
fn inbox(
    config: &Config,
    worker: &config::Worker,
    source: &config::Source,
    variants: &Arc<Variants>,
) -> Option<Taking> {
    let (Location::S3(bucket, _), Some(address)) = (&source.location, &worker.queue) else { return None };
    let queue = sqs::Queue::new(address.clone(), config.aws.clone());
    let inbox = SqsInbox::new(queue, dead_letters(config, worker), SqsInboxSettings::default());
    Some(Taking {
        name: inbox.name().to_owned(),
        inbox: Arc::new(inbox),
        objects: Objects { variants: Arc::clone(variants), bucket: of(bucket) },
        at_a_time: worker.at_a_time.get(),
        time: worker.time,
        attempts: worker.attempts,
    })
}

fn dead_letters(config: &Config, worker: &config::Worker) -> Option<DeadLetters> {
    let queue = |address: &Address| sqs::Queue::new(address.clone(), config.aws.clone());
    worker.dead_letters.as_ref().map(queue).map(DeadLetters::new)
}

fn of(bucket: &s3::Settings) -> Bucket {
    Bucket { name: bucket.bucket.clone(), prefix: bucket.prefix.clone() }
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

fn wrong(key: &str, problem: &str) -> Mistakes {
    one(Mistake { key: format!("worker.{key}"), value: None, problem: problem.to_owned() })
}

fn one(mistake: Mistake) -> Mistakes {
    Mistakes(vec![mistake])
}

fn location<'a>(config: &'a Config, key: &str, name: &str) -> Result<&'a config::Source, Mistakes> {
    config.sources.iter().find(|source| source.name == name).ok_or_else(|| wrong(key, "is not configured"))
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

fn rules(config: &Config, source: &str) -> Rules {
    Rules {
        name: LANE.to_owned(),
        oss: lightmill_dialects::oss::Options::default(),
        sources: vec![source.to_owned()],
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
