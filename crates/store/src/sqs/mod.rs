//! Queues of Amazon SQS, by its JSON protocol.
//!
//! `address.rs` says which queue, `queue.rs` who asks, `receive.rs` takes messages and says how long they stay hidden,
//! `delete.rs` removes them, `send.rs` puts them, `attributes.rs` tells how many there are, `batch.rs` what became of
//! each of several, `error.rs` what a refusal means.
//!
//! A message that is received is hidden from others for its visibility timeout. Who deletes it in that time is done with
//! it; otherwise it is received again. It may be received twice all the same. FIFO queues are not served.

mod address;
mod attributes;
mod batch;
mod delete;
mod error;
mod queue;
mod receive;
mod send;
#[cfg(test)]
mod tests;

pub use address::{Address, AddressError};
pub use attributes::{QueueAttributes, Redrive};
pub use batch::{BATCH, Failed};
pub use queue::Queue;
pub use receive::{MAX_VISIBILITY, MAX_WAIT, Receive, Received};
pub use send::NewMessage;
