use std::time::Duration;

use lightmill_store::dynamodb::{Change, Item, Query, Unmet, Write, number, text};

use super::DynamoQueue;
use super::item::{Row, before, failed, listed, text_of, turn, waits};
use super::queue::step;
use super::schema::{DUE, LISTED, TURN};
use crate::{Error, State, Taken};

/// Jobs that are looked at in one question: what costs no more than one.
const PAGE: usize = 20;

/// Pages that are looked at, where others are faster, or the index is behind.
const PAGES: u32 = 10;

/// What came of trying to take a job.
enum Tried {
    Taken(Box<Taken>),
    /// Somebody else took it just then.
    TooLate,
    /// It is not to be had, although the index said so.
    NotDue,
}

impl DynamoQueue {
    /// Asks the index what is due, and takes it on the condition that it still is. Whoever meets others goes on where they
    /// hardly are.
    pub(super) async fn take_job(&self, lane: &str, lease: Duration) -> Result<Option<Taken>, Error> {
        let mut start = None;
        for _ in 0..PAGES {
            let values = [(":waits", text(waits(lane))), (":before", text(before(self.now() + 1)))];
            let query = Query {
                index: DUE,
                condition: "#waits = :waits AND #turn < :before",
                values: &values,
                forward: true,
                limit: Some(PAGE),
                start: start.as_ref(),
            };
            let page = self.table.query(&query).await.map_err(failed)?;
            let mut entries = page.items;
            let mut met = false;
            while !entries.is_empty() {
                let entry = entries.remove(if met { fastrand::usize(..entries.len()) } else { 0 });
                match self.try_to_take(&entry, lane, lease).await? {
                    Tried::Taken(taken) => return Ok(Some(*taken)),
                    Tried::TooLate => met = true,
                    Tried::NotDue => {}
                }
            }
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        Ok(None)
    }

    async fn try_to_take(&self, entry: &Item, lane: &str, lease: Duration) -> Result<Tried, Error> {
        let (Some(id), Some(seen)) = (text_of(entry, "id"), text_of(entry, TURN)) else { return Ok(Tried::NotDue) };
        let seq = seen.rsplit(':').next().and_then(|seq| seq.parse().ok()).unwrap_or_default();
        let (now, until, step) = (self.now(), self.after(lease), step());
        let change = Change::default()
            .set("state", text(State::Running.name()))
            .set(LISTED, text(listed(lane, State::Running)))
            .set("started", number(now))
            .set("until", number(until))
            .set(TURN, text(turn(until, seq)))
            .set("step", text(&step))
            .remove("part")
            .remove("speed")
            .add("attempts", 1)
            .add("fence", 1);
        let write = Write::update(id, change)
            .when("#waits = :waits AND #until <= :now")
            .with(":waits", text(waits(lane)))
            .with(":now", number(now));
        let there = match self.update(&write).await? {
            Ok(item) => return taken(&item),
            Err(Unmet(None)) => return Ok(Tried::NotDue),
            Err(Unmet(Some(there))) => there,
        };
        let row = Row::of(&there)?;
        if row.step == step {
            return taken(&there);
        }
        if row.job.state.is_end() {
            return Ok(Tried::NotDue);
        }
        if there.get(TURN) != entry.get(TURN) {
            return Ok(Tried::TooLate);
        }
        self.move_on(id, seen, &row).await?;
        Ok(Tried::NotDue)
    }

    /// Has the index tell when a lease really ends. Extending does not, as a rule: it would cost three times as much.
    pub(super) async fn move_on(&self, id: &str, seen: &str, row: &Row) -> Result<(), Error> {
        let write = Write::update(id, Change::default().set(TURN, text(turn(row.until, row.seq))))
            .when("#waits = :waits AND #turn = :seen AND #until = :until")
            .with(":waits", text(waits(&row.job.lane)))
            .with(":seen", text(seen))
            .with(":until", number(row.until));
        // Whoever wrote it meanwhile knows better.
        self.update(&write).await.map(drop)
    }
}

fn taken(item: &Item) -> Result<Tried, Error> {
    let Row { job, fence, .. } = Row::of(item)?;
    Ok(Tried::Taken(Box::new(Taken { job, fence })))
}
