//! What is in the pictures of a request, which is asked before it is planned what becomes of them.
//!
//! `analysers` says who is asked, and what a failure means; `look` asks about the inputs of one request, `degraded` is what a
//! result lacks where nobody answered.

mod analysers;
mod degraded;
#[cfg(test)]
mod fake;
mod look;
#[cfg(test)]
mod tests;

pub use analysers::{Analysers, OnFailure};
pub use degraded::Degraded;

pub(crate) use look::{Looked, look};
