//! Only for benchmarks, driven by the programs in `bench/`.
//!
//! * [`Job`] is one piece of work of the engine, from files to a result, through the public interface of the image crate.
//! * [`Meter`] measures processor and wall time.
//! * [`score`] makes the reference that a result should have met, and says how far the result is from it.
//!
//! `src/bin/engine.rs` repeats a job when it is told to, `src/bin/score.rs` prints scores as JSON, `src/bin/cost.rs` says
//! what a job costs and what its plan estimated, `src/bin/vision.rs` what analysers cost and find.

mod job;
mod meter;
pub mod score;

pub use job::{Job, Refused};
pub use meter::{Meter, Spent};
