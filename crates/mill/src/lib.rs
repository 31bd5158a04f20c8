//! The one road from a request to a result. HTTP, workers and the command line only call it.
//!
//! ```text
//! resolve ─► policy ─► version ─► cache ─► flight ─► fetch ─► look ─► plan ─► admission ─► run
//! ```
//!
//! 1. [`Mill::resolve`]: a dialect's [`lightmill_dialects::Request`] becomes a [`Job`]: styles are looked up
//!    (`resolve.rs`), every input is found in a source that the mount lists, and counts are bounded (`bucket.rs`,
//!    `policy.rs`).
//! 2. [`Mill::validators`]: what is known without doing the work: the result's key and `ETag` (`validators.rs`,
//!    `version.rs`).
//! 3. [`Mill::make`]: the result, from memory, disk or the result store (`results/`), from a maker that is at it already
//!    (`flight.rs`), or made: its inputs are read (`fetch.rs`) and looked at (`analysis/`), the plan waits for its share of threads and memory (`admission.rs`), and runs
//!    (`run.rs`). `maker.rs` leads through these steps.
//! 4. [`Mill::save`] writes a result where the mount lets results be saved (`save.rs`).
//! 5. [`Mill::upload`] writes what clients send, where they may, and [`Mill::inspect`] says what it is (`uploads.rs`).
//! 6. [`Mill::original`] streams what is stored; [`Mill::explain`] says what would be done, and what it would cost.

mod admission;
mod allow;
mod analysis;
mod bucket;
mod delivered;
mod engine;
mod error;
mod explain;
mod fetch;
mod films;
mod flight;
mod hls;
mod inputs;
mod job;
mod maker;
mod mill;
mod policy;
mod resolve;
mod results;
mod run;
mod save;
mod set;
mod settings;
mod sink;
#[cfg(test)]
mod tests;
mod uploads;
mod validators;
mod version;
mod video;
mod workshop;

pub use allow::{Allow, AllowedSize};
pub use analysis::{Analysers, Degraded, OnFailure};
pub use delivered::{Delivered, Origin, Timings};
pub use error::{BusyReason, Error, ErrorKind};
pub use explain::{ExplainedInput, Explanation};
pub use films::{Film, Growing};
pub use hls::{HlsAnswer, HlsStatus};
pub use job::{Job, Place};
pub use lightmill_video::Facts as VideoFacts;
pub use mill::{Mill, Sources, Stores};
pub use resolve::Asked;
pub use results::{KeptFilm, Persistence, Purge, Purged, ResultStore};
pub use set::Set;
pub use settings::{BucketFrom, Originals, Permits, Rules, Settings};
pub use sink::Sinks;
pub use uploads::{Inspected, Uploads};
pub use validators::Validators;
pub use video::{VideoLimits, VideoSettings, VideoTools, Videos};
pub use workshop::Workshop;
