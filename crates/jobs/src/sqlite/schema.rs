use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::Error;

/// How long a step waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// What `user_version` says of a file with [`SCHEMA`].
const VERSION: i64 = 1;

/// Times are milliseconds since 1970. `due` is when a waiting job may be taken, and when the lease of a running one ends:
/// both are taken in one order.
const SCHEMA: &str = "
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    key TEXT,
    payload TEXT NOT NULL,
    follow TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempts INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    part REAL,
    speed REAL,
    cancel_wanted INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    due INTEGER NOT NULL,
    result TEXT,
    problem TEXT
) STRICT;
CREATE INDEX jobs_due ON jobs (lane, due, seq) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_key ON jobs (lane, key) WHERE key IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX jobs_state ON jobs (lane, state, seq);
CREATE INDEX jobs_ended ON jobs (ended) WHERE ended IS NOT NULL;
";

/// Opens the file, or makes it, readable by nobody else: payloads hold signed URLs.
///
/// What is committed outlives the process and the machine's power: WAL, with every commit synced.
pub(super) fn open(file: &Path) -> Result<Connection, Error> {
    let unavailable = |error: &dyn std::fmt::Display| Error::Unavailable(format!("{}: {error}", file.display()));
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(file)
        .map_err(|error| unavailable(&error))?;
    let mut connection = Connection::open(file).map_err(|error| unavailable(&error))?;
    let mode = prepare(&connection).map_err(|error| unavailable(&error))?;
    if mode != "wal" {
        return Err(Error::Unusable(format!("{} is where SQLite has no write-ahead log", file.display())));
    }
    migrate(&mut connection).map_err(|error| unavailable(&error))?.map_err(Error::Unusable)?;
    Ok(connection)
}

/// The journal's mode as it is then.
fn prepare(connection: &Connection) -> rusqlite::Result<String> {
    connection.busy_timeout(BUSY)?;
    let mode = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(mode)
}

/// Puts the tables there, if there are none. What is wrong with those that are there.
fn migrate(connection: &mut Connection) -> rusqlite::Result<Result<(), String>> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = step.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = step.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    match (version, tables) {
        (VERSION, _) => {}
        (0, 0) => {
            step.execute_batch(SCHEMA)?;
            step.pragma_update(None, "user_version", VERSION)?;
        }
        (0, _) => return Ok(Err("the file is another program's".to_owned())),
        (other, _) => return Ok(Err(format!("the file has version {other}, and this program reads {VERSION}"))),
    }
    step.commit()?;
    Ok(Ok(()))
}
