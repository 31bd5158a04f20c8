use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use lightmill_jobs::variants::is_variant;
use lightmill_store::secrets::Reference;
use lightmill_store::sqs::Address;

use super::Database;
use super::admin::tokens;
use super::jobs::{A_PATH, is_path};
use super::listeners::seconds;
use super::presets::Preset;
use super::section::{Reader, Section};
use super::sources::{Location, Source};
use super::webhook::Endpoint;

/// What is made of every object where nothing else is configured: name and recipe.
const USUAL: [(&str, &str); 5] = [
    ("compressed", "image/auto-orient,1/format,jpg/quality,Q_85"),
    ("low", "image/auto-orient,1/format,jpg/quality,Q_60"),
    ("webp", "image/auto-orient,1/format,webp/quality,Q_85"),
    ("png", "image/auto-orient,1/format,png"),
    ("thumbnail", "image/auto-orient,1/resize,m_lfit,w_200,h_200/format,jpg"),
];

/// `[worker]`: what `lightmill worker` makes of the objects of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// The source of the objects; without it, that of the bucket that an invocation of Lambda tells of.
    pub source: Option<String>,
    /// The source in which variants are written.
    pub target: String,
    /// What stands before every name there.
    pub prefix: String,
    /// The queue in which the source's bucket tells what happens to its objects; a folder is watched without it.
    pub queue: Option<Address>,
    /// Where messages go that can never be done.
    pub dead_letters: Option<Address>,
    /// Where stores post what happens to objects.
    pub http: Option<WorkerHttp>,
    /// Whether Lambda hears of single messages of a batch that could not be done, instead of the whole.
    pub partial_batches: bool,
    /// Whether variants of what is gone are removed.
    pub removes: bool,
    /// Whether there is a manifest beside the variants of each object.
    pub manifest: bool,
    /// Objects that are worked on at a time.
    pub at_a_time: NonZeroUsize,
    /// How often one is begun.
    pub attempts: u32,
    /// How long an attempt may take.
    pub time: Duration,
    /// Objects that wait at most.
    pub queue_length: usize,
    /// What knows what is to be done and what came of it.
    pub database: Database,
    /// How long what came of an object is remembered.
    pub keep: Duration,
    /// How often a watched folder is looked through, in case that it changed without a sign; never with 0.
    pub rescan: Duration,
    /// What is made.
    pub variants: Vec<Preset>,
    /// Who is told, at most 32.
    pub webhooks: Vec<Endpoint>,
}

/// `[worker.http]`: where stores post what happens to objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerHttp {
    /// Its address.
    pub listen: SocketAddr,
    /// Its path.
    pub path: String,
    /// Where the tokens are of which one must come with every document that nobody has signed.
    pub tokens: Vec<Reference>,
    /// Topics of SNS whose messages are believed, by their ARNs.
    pub topics: Vec<String>,
}

impl WorkerHttp {
    fn read(mut section: Section<'_>, base: &Path) -> Option<Self> {
        if section.is_empty() {
            return None;
        }
        let http = Self {
            listen: section.take("listen", SocketAddr::from((Ipv4Addr::LOCALHOST, 8082))),
            path: section.checked("path", "/events".to_owned(), |path| is_path(path), A_PATH),
            tokens: tokens(&mut section, "tokens", base),
            topics: section.take("topics", Vec::new()),
        };
        for topic in http.topics.iter().filter(|topic| !is_topic(topic)) {
            section.mistake("topics", topic, "are ARNs of SNS: arn:aws:sns:REGION:ACCOUNT:NAME");
        }
        if http.tokens.is_empty() && http.topics.is_empty() {
            section.silent_mistake("tokens", "is missing, and so is `topics`: who is believed");
        }
        section.finish();
        Some(http)
    }
}

fn is_topic(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    matches!(parts[..], ["arn", _, "sns", region, account, name] if ![region, account, name].contains(&""))
}

/// Each has a runner of its own, that looks into the database every second.
const MOST_ENDPOINTS: usize = 32;

impl Worker {
    /// `sources`: the configured ones; `read_only`: those that cannot be written to.
    pub(super) fn read(
        mut section: Section<'_>,
        base: &Path,
        sources: &[String],
        read_only: &[String],
    ) -> Option<Self> {
        if section.is_empty() {
            return None;
        }
        let processors = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let worker = Self {
            source: section.optional("source").inspect(|name| known(&section, "source", name, sources)),
            target: section.take("target", String::new()),
            prefix: section.checked("prefix", String::new(), |text| !text.starts_with('/'), "begins with no /"),
            queue: section.optional("queue"),
            dead_letters: section.optional("dead_letters"),
            http: WorkerHttp::read(section.section("http"), base),
            partial_batches: section.take("partial_batches", false),
            removes: section.take("remove", true),
            manifest: section.take("manifest", false),
            at_a_time: section.checked("at_a_time", processors, |n| n.get() <= 1024, "is 1 to 1024"),
            attempts: section.checked("attempts", 5, |n| (1..=100).contains(n), "is 1 to 100"),
            time: seconds(&mut section, "time", 600.0),
            queue_length: section.checked(
                "queue_length",
                100_000,
                |n| (1..=10_000_000).contains(n),
                "is 1 to 10000000",
            ),
            database: Database::read(&mut section, base, "/var/lib/lightmill/worker.sqlite"),
            keep: seconds(&mut section, "keep", 604_800.0),
            rescan: seconds(&mut section, "rescan", 600.0),
            variants: variants(section.section("variants")),
            webhooks: Endpoint::read_all(section.section("webhooks"), base),
        };
        if worker.target.is_empty() {
            section.silent_mistake("target", "is missing: the name of a source");
        } else {
            known(&section, "target", &worker.target, sources);
        }
        if worker.webhooks.len() > MOST_ENDPOINTS {
            section.silent_mistake("webhooks", format!("has more than {MOST_ENDPOINTS} endpoints"));
        }
        if read_only.contains(&worker.target) {
            section.mistake("target", &worker.target, "cannot be written to");
        }
        section.finish();
        Some(worker)
    }

    /// What only some sources can be told of.
    pub(super) fn cross_check(&self, sources: &[Source], reader: &Reader) {
        // One that is not configured has been told.
        let named = |source: &&Source| Some(&source.name) == self.source.as_ref();
        let location = sources.iter().find(named).map(|source| &source.location);
        let wrong = |key: &str, problem: &str| reader.mistake(format!("worker.{key}"), None, problem);
        if location.is_some_and(|location| !matches!(location, Location::S3(..))) {
            for (key, is_set) in [("queue", self.queue.is_some()), ("http", self.http.is_some())] {
                if is_set {
                    wrong(key, "tells of a bucket of S3, and `worker.source` is none");
                }
            }
        }
        let is_folder = matches!(location, Some(Location::Folder(_)));
        if self.dead_letters.is_some() && self.queue.is_none() && (is_folder || self.http.is_some()) {
            wrong(
                "dead_letters",
                "belongs to `worker.queue` or to Lambda: what cannot be done otherwise stays in `worker.database`",
            );
        }
    }
}

fn known(section: &Section<'_>, key: &str, name: &String, sources: &[String]) {
    if !sources.contains(name) {
        section.mistake(key, name, format!("is not configured; there are: {}", sources.join(", ")));
    }
}

fn variants(section: Section<'_>) -> Vec<Preset> {
    let given: Vec<Preset> = section.named().into_iter().map(|(name, section)| variant(name, section)).collect();
    if given.is_empty() { USUAL.map(|(name, recipe)| Preset::oss(name, recipe)).into() } else { given }
}

fn variant(name: String, section: Section<'_>) -> Preset {
    if !is_variant(&name) {
        section.silent_mistake("", "is called by 1 to 32 small letters, digits and `-`, and not `manifest`");
    }
    Preset::without_source(name, section)
}
