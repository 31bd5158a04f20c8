use std::time::Duration;

use lightmill_store::dynamodb::{Change, Item, Write, number, text};

use super::DynamoQueue;
use super::item::{Row, job_id, text_of, turn};
use super::schema::TURN;
use crate::{Error, Held, Progress, State, Taken};

impl DynamoQueue {
    /// The index is told only if the lease ends before the time that it says; of later ends, whoever looks tells it.
    pub(super) async fn extend_lease(&self, taken: &Taken, lease: Duration) -> Result<Held, Error> {
        let until = self.after(lease);
        let Some(item) = self.hold(taken, Change::default().set("until", number(until))).await? else {
            return Ok(Held::Lost);
        };
        let row = Row::of(&item)?;
        if let Some(seen) = text_of(&item, TURN).filter(|seen| *seen > turn(until, row.seq).as_str()) {
            self.move_on(&job_id(&row.job.id), seen, &row).await?;
        }
        Ok(held(&item))
    }

    pub(super) async fn tell(&self, taken: &Taken, progress: Progress) -> Result<Held, Error> {
        let value = |of: Option<f32>| of.filter(|of| of.is_finite()).map(number);
        let change = Change::default().put("part", value(progress.part)).put("speed", value(progress.speed));
        Ok(self.hold(taken, change).await?.map_or(Held::Lost, |item| held(&item)))
    }

    /// The job as it is then, if it is still this taker's.
    async fn hold(&self, taken: &Taken, change: Change) -> Result<Option<Item>, Error> {
        let write = Write::update(job_id(&taken.job.id), change)
            .when("#state = :running AND #fence = :fence")
            .with(":running", text(State::Running.name()))
            .with(":fence", number(taken.fence));
        Ok(self.update(&write).await?.ok())
    }
}

fn held(item: &Item) -> Held {
    if item.contains_key("cancel_wanted") { Held::CancelWanted } else { Held::Kept }
}
