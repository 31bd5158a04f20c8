use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::Queue;
use lightmill_jobs::events::{DeadLetters, SqsInbox, SqsInboxSettings};
use lightmill_jobs::notices::Notices;
use lightmill_jobs::variants::{Target, Variant, Variants};
use lightmill_mill::{Allow, BucketFrom, Originals, Rules};
use lightmill_store::sqs::{self, Address};
use lightmill_store::{azure, s3};

use super::LANE;
use super::objects::{Bucket, Objects};
use super::queue::Taking;
use crate::build::{self, Parts};
use crate::config::{self, Config, Location, Mistake, Mistakes};
use crate::reload::Live;

/// What the configuration says of the worker.
pub(super) fn worker(config: &Config) -> Result<&config::Worker, Mistakes> {
    config.worker.as_ref().ok_or_else(|| wrong("source", "is missing: the name of a source"))
}

/// The source of the objects.
pub(super) fn source<'a>(config: &'a Config, worker: &config::Worker) -> Result<&'a config::Source, Mistakes> {
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
pub(super) async fn notices(
    config: &Config,
    worker: &config::Worker,
    queue: Option<&Arc<dyn Queue>>,
) -> Result<Option<Arc<Notices>>, Mistakes> {
    let endpoints = build::endpoints(config, worker).await?;
    let queue = queue.filter(|_| !endpoints.is_empty());
    Ok(queue.map(|queue| Arc::new(Notices::new(Arc::clone(queue), endpoints))))
}

/// What makes variants of the objects of `source`, and the service that it is part of.
pub(super) async fn variants(
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
pub(super) fn inbox(
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

/// Where what can never be done goes, if anywhere.
pub(super) fn dead_letters(config: &Config, worker: &config::Worker) -> Option<DeadLetters> {
    let queue = |address: &Address| sqs::Queue::new(address.clone(), config.aws.clone());
    worker.dead_letters.as_ref().map(queue).map(DeadLetters::new)
}

/// The bucket that a source is.
pub(super) fn of(bucket: &s3::Settings) -> Bucket {
    Bucket { name: bucket.bucket.clone(), prefix: bucket.prefix.clone() }
}

/// A key of `[worker]` that is wrong.
pub(super) fn wrong(key: &str, problem: &str) -> Mistakes {
    one(Mistake { key: format!("worker.{key}"), value: None, problem: problem.to_owned() })
}

pub(super) fn one(mistake: Mistake) -> Mistakes {
    Mistakes(vec![mistake])
}

/// The source that `key` names.
pub(super) fn location<'a>(config: &'a Config, key: &str, name: &str) -> Result<&'a config::Source, Mistakes> {
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
