use lightmill_dialects::client_hints::ClientHints;
use lightmill_mill::{Asked, Job};
use moka::sync::Cache;

use super::Mount;

/// Bytes of memory for jobs.
const MEMORY_BYTES: u64 = 16 << 20;

/// Bytes of a job beside its texts, and how often those are in it: as the question, in the recipe, in its canonical form.
const JOB_BYTES: usize = 2048;
const COPIES: usize = 4;

/// Longer questions are rare, and read anew.
const QUESTION_BYTES: usize = 2048;

/// What was asked for before, read and resolved: pages ask for the same again and again, and reading a URL takes longer
/// than finding it here. Mounts and their rules are those of one configuration.
#[derive(Debug)]
pub(super) struct Jobs(Cache<String, Job>);

/// All that decides what a request asks for.
pub(super) struct Question(String);

impl Question {
    /// `target`: path and query below the mount, as on the wire.
    pub(super) fn new(mount: &Mount, target: [&str; 2], asked: Asked<'_>, headers: &[(&str, &str)]) -> Self {
        let [path, query] = target;
        let (accept, source) = (asked.accept.unwrap_or_default(), asked.source.unwrap_or("\n"));
        // No header and no target holds a line break.
        let mut question = [&mount.name, path, query, accept, source].join("\n");
        if !asked.hints.is_empty() {
            let ClientHints { pixel_ratio, width } = asked.hints;
            let (ratio, width) = (pixel_ratio.unwrap_or(1.0).to_string(), width.unwrap_or_default().to_string());
            question.extend(["\n", &ratio, "x", &width]);
        }
        for (name, value) in headers {
            question.extend(["\n", name, ":", value]);
        }
        Self(question)
    }
}

impl Jobs {
    pub(super) fn new() -> Self {
        let weigh = |question: &String, _: &Job| u32::try_from(JOB_BYTES + COPIES * question.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(MEMORY_BYTES).weigher(weigh).build())
    }

    pub(super) fn get(&self, question: &Question) -> Option<Job> {
        self.0.get(&question.0)
    }

    /// Remembers what the question asks for, unless that can change.
    pub(super) fn keep(&self, question: Question, job: &Job) {
        if job.is_fixed() && question.0.len() <= QUESTION_BYTES {
            self.0.insert(question.0, job.clone());
        }
    }
}
