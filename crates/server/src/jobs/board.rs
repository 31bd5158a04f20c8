use std::sync::Arc;

use lightmill_jobs::sqlite::SqliteQueue;
use lightmill_jobs::{Queue, Wake};

use crate::build::mistake;
use crate::config::{self, Mistake};

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
    /// Opens the file of `config`.
    ///
    /// # Errors
    /// If it cannot be opened, or is of another version.
    pub(crate) fn open(config: &config::Jobs) -> Result<Self, Mistake> {
        Ok(Self { queue: queue(config)?, ordered: Wake::default(), ended: Wake::default() })
    }
}

/// Where the jobs of `config` wait.
///
/// # Errors
/// As [`Board::open`].
pub(crate) fn queue(config: &config::Jobs) -> Result<Arc<dyn Queue>, Mistake> {
    let opened = SqliteQueue::open(&config.database, config.queue_length);
    Ok(Arc::new(opened.map_err(|error| mistake("jobs.database", &config.database, &error))?))
}
