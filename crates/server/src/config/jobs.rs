use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use lightmill_store::secrets::Reference;

use super::Database;
use super::admin::tokens;
use super::listeners::seconds;
use super::section::Section;
use super::webhook::Webhook;

/// `[jobs]`: work without a waiting client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jobs {
    /// The path under which jobs are put and asked for, on every host.
    pub path: String,
    /// Where the tokens are of which one must come with every request.
    pub tokens: Vec<Reference>,
    /// Where they are kept.
    pub database: Database,
    /// Jobs that are worked on at a time.
    pub at_a_time: NonZeroUsize,
    /// Jobs that wait; one more is refused.
    pub queue_length: usize,
    /// How often one is begun.
    pub attempts: u32,
    /// How long an attempt may take.
    pub time: Duration,
    /// How long a job stays a process's that gives no sign of life.
    pub lease: Duration,
    /// How long one that has ended is told.
    pub keep: Duration,
    /// Who is told of ends; nobody without it.
    pub webhook: Option<Webhook>,
}

impl Jobs {
    /// `base`: the folder from which relative paths count.
    pub(super) fn read(mut section: Section<'_>, base: &Path) -> Option<Self> {
        if section.is_empty() {
            return None;
        }
        let jobs = Self {
            path: section.checked("path", "/jobs".to_owned(), |path| is_path(path), A_PATH),
            tokens: tokens(&mut section, "tokens", base),
            database: Database::read(&mut section, base, "/var/lib/lightmill/jobs.sqlite"),
            at_a_time: section.checked("at_a_time", half_of_the_processors(), |n| n.get() <= 1024, "is 1 to 1024"),
            queue_length: section.checked("queue_length", 10_000, |n| (1..=1_000_000).contains(n), "is 1 to 1000000"),
            attempts: section.checked("attempts", 5, |n| (1..=100).contains(n), "is 1 to 100"),
            time: seconds(&mut section, "time", 3600.0),
            lease: lease(&mut section),
            keep: keep(&mut section),
            webhook: Webhook::of_clients(section.section("webhook"), base),
        };
        jobs.database.check_folder(&section);
        if jobs.tokens.is_empty() {
            section.silent_mistake("tokens", "is missing: who may put jobs");
        }
        section.finish();
        Some(jobs)
    }
}

/// Pages find a processor, and a place among those of videos, whatever jobs do.
fn half_of_the_processors() -> NonZeroUsize {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    NonZeroUsize::new(processors / 2).unwrap_or(NonZeroUsize::MIN)
}

fn lease(section: &mut Section<'_>) -> Duration {
    let fits = |value: &f64| (5.0..=3600.0).contains(value);
    Duration::from_secs_f64(section.checked("lease", 30.0, fits, "is a number of seconds, 5 to 3600"))
}

fn keep(section: &mut Section<'_>) -> Duration {
    let fits = |value: &f64| (60.0..=31_536_000.0).contains(value);
    Duration::from_secs_f64(section.checked("keep", 604_800.0, fits, "is a number of seconds, 60 to 31536000"))
}

pub(super) const A_PATH: &str = "is segments of visible ASCII such as `/jobs`, without a `/` at the end";

pub(super) fn is_path(path: &str) -> bool {
    let clean = path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'%'));
    let segments =
        path.strip_prefix('/').map(|rest| rest.split('/').all(|segment| !matches!(segment, "" | "." | "..")));
    clean && segments == Some(true)
}
