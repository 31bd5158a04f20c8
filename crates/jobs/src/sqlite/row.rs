use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Type, ValueRef};
use rusqlite::{Row, named_params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::time;
use crate::{Job, NewJob, Progress, State};

/// What [`job`] reads.
pub(super) const COLUMNS: &str = "id, lane, key, payload, state, attempts, part, speed, cancel_wanted, created, started, \
                                  ended, due, result, problem, fence";

/// A job of a row of [`COLUMNS`].
pub(super) fn job(row: &Row<'_>) -> rusqlite::Result<Job> {
    Ok(Job {
        id: row.get("id")?,
        lane: row.get("lane")?,
        key: row.get("key")?,
        payload: json(row, "payload")?.unwrap_or_default(),
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        progress: Progress { part: row.get("part")?, speed: row.get("speed")? },
        cancel_wanted: row.get("cancel_wanted")?,
        created: time(row.get("created")?),
        started: row.get::<_, Option<i64>>("started")?.map(time),
        ended: row.get::<_, Option<i64>>("ended")?.map(time),
        due: time(row.get("due")?),
        result: json(row, "result")?,
        problem: json(row, "problem")?,
    })
}

/// The row of a job that waits from `now` on. One with the same id stays as it is.
pub(super) fn insert(connection: &rusqlite::Connection, new: &NewJob, now: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO jobs (id, lane, key, payload, follow, state, created, due) \
             VALUES (:id, :lane, :key, :payload, :follow, 'queued', :now, :now) ON CONFLICT (id) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": new.id,
            ":lane": new.lane,
            ":key": new.key,
            ":payload": text(&new.payload)?,
            ":follow": new.follow.as_ref().map(text).transpose()?,
            ":now": now,
        })
        .map(drop)
}

/// JSON as it is stored.
pub(super) fn text(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// What `column` holds as JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    let read = |text: String| serde_json::from_str(&text);
    let of_column = |error| {
        let index = row.as_ref().column_index(column).unwrap_or_default();
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error))
    };
    text.map(read).transpose().map_err(of_column)
}

impl ToSql for State {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::named(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}
