use std::collections::BTreeSet;

use lightmill_store::dynamodb::{Item, Query, text};

use super::DynamoQueue;
use super::counters;
use super::item::{Row, failed, listed, number_of, text_of};
use super::schema::{LIST, SEQ};
use crate::clock::time;
use crate::{Counts, Error, Job, State};

/// Jobs that somebody works on.
pub(super) struct Running {
    pub(super) count: u64,
    /// When the first of them was put.
    oldest: Option<i64>,
}

impl DynamoQueue {
    /// Of each state the newest, by the index; and those as they are.
    pub(super) async fn newest(&self, lane: &str, state: Option<State>, limit: usize) -> Result<Vec<Job>, Error> {
        let states = state.map_or_else(|| State::ALL.to_vec(), |state| vec![state]);
        let mut entries = Vec::new();
        for state in states {
            entries.extend(self.listed(lane, state, false, Some(limit)).await?);
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(number_of::<u64>(entry, SEQ)));
        let mut seen = BTreeSet::new();
        // The index may have a job in two states, or in none, while it changes.
        let ids = entries.iter().filter_map(|entry| text_of(entry, "id")).map(str::to_owned);
        let ids: Vec<String> = ids.filter(|id| seen.insert(id.clone())).take(limit).collect();
        let items = self.table.get_many(&ids).await.map_err(failed)?;
        let mut rows = items.iter().map(Row::of).collect::<Result<Vec<_>, _>>()?;
        rows.retain(|row| row.job.lane == lane && state.is_none_or(|state| row.job.state == state));
        rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
        Ok(rows.into_iter().map(|row| row.job).collect())
    }

    /// What has not ended by the counters, what of that runs by the index.
    pub(super) async fn count(&self, lane: &str) -> Result<Counts, Error> {
        let counted = counters::read(&self.table, lane).await?;
        let running = self.running(lane).await?;
        let first = self.listed(lane, State::Queued, true, Some(1)).await?;
        let waiting = first.first().and_then(|entry| number_of(entry, "created"));
        let mut by_state = counted.ended;
        by_state[State::Queued as usize] = counted.live.saturating_sub(running.count);
        by_state[State::Running as usize] = running.count;
        Ok(Counts { by_state, oldest: [waiting, running.oldest].into_iter().flatten().min().map(time) })
    }

    /// As far as the index tells.
    pub(super) async fn running(&self, lane: &str) -> Result<Running, Error> {
        let entries = self.listed(lane, State::Running, true, None).await?;
        let oldest = entries.first().and_then(|entry| number_of(entry, "created"));
        Ok(Running { count: entries.len() as u64, oldest })
    }

    /// Entries of the index of all jobs, all of them or the first `limit`.
    async fn listed(&self, lane: &str, state: State, forward: bool, limit: Option<usize>) -> Result<Vec<Item>, Error> {
        let values = [(":listed", text(listed(lane, state)))];
        let mut query =
            Query { index: LIST, condition: "#listed = :listed", values: &values, forward, limit, start: None };
        let (mut entries, mut start) = (Vec::new(), None);
        while limit.is_none_or(|limit| entries.len() < limit) {
            query.limit = limit.map(|limit| limit - entries.len());
            let page = self.table.query(&Query { start: start.as_ref(), ..query }).await.map_err(failed)?;
            entries.extend(page.items);
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        Ok(entries)
    }
}
