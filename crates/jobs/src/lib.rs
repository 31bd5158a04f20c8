//! Work without a waiting client.
//!
//! 1. [`Job`]: what is to be done, as JSON that only its worker understands, and how far it is.
//! 2. [`Queue`]: where jobs outlive the process. [`sqlite`] keeps them in a file of this machine, [`dynamodb`] in a table for
//!    instances on any machines.
//! 3. [`Runner`]: takes jobs, so many at a time, and has [`Work`] done on them: again after what passes, never after a
//!    client's mistake; it gives back what a stopping process cannot finish.
//! 4. [`events`]: what stores tell of their objects, and the [`Inbox`](events::Inbox) where that waits.
//! 5. [`variants`]: what is made of every object of a source, and kept in agreement with it.
//! 6. [`backfill`]: that of everything that is there already.
//! 7. [`notices`]: what is told about variants, and to whom.
//! 8. [`webhook`]: tells servers what has happened, with a signature, and only at addresses that may be reached.
//!
//! A job whose worker disappears is taken by another one when its lease has run out. Work may therefore be done twice, and
//! must lead to the same result then.

pub mod backfill;
mod clock;
pub mod dynamodb;
mod error;
pub mod events;
mod job;
pub mod notices;
mod queue;
pub mod rfc3339;
mod runner;
pub mod sqlite;
#[cfg(test)]
mod testing;
pub mod variants;
pub mod webhook;

pub use async_trait::async_trait;
pub use clock::{Clock, SystemClock};
pub use error::{Error, ErrorKind};
pub use job::{Follow, Job, NewJob, Problem, Progress, State};
pub use queue::{Counts, GiveBack, Held, Outcome, Put, Queue, Taken};
pub use runner::{Backoff, Failure, Retry, Runner, RunnerSettings, Wake, Work};
