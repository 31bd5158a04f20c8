use serde::Deserialize;

use super::Queue;
use crate::Error;

/// Entries of one batch at most.
pub const BATCH: usize = 10;

/// An entry of a batch that was refused, beside others that were not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Its place in what was given, from 0.
    pub index: usize,
    /// For logs, never for clients.
    pub detail: String,
    /// Whether another attempt may succeed.
    pub passing: bool,
}

/// What became of each entry.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Answer {
    successful: Vec<Entry>,
    failed: Vec<Entry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Entry {
    id: String,
    code: String,
    message: String,
    sender_fault: bool,
}

impl Queue {
    /// What was refused of a batch of `count` entries, whose ids are their places.
    pub(super) fn failed(&self, answer: Answer, count: usize) -> Result<Vec<Failed>, Error> {
        let index = |entry: &Entry| entry.id.parse::<usize>().ok().filter(|index| *index < count);
        let mut told = vec![false; count];
        for entry in answer.successful.iter().chain(&answer.failed) {
            match index(entry) {
                Some(index) => told[index] = true,
                None => return Err(self.odd("tells of an entry that nobody asked for")),
            }
        }
        if told.contains(&false) {
            return Err(self.odd("does not tell of every entry"));
        }
        let failed = answer.failed.into_iter().filter_map(|entry| {
            let index = index(&entry)?;
            let detail = format!("queue {}: {}: {}", self.name(), entry.code, entry.message);
            Some(Failed { index, detail, passing: !entry.sender_fault })
        });
        Ok(failed.collect())
    }

    /// Refuses a batch that has no entry, or too many.
    pub(super) fn bounded(&self, count: usize) -> Result<(), Error> {
        if (1..=BATCH).contains(&count) {
            return Ok(());
        }
        Err(Error::unusable(format_args!("queue {}: a batch has 1 to {BATCH} entries, not {count}", self.name())))
    }

    fn odd(&self, problem: &str) -> Error {
        Error::unavailable(format_args!("queue {}: the answer {problem}", self.name()))
    }
}
