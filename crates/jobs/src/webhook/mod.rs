//! Tells servers what has happened, by the conventions of Standard Webhooks 1.0.0 (<https://www.standardwebhooks.com>).
//!
//! `message.rs` is what is told, `target.rs` says where may be told, `secret.rs` and `signature.rs` prove who tells,
//! `deliver.rs` sends, `log.rs` remembers what came of each attempt.

mod deliver;
mod log;
mod message;
mod secret;
mod signature;
mod target;
#[cfg(test)]
pub(crate) mod tests;

use std::time::Duration;

pub use deliver::Webhooks;
pub use log::{Tried, tried, untried};
pub use message::Message;
pub use secret::{SigningSecret, SigningSecretError};
pub use signature::{Headers, ID, SIGNATURE, TIMESTAMP, sign, verify};
pub use target::{TargetError, check_url};

use crate::Backoff;

/// How long is waited between two attempts to tell somebody: 2 s, twice as long each time, at most 4 hours.
pub const BACKOFF: Backoff = Backoff { first: Duration::from_secs(2), most: Duration::from_hours(4) };
