//! Where documents wait until somebody is done with them.
//!
//! `contract.rs` is the trait, `message.rs` what is handed out, `sqs.rs` a queue of SQS, `memory.rs` one of this process,
//! `metrics.rs` what is told of both, `testing.rs` the behaviour that each shows.

mod contract;
mod memory;
mod message;
pub mod metrics;
mod sqs;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use contract::Inbox;
pub use memory::MemoryInbox;
pub use message::{Depth, Message, Rejected};
pub use sqs::{DeadLetters, SqsInbox, SqsInboxSettings};
