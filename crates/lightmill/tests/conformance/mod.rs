//! What every replay of recorded answers shares.

pub mod check;
#[allow(dead_code, reason = "one of the replays checks the page")]
pub mod document;
mod exceptions;

pub use exceptions::{Exception, Exceptions, Mark, Own};
