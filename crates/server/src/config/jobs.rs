use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lightmill_store::http::Allowed;
use lightmill_store::secrets::Reference;

use super::Database;
use super::admin::tokens;
use super::listeners::seconds;
use super::section::Section;

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

/// `[jobs.webhook]`: servers that are told that a job has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// What signs.
    pub secrets: Vec<Reference>,
    /// Hosts that may be told; every host without any.
    pub hosts: Vec<String>,
    /// What is opened of the addresses that are not public.
    pub allow_private: Vec<Allowed>,
    /// A file of certificates that may sign a server's, beside the system's.
    pub certificates: Option<PathBuf>,
    /// Until a connection stands.
    pub connect_time: Duration,
    /// Until there is an answer.
    pub time: Duration,
    /// How often it is tried.
    pub attempts: u32,
    /// Servers that are told at a time.
    pub at_a_time: usize,
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
            attempts: attempts(&mut section, 5),
            time: seconds(&mut section, "time", 3600.0),
            lease: lease(&mut section),
            keep: keep(&mut section),
            webhook: Webhook::read(section.section("webhook"), base),
        };
        jobs.database.check_folder(&section);
        if jobs.tokens.is_empty() {
            section.silent_mistake("tokens", "is missing: who may put jobs");
        }
        section.finish();
        Some(jobs)
    }
}

impl Webhook {
    fn read(mut section: Section<'_>, base: &Path) -> Option<Self> {
        if section.is_empty() {
            return None;
        }
        let webhook = Self {
            secrets: tokens(&mut section, "secrets", base),
            hosts: hosts(&mut section),
            allow_private: section.take("allow_private", Vec::new()),
            certificates: section.optional::<PathBuf>("certificates").map(|file| base.join(file)),
            connect_time: seconds(&mut section, "connect_time", 5.0),
            time: seconds(&mut section, "time", 10.0),
            attempts: attempts(&mut section, 12),
            at_a_time: section.checked("at_a_time", 8, |n| (1..=1024).contains(n), "is 1 to 1024"),
        };
        if webhook.secrets.is_empty() {
            section.silent_mistake("secrets", "is missing: what webhooks are signed with");
        }
        section.finish();
        Some(webhook)
    }
}

/// Pages find a processor, and a place among those of videos, whatever jobs do.
fn half_of_the_processors() -> NonZeroUsize {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    NonZeroUsize::new(processors / 2).unwrap_or(NonZeroUsize::MIN)
}

fn attempts(section: &mut Section<'_>, default: u32) -> u32 {
    section.checked("attempts", default, |n| (1..=100).contains(n), "is 1 to 100")
}

fn lease(section: &mut Section<'_>) -> Duration {
    let fits = |value: &f64| (5.0..=3600.0).contains(value);
    Duration::from_secs_f64(section.checked("lease", 30.0, fits, "is a number of seconds, 5 to 3600"))
}

fn keep(section: &mut Section<'_>) -> Duration {
    let fits = |value: &f64| (60.0..=31_536_000.0).contains(value);
    Duration::from_secs_f64(section.checked("keep", 604_800.0, fits, "is a number of seconds, 60 to 31536000"))
}

fn hosts(section: &mut Section<'_>) -> Vec<String> {
    let hosts: Vec<String> = section.take("hosts", Vec::new());
    for host in hosts.iter().filter(|host| url::Host::parse(host).is_err()) {
        section.mistake("hosts", host, "is the name of a host, without a scheme and a port");
    }
    hosts
}

pub(super) const A_PATH: &str = "is segments of visible ASCII such as `/jobs`, without a `/` at the end";

pub(super) fn is_path(path: &str) -> bool {
    let clean = path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'%'));
    let segments =
        path.strip_prefix('/').map(|rest| rest.split('/').all(|segment| !matches!(segment, "" | "." | "..")));
    clean && segments == Some(true)
}
