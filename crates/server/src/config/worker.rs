use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lightmill_jobs::variants::is_variant;
use lightmill_store::sqs::Address;

use super::listeners::seconds;
use super::presets::Preset;
use super::section::Section;
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
    /// The source of the objects.
    pub source: String,
    /// The source in which variants are written.
    pub target: String,
    /// What stands before every name there.
    pub prefix: String,
    /// The queue in which the source's bucket tells what happens to its objects; a folder is watched without it.
    pub queue: Option<Address>,
    /// Where messages go that can never be done.
    pub dead_letters: Option<Address>,
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
    /// The file that knows what is to be done and what came of it.
    pub database: PathBuf,
    /// How long what came of an object is remembered.
    pub keep: Duration,
    /// How often a watched folder is looked through, in case that it changed without a sign; never with 0.
    pub rescan: Duration,
    /// What is made.
    pub variants: Vec<Preset>,
    /// Who is told, at most 32.
    pub webhooks: Vec<Endpoint>,
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
            source: named(&mut section, "source", sources),
            target: named(&mut section, "target", sources),
            prefix: section.checked("prefix", String::new(), |text| !text.starts_with('/'), "begins with no /"),
            queue: section.optional("queue"),
            dead_letters: section.optional("dead_letters"),
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
            database: base.join(section.take("database", PathBuf::from("/var/lib/lightmill/worker.sqlite"))),
            keep: seconds(&mut section, "keep", 604_800.0),
            rescan: seconds(&mut section, "rescan", 600.0),
            variants: variants(section.section("variants")),
            webhooks: Endpoint::read_all(section.section("webhooks"), base),
        };
        if worker.dead_letters.is_some() && worker.queue.is_none() {
            section.silent_mistake("dead_letters", "belongs to `worker.queue`, which is missing");
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
}

fn named(section: &mut Section<'_>, key: &str, sources: &[String]) -> String {
    let name: String = section.take(key, String::new());
    if name.is_empty() {
        section.silent_mistake(key, "is missing: the name of a source");
    } else if !sources.contains(&name) {
        section.mistake(key, &name, format!("is not configured; there are: {}", sources.join(", ")));
    }
    name
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
