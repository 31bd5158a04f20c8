//! Sources that wrap a source and add one behaviour. They stack in any order; the usual one, from the outside, is
//! metrics, timeout. Whoever collects a body bounds its bytes ([`crate::collect`]).

mod metrics;
mod timeout;

pub use metrics::Measured;
pub use timeout::{TimeLimits, Timed};
