use std::sync::Arc;

use super::Parts;
use super::keys::Keyrings;
use super::webhooks::webhooks;
use crate::config::{Config, Mistake};
use crate::jobs::{Board, Desk};
use crate::tokens::Tokens;

/// Opens where jobs wait, if they are taken.
///
/// # Errors
/// A file or a table that cannot be used.
pub(crate) async fn board(config: &Config) -> Result<Option<Board>, Mistake> {
    let Some(jobs) = &config.jobs else { return Ok(None) };
    let queue = super::queue("jobs.database", &jobs.database, (jobs.queue_length, jobs.keep), config).await?;
    Ok(Some(Board::new(queue)))
}

/// Where jobs are put, as `config` says: that of `before`, if it is the same. Without a board everything is looked at, and nothing comes of it.
pub(super) fn desk(
    config: &Config,
    board: Option<&Board>,
    before: Option<&Parts>,
) -> Result<Option<Arc<Desk>>, Mistake> {
    let Some(jobs) = &config.jobs else { return Ok(None) };
    let same = |old: &Config| (&old.jobs, &old.aws, old.limits.time) == (&config.jobs, &config.aws, config.limits.time);
    if let Some(before) = before.filter(|before| same(&before.config)) {
        return Ok(before.desk.clone());
    }
    let keyrings = Keyrings::new(config, before);
    let tokens = Tokens::new(keyrings.of(&jobs.tokens));
    let webhooks =
        jobs.webhook.as_ref().map(|webhook| webhooks("jobs", "jobs.webhook", webhook, &keyrings)).transpose()?;
    let desk = |board: &Board| Desk::new(board.clone(), jobs.path.clone(), tokens, webhooks, config.limits.time);
    Ok(board.map(desk).map(Arc::new))
}
