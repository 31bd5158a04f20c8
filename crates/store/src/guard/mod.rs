//! Sources that wrap a source and add one behaviour. They stack in any order; the usual one, from the outside, is
//! metrics, limit, timeout.

mod limit;
mod metrics;
mod timeout;

pub use limit::Limited;
pub use metrics::Measured;
pub use timeout::{TimeLimits, Timed};
