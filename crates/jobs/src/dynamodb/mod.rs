//! A queue in a table of DynamoDB, for instances on any machines.
//!
//! `schema.rs` says what the table is like and looks whether it is, `item.rs` has a job as an item, `counters.rs` how many
//! there are. `queue.rs` is the [`crate::Queue`]; what it does is in `put.rs`, `take.rs`, `hold.rs` (leases and progress), `end.rs`
//! (everything that may end a job), `read.rs` and `remove.rs`. `docs/decisions/0036-jobs-in-dynamodb.md` says why.

mod counters;
mod end;
mod hold;
mod item;
mod put;
mod queue;
mod read;
mod remove;
mod schema;
mod take;
#[cfg(test)]
mod tests;

pub use queue::{DynamoQueue, Settings};
