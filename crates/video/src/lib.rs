//! Videos through ffmpeg and ffprobe: what is in one, and how another is made of it.
//!
//! 1. [`Facts`]: what ffprobe says about a video, with every number in a plausible range.
//! 2. [`arguments`]: wish and facts → a typed list of ffmpeg's arguments, and a [`Forecast`](arguments::Forecast) of the
//!    result and the work. Pure functions; all geometry is computed here.

pub mod arguments;
pub mod facts;

pub use facts::{Facts, FactsError};
