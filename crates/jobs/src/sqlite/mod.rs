//! A queue in a SQLite file, for the processes of one machine.
//!
//! `schema.rs` opens the file and says what is in it, `thread.rs` has one thread work on it, `row.rs` reads jobs,
//! `steps.rs` has one function for each thing that is done in one transaction, `queue.rs` is the [`crate::Queue`].
//! `docs/decisions/0031-jobs-in-sqlite.md` says why.

mod queue;
mod row;
mod schema;
mod steps;
#[cfg(test)]
mod tests;
mod thread;

pub use queue::SqliteQueue;
