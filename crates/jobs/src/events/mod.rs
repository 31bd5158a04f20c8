//! What stores tell of their objects: that there is a new one, or that one is gone.
//!
//! 1. [`document::read`] makes [`Event`]s of what a store wrote, in whichever envelope it came. Pure.
//! 2. [`sns`] reads and verifies what SNS posts to an HTTP endpoint, and confirms subscriptions.
//! 3. [`letters`] finds them in what Lambda is invoked with. Pure.
//! 4. [`Inbox`]: where such documents wait until somebody is done with them. [`SqsInbox`] is a queue of SQS, and
//!    [`DeadLetters`] one for those that cannot be done.
//!
//! Events come late, twice, in any order, or never. Who works on one asks the store what is there now;
//! [`Event::is_after`] tells which of two is the later.

pub mod document;
mod event;
mod inbox;
mod invocation;
mod sequencer;
pub mod sns;

pub use event::{Event, Version, What};
#[cfg(any(test, feature = "testing"))]
pub use inbox::testing;
pub use inbox::{DeadLetters, Depth, Inbox, MemoryInbox, Message, Rejected, SqsInbox, SqsInboxSettings, metrics};
pub use invocation::{Letter, letters};
pub use sequencer::Sequencer;
