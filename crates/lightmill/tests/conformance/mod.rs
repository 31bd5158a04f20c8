//! What every replay of recorded answers shares.

pub mod check;
#[allow(dead_code, reason = "one of the replays checks the page")]
pub mod document;
mod exceptions;
mod replay;

pub use exceptions::{Exception, Exceptions, Mark, Own};
pub use replay::{Servers, run};
