use lightmill_store::dynamodb::{Item, Query, Write, text};

use super::DynamoQueue;
use super::counters::Tally;
use super::item::{before, failed, lane_and_state, text_of};
use super::schema::{DUE, ENDED, LISTED, TURN};
use crate::Error;

/// Jobs of one transaction, which may have 4 MiB of items.
const BATCH: usize = 10;

impl DynamoQueue {
    /// What ended before `time`, by the index, a few at a time with their counts.
    pub(super) async fn forget(&self, time: i64) -> Result<u64, Error> {
        let values = [(":ended", text(ENDED)), (":before", text(before(time)))];
        let query = Query {
            index: DUE,
            condition: "#waits = :ended AND #turn < :before",
            values: &values,
            forward: true,
            limit: None,
            start: None,
        };
        let (mut count, mut start) = (0, None);
        loop {
            let page = self.table.query(&Query { start: start.as_ref(), ..query }).await.map_err(failed)?;
            for batch in page.items.chunks(BATCH) {
                count += self.forget_these(batch.to_vec()).await?;
            }
            start = page.next;
            if start.is_none() {
                return Ok(count);
            }
        }
    }

    /// All of them in one step, but for those that somebody else has forgotten.
    async fn forget_these(&self, mut entries: Vec<Item>) -> Result<u64, Error> {
        while !entries.is_empty() {
            let mut tally = Tally::default();
            for (lane, state) in
                entries.iter().filter_map(|entry| lane_and_state(text_of(entry, LISTED).unwrap_or_default()))
            {
                tally = tally.forget(lane, state);
            }
            let delete = |entry: &Item| {
                Write::delete(text_of(entry, "id").unwrap_or_default())
                    .when("#waits = :ended AND #turn = :turn")
                    .with(":ended", text(ENDED))
                    .with(":turn", text(text_of(entry, TURN).unwrap_or_default()))
            };
            let writes: Vec<Write> = entries.iter().map(delete).chain(tally.writes()).collect();
            let Err(unmet) = self.transact(&writes).await? else { return Ok(entries.len() as u64) };
            let mut left = unmet.iter();
            let before = entries.len();
            entries.retain(|_| matches!(left.next(), Some(None)));
            if entries.len() == before {
                return Err(Error::Unavailable("the table refuses what it does not name".to_owned()));
            }
        }
        Ok(0)
    }
}
