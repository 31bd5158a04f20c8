//! Sources that wrap a source and add one behaviour. They stack in any order; the usual one, from the outside, is
//! metrics ([`Measured`]), places ([`Limited`]), attempts ([`Retried`]), circuit breaker ([`Broken`]), time ([`Timed`]):
//!
//! * one request holds one place, however often it is tried;
//! * each attempt has its own time, and tells the breaker how the source is;
//! * an error of the guards outside of the breaker says nothing about the source, and does not open it.
//!
//! Whoever collects a body bounds its bytes ([`crate::collect`]).

mod breaker;
mod concurrency;
mod metrics;
mod retry;
mod timeout;

pub use breaker::{BreakerLimits, Broken};
pub use concurrency::{ConcurrencyLimits, Limited};
pub use metrics::Measured;
pub use retry::{Retried, RetryLimits};
pub use timeout::{TimeLimits, Timed};
