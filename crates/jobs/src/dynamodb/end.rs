use lightmill_store::dynamodb::{Change, Unmet, Write, number, text};
use serde_json::json;

use super::DynamoQueue;
use super::counters::Tally;
use super::item::{ITEM_BYTES, Row, end_times, fits, job_id, json_text, key_id, listed, new_item, turn, waits};
use super::put::{absent, lock};
use super::queue::step;
use super::schema::{ENDED, LISTED, TURN, WAITS};
use crate::{Error, Follow, GiveBack, Job, NewJob, Outcome, State, Taken};

/// How often a job is looked at again that somebody else changed.
const ROUNDS: u32 = 16;

impl DynamoQueue {
    pub(super) async fn finish_job(&self, taken: &Taken, outcome: Outcome) -> Result<bool, Error> {
        let Some(row) = self.row(&taken.job.id).await?.filter(|row| row.is_held(taken.fence)) else { return Ok(false) };
        let (result, problem) = match &outcome {
            Outcome::Done(result) => (Some(json_text(result)?), None),
            Outcome::Failed(problem) => (None, Some(json_text(problem)?)),
            Outcome::Cancelled => (None, None),
        };
        let told = [&result, &problem].into_iter().flatten().map(|text| text.to_string().len());
        fits(row.bytes + told.sum::<usize>(), ITEM_BYTES)?;
        let mut change = Change::default().put("result", result).put("problem", problem);
        if outcome.state() == State::Done {
            change = change.set("part", number(1));
        }
        self.end(&row, outcome.state(), change).await
    }

    pub(super) async fn give_job_back(&self, taken: &Taken, back: GiveBack) -> Result<bool, Error> {
        for _ in 0..ROUNDS {
            let row = self.row(&taken.job.id).await?;
            let Some(row) = row.filter(|row| row.is_held(taken.fence)) else { return Ok(false) };
            let problem = back.problem.as_ref().map(json_text).transpose()?;
            let attempts = row.job.attempts.saturating_sub(u32::from(!back.counts));
            let change = Change::default()
                .set("attempts", number(attempts))
                .put("problem", problem)
                .remove("part")
                .remove("speed");
            if row.job.cancel_wanted {
                return self.end(&row, State::Cancelled, change).await;
            }
            let (due, step) = (self.after(back.after), step());
            let change = change
                .set("state", text(State::Queued.name()))
                .set(LISTED, text(listed(&row.job.lane, State::Queued)))
                .set("until", number(due))
                .set(TURN, text(turn(due, row.seq)))
                .set("step", text(&step));
            let write = Write::update(job_id(&row.job.id), change)
                .when("#state = :running AND #fence = :fence AND attribute_not_exists(#cancel_wanted)")
                .with(":running", text(State::Running.name()))
                .with(":fence", number(taken.fence));
            match self.update(&write).await? {
                Ok(_) => return Ok(true),
                Err(Unmet(there)) if wrote(there.as_ref(), &step)? => return Ok(true),
                // It was lost, or is to be cancelled: the next round tells.
                Err(_) => {}
            }
        }
        Err(changing())
    }

    pub(super) async fn cancel_job(&self, id: &str) -> Result<Option<Job>, Error> {
        for _ in 0..ROUNDS {
            let Some(row) = self.row(id).await? else { return Ok(None) };
            let wanted = Change::default().set("cancel_wanted", json!({ "BOOL": true }));
            match row.job.state {
                State::Queued => {
                    self.end(&row, State::Cancelled, wanted).await?;
                }
                State::Running if !row.job.cancel_wanted => {
                    let write = Write::update(job_id(id), wanted)
                        .when("#state = :running")
                        .with(":running", text(State::Running.name()));
                    // If it is not running any more, the next round looks what it is.
                    self.update(&write).await?.ok();
                }
                _ => return Ok(Some(row.job)),
            }
        }
        Err(changing())
    }

    /// Has a job that has ended wait again, in one transaction with its key and the counts.
    pub(super) async fn job_again(&self, id: &str) -> Result<Option<Job>, Error> {
        for _ in 0..ROUNDS {
            let Some(row) = self.row(id).await? else { return Ok(None) };
            if !row.job.state.is_end() {
                return Ok(Some(row.job));
            }
            let ((job, now), step) = ((&row.job, self.now()), step());
            let change = Change::default()
                .set("state", text(State::Queued.name()))
                .set("attempts", number(0))
                .set(LISTED, text(listed(&job.lane, State::Queued)))
                .set(WAITS, text(waits(&job.lane)))
                .set("until", number(now))
                .set(TURN, text(turn(now, row.seq)))
                .set("step", text(&step));
            let change =
                ["ended", "expires", "cancel_wanted", "part", "speed"].into_iter().fold(change, Change::remove);
            let waiting = Write::update(job_id(id), change)
                .when("#state = :was AND #fence = :fence AND #waits = :ended")
                .with(":was", text(job.state.name()))
                .with(":fence", number(row.fence))
                .with(":ended", text(ENDED));
            let mut writes = vec![waiting];
            writes.extend(job.key.as_ref().map(|key| lock(&job.lane, key, id, Some(id))));
            writes.extend(Tally::default().again(&job.lane, job.state).writes());
            let Err(unmet) = self.transact(&writes).await? else { continue };
            // Another one has its key: it stays as it is.
            if job.key.is_some() && matches!(unmet.get(1), Some(Some(_))) {
                return Ok(Some(row.job));
            }
        }
        Err(changing())
    }

    /// Ends the job in one transaction with what follows it, frees its key and counts it, if it is still as `row` says. Whether
    /// it was.
    async fn end(&self, row: &Row, state: State, change: Change) -> Result<bool, Error> {
        let ((now, expires), step) = (end_times(self.now(), self.keep), step());
        let job = &row.job;
        let change = change
            .set("state", text(state.name()))
            .set(LISTED, text(listed(&job.lane, state)))
            .set("ended", number(now))
            .set("expires", number(expires))
            .set(WAITS, text(ENDED))
            .set(TURN, text(turn(now, row.seq)))
            .set("step", text(&step));
        let ended = Write::update(job_id(&job.id), change)
            .when("#state = :was AND #fence = :fence AND #waits = :waits")
            .with(":was", text(job.state.name()))
            .with(":fence", number(row.fence))
            .with(":waits", text(waits(&job.lane)));
        let mut free = job.key.as_ref().map(|key| {
            let id = key_id(&job.lane, key);
            Write::delete(id).when("attribute_not_exists(#id) OR #job = :job").with(":job", text(&job.id))
        });
        let mut follow = row.follow.as_ref().map(|follow| following(&job.id, follow));
        for _ in 0..ROUNDS {
            let tally = Tally::default().end(&job.lane, state);
            let (tally, next) = match &follow {
                Some(new) => {
                    let item = new_item(new, now, self.next_seq(now), &step)?;
                    (tally.put(&new.lane), Some(absent(item)))
                }
                None => (tally, None),
            };
            let mut writes = vec![ended.clone()];
            writes.extend(free.clone());
            let place = writes.len();
            writes.extend(next);
            writes.extend(tally.writes());
            let mut unmet = match self.transact(&writes).await? {
                Ok(()) => return Ok(true),
                Err(unmet) => unmet,
            };
            if let Some(Unmet(there)) = unmet.first_mut().and_then(Option::take) {
                return wrote(there.as_ref(), &step);
            }
            // Somebody else has the key; or what follows is there from a job of this id that is forgotten.
            if free.is_some() && matches!(unmet.get(1), Some(Some(_))) {
                free = None;
            } else if matches!(unmet.get(place), Some(Some(_))) {
                follow = None;
            }
        }
        Err(changing())
    }
}

/// Whether the item as it is was written by this step, whose answer was lost.
fn wrote(there: Option<&lightmill_store::dynamodb::Item>, step: &str) -> Result<bool, Error> {
    Ok(there.map(Row::of).transpose()?.is_some_and(|row| row.step == step))
}

fn following(id: &str, follow: &Follow) -> NewJob {
    let Follow { lane, payload } = follow.clone();
    NewJob { id: Follow::id(id), lane, key: None, payload, follow: None }
}

fn changing() -> Error {
    Error::Unavailable("the job is changed by too many".to_owned())
}
