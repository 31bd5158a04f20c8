use lightmill_store::dynamodb::{Item, Unmet, Write, text};

use super::DynamoQueue;
use super::counters::{self, Tally};
use super::item::{Row, failed, key_id, new_item, text_of};
use super::queue::step;
use crate::{Error, Job, NewJob, Put, State};

/// How often a job is put again whose key was freed meanwhile.
const ROUNDS: u32 = 8;

impl DynamoQueue {
    /// One transaction: the job, the item that stands for its key, and the count. Whatever stands in the way is told by it.
    pub(super) async fn put_job(&self, new: &NewJob) -> Result<Put, Error> {
        let mut ended = None;
        for _ in 0..ROUNDS {
            let (now, step) = (self.now(), step());
            let item = new_item(new, now, self.next_seq(now), &step)?;
            if self.is_full(&new.lane).await? {
                return Ok(self.known(new).await?.map_or(Put::Full, Put::Known));
            }
            let mut writes = vec![absent(item.clone())];
            writes.extend(new.key.as_ref().map(|key| lock(&new.lane, key, &new.id, ended.as_deref())));
            writes.extend(Tally::default().put(&new.lane).writes());
            let unmet = match self.transact(&writes).await? {
                Ok(()) => return Ok(Put::New(Row::of(&item)?.job)),
                Err(unmet) => unmet,
            };
            if let Some(Some(Unmet(Some(there)))) = unmet.first() {
                let row = Row::of(there)?;
                return Ok(if row.step == step { Put::New(row.job) } else { Put::Known(row.job) });
            }
            let Some(Some(Unmet(Some(lock)))) = unmet.get(1) else { continue };
            let holder = holder(lock);
            match self.live(&holder).await? {
                Some(job) => return Ok(Put::Known(job)),
                // It ended just then; or it was deleted from the table, and its key was not.
                None => ended = Some(holder),
            }
        }
        Err(Error::Unavailable("the job is put by too many".to_owned()))
    }

    /// Whether as many jobs wait as may. What was put or taken a moment ago may be missing.
    async fn is_full(&self, lane: &str) -> Result<bool, Error> {
        let live = counters::read(&self.table, lane).await?.live;
        let most = u64::try_from(self.most).unwrap_or(u64::MAX);
        Ok(live >= most && live.saturating_sub(self.running(lane).await?.count) >= most)
    }

    /// The job that has the id or the key of this one.
    async fn known(&self, new: &NewJob) -> Result<Option<Job>, Error> {
        if let Some(row) = self.row(&new.id).await? {
            return Ok(Some(row.job));
        }
        let Some(key) = &new.key else { return Ok(None) };
        let lock = self.table.get(&key_id(&new.lane, key)).await.map_err(failed)?;
        let Some(lock) = lock else { return Ok(None) };
        self.live(&holder(&lock)).await
    }

    /// The job of this id, if it has not ended.
    async fn live(&self, id: &str) -> Result<Option<Job>, Error> {
        Ok(self.row(id).await?.map(|row| row.job).filter(|job| matches!(job.state, State::Queued | State::Running)))
    }
}

/// Puts an item that must not be there.
pub(super) fn absent(item: Item) -> Write {
    Write::put(item).when("attribute_not_exists(#id)")
}

/// Puts the item by which the job `id` has `key`, in the place of none, or of that of `ended`.
pub(super) fn lock(lane: &str, key: &str, id: &str, ended: Option<&str>) -> Write {
    let attributes = [("id", text(key_id(lane, key))), ("job", text(id))];
    let item: Item = attributes.map(|(name, value)| (name.to_owned(), value)).into();
    match ended {
        None => absent(item),
        Some(ended) => Write::put(item).when("attribute_not_exists(#id) OR #job = :ended").with(":ended", text(ended)),
    }
}

/// The job that has a key.
fn holder(lock: &Item) -> String {
    text_of(lock, "job").unwrap_or_default().to_owned()
}
