use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use lightmill_store::aws;
use lightmill_store::dynamodb::{Address, Item, Table, Unmet, Write};

use super::item::{Row, failed, job_id};
use super::schema;
use crate::clock::milliseconds;
use crate::{
    Clock, Counts, Error, GiveBack, Held, Job, NewJob, Outcome, Progress, Put, Queue, State, SystemClock, Taken,
};

/// Bits of a number in the order of jobs that count those of one millisecond.
const WITHIN_A_MILLISECOND: u32 = 20;

/// Which table, and what is kept in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The table.
    pub address: Address,
    /// Who asks it, and where it is if the address does not say.
    pub aws: aws::Settings,
    /// Jobs of a lane that may wait.
    pub most: usize,
    /// How long jobs that have ended are remembered. The table forgets them by itself a day after that, if its TTL attribute
    /// is `expires`.
    pub keep: Duration,
}

/// Jobs in a table of DynamoDB. Every process that opens it has the same queue; their clocks must agree, to some part of a
/// lease.
#[derive(Debug)]
pub struct DynamoQueue {
    pub(super) table: Table,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) most: usize,
    pub(super) keep: Duration,
    /// The last number in the order of jobs that this process gave.
    last: AtomicU64,
}

impl DynamoQueue {
    /// The queue in the table of `settings`.
    ///
    /// # Errors
    /// [`Error::Unusable`] if there is no such table, or if it lacks something, all of which is named;
    /// [`Error::Unavailable`] if it cannot be asked.
    pub async fn open(settings: Settings) -> Result<Self, Error> {
        Self::with_clock(settings, Arc::new(SystemClock)).await
    }

    /// The same, by another clock.
    ///
    /// # Errors
    /// As those of [`Self::open`].
    pub async fn with_clock(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let Settings { address, aws, most, keep } = settings;
        let table = Table::new(address, aws);
        schema::check(&table).await?;
        Ok(Self { table, clock, most, keep, last: AtomicU64::new(0) })
    }

    pub(super) fn now(&self) -> i64 {
        milliseconds(self.clock.now())
    }

    pub(super) fn after(&self, time: Duration) -> i64 {
        milliseconds(self.clock.now() + time)
    }

    /// A number above all that this process gave before, and above those of the milliseconds before.
    pub(super) fn next_seq(&self, now: i64) -> u64 {
        let first = u64::try_from(now).unwrap_or_default() << WITHIN_A_MILLISECOND;
        let after = |last: u64| first.max(last + 1);
        after(
            self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last))).unwrap_or_default(),
        )
    }

    /// The job of this id, as it was last written.
    pub(super) async fn row(&self, id: &str) -> Result<Option<Row>, Error> {
        let item = self.table.get(&job_id(id)).await.map_err(failed)?;
        item.as_ref().map(Row::of).transpose()
    }

    pub(super) async fn update(&self, write: &Write) -> Result<Result<Item, Unmet>, Error> {
        self.table.update(write).await.map_err(failed)
    }

    pub(super) async fn transact(&self, writes: &[Write]) -> Result<Result<(), Vec<Option<Unmet>>>, Error> {
        self.table.transact(writes).await.map_err(failed)
    }
}

/// A word by which a step knows itself again: if its answer was lost, the next attempt finds it done.
pub(super) fn step() -> String {
    format!("{:016x}", fastrand::u64(..))
}

#[async_trait]
impl Queue for DynamoQueue {
    async fn put(&self, job: NewJob) -> Result<Put, Error> {
        self.put_job(&job).await
    }

    async fn take(&self, lane: &str, lease: Duration) -> Result<Option<Taken>, Error> {
        self.take_job(lane, lease).await
    }

    async fn extend(&self, taken: &Taken, lease: Duration) -> Result<Held, Error> {
        self.extend_lease(taken, lease).await
    }

    async fn report(&self, taken: &Taken, progress: Progress) -> Result<Held, Error> {
        self.tell(taken, progress).await
    }

    async fn finish(&self, taken: &Taken, outcome: Outcome) -> Result<bool, Error> {
        self.finish_job(taken, outcome).await
    }

    async fn give_back(&self, taken: &Taken, back: GiveBack) -> Result<bool, Error> {
        self.give_job_back(taken, back).await
    }

    async fn get(&self, id: &str) -> Result<Option<Job>, Error> {
        Ok(self.row(id).await?.map(|row| row.job))
    }

    async fn list(&self, lane: &str, state: Option<State>, limit: usize) -> Result<Vec<Job>, Error> {
        self.newest(lane, state, limit).await
    }

    async fn cancel(&self, id: &str) -> Result<Option<Job>, Error> {
        self.cancel_job(id).await
    }

    async fn again(&self, id: &str) -> Result<Option<Job>, Error> {
        self.job_again(id).await
    }

    async fn remove_old(&self, before: SystemTime) -> Result<u64, Error> {
        self.forget(milliseconds(before)).await
    }

    async fn counts(&self, lane: &str) -> Result<Counts, Error> {
        self.count(lane).await
    }
}
