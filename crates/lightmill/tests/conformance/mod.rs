//! What every replay of recorded answers shares.

pub mod check;
pub mod document;
mod exceptions;

pub use exceptions::{Exception, Exceptions, Mark, Own};
