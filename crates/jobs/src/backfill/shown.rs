use serde::{Deserialize, Serialize};

use super::Phase;

/// What came of the objects so far, the runs before included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Objects that were looked at: all of the following but variants.
    pub objects: u64,
    /// Objects all of whose variants were there.
    pub up_to_date: u64,
    /// Objects whose variants were made.
    pub made: u64,
    /// Objects that went while they were looked at.
    pub gone: u64,
    /// Objects whose variants could not be made.
    pub failed: u64,
    /// Bytes of the objects whose variants were made.
    pub bytes: u64,
    /// Variants that were removed because their object has another state.
    pub outdated: u64,
    /// Variants that were removed because their object is gone.
    pub orphans: u64,
    /// Variants that were left although their object may be gone.
    pub doubtful: u64,
}

/// What is shown of a backfill while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// What came of the objects so far.
    pub counts: Counts,
    /// Objects that this run did not look at again.
    pub before: u64,
    /// Objects that were counted.
    pub total: u64,
    /// Whether those are all that there are.
    pub is_total: bool,
    /// What is being done.
    pub phase: Phase,
}
