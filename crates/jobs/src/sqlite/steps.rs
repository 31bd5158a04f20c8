//! What is done in one transaction each. `now` is in milliseconds since 1970.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, named_params};

use super::row::{COLUMNS, insert, job, json, text};
use crate::clock::time;
use crate::{Counts, Follow, GiveBack, Held, Job, NewJob, Outcome, Progress, Put, State, Taken};

/// A step that writes: it waits at its beginning for others that do, never in its middle.
fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

pub(super) fn put(connection: &mut Connection, new: &NewJob, most: usize, now: i64) -> rusqlite::Result<Put> {
    let step = begin(connection)?;
    if let Some(known) = get(&step, &new.id)? {
        return Ok(Put::Known(known));
    }
    if let Some(key) = &new.key
        && let Some(known) = live(&step, &new.lane, key)?
    {
        return Ok(Put::Known(known));
    }
    let waiting: usize = step
        .prepare_cached("SELECT count(*) FROM jobs WHERE lane = ?1 AND state = 'queued'")?
        .query_row([&new.lane], |row| row.get(0))?;
    if waiting >= most {
        return Ok(Put::Full);
    }
    insert(&step, new, now)?;
    let put = get(&step, &new.id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    step.commit()?;
    Ok(Put::New(put))
}

pub(super) fn take(connection: &mut Connection, lane: &str, now: i64, until: i64) -> rusqlite::Result<Option<Taken>> {
    let step = begin(connection)?;
    let taken = step
        .prepare_cached(&format!(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, fence = fence + 1, started = :now, \
             due = :until, part = NULL, speed = NULL WHERE seq = (SELECT seq FROM jobs WHERE lane = :lane \
             AND state IN ('queued', 'running') AND due <= :now ORDER BY due, seq LIMIT 1) RETURNING {COLUMNS}"
        ))?
        .query_row(named_params! { ":lane": lane, ":now": now, ":until": until }, |row| {
            Ok(Taken { job: job(row)?, fence: row.get("fence")? })
        })
        .optional()?;
    step.commit()?;
    Ok(taken)
}

/// A step that need not outlive the machine's power: leases and progress are of no use after that.
fn unsynced<T>(connection: &Connection, step: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    connection.pragma_update(None, "synchronous", "normal")?;
    let done = step(connection);
    connection.pragma_update(None, "synchronous", "full")?;
    done
}

pub(super) fn extend(connection: &Connection, id: &str, fence: u64, until: i64) -> rusqlite::Result<Held> {
    let sql = "UPDATE jobs SET due = ?3 WHERE id = ?1 AND fence = ?2 AND state = 'running' RETURNING cancel_wanted";
    unsynced(connection, |connection| {
        let cancel = connection.prepare_cached(sql)?.query_row((id, fence, until), |row| row.get(0)).optional()?;
        Ok(held(cancel))
    })
}

pub(super) fn report(connection: &Connection, id: &str, fence: u64, progress: Progress) -> rusqlite::Result<Held> {
    let sql = "UPDATE jobs SET part = ?3, speed = ?4 WHERE id = ?1 AND fence = ?2 AND state = 'running' \
               RETURNING cancel_wanted";
    unsynced(connection, |connection| {
        let values = (id, fence, progress.part, progress.speed);
        let cancel = connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?;
        Ok(held(cancel))
    })
}

fn held(cancel_wanted: Option<bool>) -> Held {
    match cancel_wanted {
        None => Held::Lost,
        Some(false) => Held::Kept,
        Some(true) => Held::CancelWanted,
    }
}

pub(super) fn finish(
    connection: &mut Connection,
    id: &str,
    fence: u64,
    outcome: &Outcome,
    now: i64,
) -> rusqlite::Result<bool> {
    let (result, problem) = match outcome {
        Outcome::Done(result) => (Some(text(result)?), None),
        Outcome::Failed(problem) => (None, Some(text(problem)?)),
        Outcome::Cancelled => (None, None),
    };
    let step = begin(connection)?;
    let changed = step
        .prepare_cached(
            "UPDATE jobs SET state = ?3, ended = ?4, result = ?5, problem = ?6, \
             part = CASE ?3 WHEN 'done' THEN 1 ELSE part END \
             WHERE id = ?1 AND fence = ?2 AND state = 'running'",
        )?
        .execute((id, fence, outcome.state(), now, result, problem))?;
    if changed > 0 {
        follow(&step, id, now)?;
    }
    step.commit()?;
    Ok(changed > 0)
}

pub(super) fn give_back(
    connection: &mut Connection,
    id: &str,
    fence: u64,
    back: &GiveBack,
    now: i64,
    due: i64,
) -> rusqlite::Result<bool> {
    let step = begin(connection)?;
    let changed = step
        .prepare_cached(
            "UPDATE jobs SET state = 'queued', due = ?3, attempts = attempts - ?4, problem = ?5, part = NULL, \
             speed = NULL WHERE id = ?1 AND fence = ?2 AND state = 'running'",
        )?
        .execute((id, fence, due, i64::from(!back.counts), back.problem.as_ref().map(text).transpose()?))?;
    if changed > 0 {
        end_if_unwanted(&step, id, now)?;
    }
    step.commit()?;
    Ok(changed > 0)
}

/// Ends a job that waits although nobody wants it.
fn end_if_unwanted(step: &Transaction<'_>, id: &str, now: i64) -> rusqlite::Result<()> {
    let changed = step
        .prepare_cached(
            "UPDATE jobs SET state = 'cancelled', ended = ?2 WHERE id = ?1 AND state = 'queued' AND cancel_wanted",
        )?
        .execute((id, now))?;
    if changed > 0 { follow(step, id, now) } else { Ok(()) }
}

pub(super) fn cancel(connection: &mut Connection, id: &str, now: i64) -> rusqlite::Result<Option<Job>> {
    let step = begin(connection)?;
    step.prepare_cached("UPDATE jobs SET cancel_wanted = 1 WHERE id = ?1 AND state IN ('queued', 'running')")?
        .execute([id])?;
    end_if_unwanted(&step, id, now)?;
    let job = get(&step, id)?;
    step.commit()?;
    Ok(job)
}

pub(super) fn again(connection: &mut Connection, id: &str, now: i64) -> rusqlite::Result<Option<Job>> {
    let step = begin(connection)?;
    // Ignored: another job has its key.
    step.prepare_cached(
        "UPDATE OR IGNORE jobs SET state = 'queued', attempts = 0, due = ?2, ended = NULL, cancel_wanted = 0, \
         part = NULL, speed = NULL WHERE id = ?1 AND state IN ('done', 'failed', 'cancelled')",
    )?
    .execute((id, now))?;
    let job = get(&step, id)?;
    step.commit()?;
    Ok(job)
}

pub(super) fn get(connection: &Connection, id: &str) -> rusqlite::Result<Option<Job>> {
    connection.prepare_cached(&format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1"))?.query_row([id], job).optional()
}

pub(super) fn list(
    connection: &Connection,
    lane: &str,
    state: Option<State>,
    limit: usize,
) -> rusqlite::Result<Vec<Job>> {
    let filter = if state.is_some() { "state = ?2" } else { "?2 IS NULL" };
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM jobs WHERE lane = ?1 AND {filter} ORDER BY seq DESC LIMIT ?3"))?
        .query_map((lane, state, limit), job)?
        .collect()
}

pub(super) fn remove_old(connection: &Connection, before: i64) -> rusqlite::Result<u64> {
    connection.prepare_cached("DELETE FROM jobs WHERE ended < ?1")?.execute([before]).map(|count| count as u64)
}

pub(super) fn counts(connection: &Connection, lane: &str) -> rusqlite::Result<Counts> {
    let mut counts = Counts::default();
    let mut by_state = connection.prepare_cached("SELECT state, count(*) FROM jobs WHERE lane = ?1 GROUP BY state")?;
    for row in by_state.query_map([lane], |row| Ok((row.get::<_, State>(0)?, row.get(1)?)))? {
        let (state, count) = row?;
        counts.by_state[state as usize] = count;
    }
    let oldest: Option<i64> = connection
        .prepare_cached("SELECT min(created) FROM jobs WHERE lane = ?1 AND state IN ('queued', 'running')")?
        .query_row([lane], |row| row.get(0))?;
    counts.oldest = oldest.map(time);
    Ok(counts)
}

/// The job of `key` that has not ended.
fn live(step: &Transaction<'_>, lane: &str, key: &str) -> rusqlite::Result<Option<Job>> {
    step.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM jobs WHERE lane = ?1 AND key = ?2 AND state IN ('queued', 'running')"
    ))?
    .query_row([lane, key], job)
    .optional()
}

/// Puts what follows a job that ended.
fn follow(step: &Transaction<'_>, id: &str, now: i64) -> rusqlite::Result<()> {
    let follow: Option<Follow> =
        step.prepare_cached("SELECT follow FROM jobs WHERE id = ?1")?.query_row([id], |row| json(row, "follow"))?;
    let Some(Follow { lane, payload }) = follow else { return Ok(()) };
    insert(step, &NewJob { id: Follow::id(id), lane, key: None, payload, follow: None }, now)
}
