//! Takes jobs of one lane, and has them done.
//!
//! `work.rs` is what a runner asks of a worker, `attempt.rs` one job from its taking to its end, `backoff.rs` how long to
//! wait before another attempt, `taking.rs` so many of them at a time.

mod attempt;
mod backoff;
mod taking;
#[cfg(test)]
mod tests;
mod work;

pub(crate) use attempt::{late, panicked};
pub use backoff::Backoff;
pub use taking::{Runner, RunnerSettings, Wake};
pub use work::{Failure, Retry, Work};
