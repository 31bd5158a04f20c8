use std::sync::Arc;

use lightmill_jobs::{Queue, Wake};

/// The lane of what is ordered.
pub(super) const MAKING: &str = "make";
/// The lane of what is told to webhooks.
pub(crate) const TELLING: &str = "tell";

/// Where jobs wait, for as long as the process lives. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    pub(super) queue: Arc<dyn Queue>,
    /// There is something to make.
    pub(super) ordered: Wake,
    /// There may be something to tell.
    pub(super) ended: Wake,
}

impl Board {
    /// Over this queue.
    pub(crate) fn new(queue: Arc<dyn Queue>) -> Self {
        Self { queue, ordered: Wake::default(), ended: Wake::default() }
    }
}
