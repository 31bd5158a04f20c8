//! Separable resampling of 8- and 16-bit samples: the kernels, apart from what uses them.
//!
//! 1. A [`Kernel`] says for one axis which source samples each result sample is the weighted sum of: Lanczos3, or any
//!    weights. It is made once and shared by planes of the same size; [`Kernel::lanczos3_pairs`] is for chroma that is
//!    half as fine as luma.
//! 2. [`resample`] mixes 8-bit [`Samples`] as they are, [`resample_linear`] in linear light, [`resample_16`] those of 16
//!    bits. Colours are weighted by alpha.
//! 3. A [`Resampler`] does the same with rows as they come, for pictures that are never whole in memory.
//!
//! Samples of 8 bits are mixed in integers (`fixed/`, one file for each instruction set), those of 16 bits and by very
//! wide kernels in floats (`real`). Results are the same on every instruction set. Memory beside the result is a few rows.

mod error;
mod fixed;
mod flow;
mod kernel;
mod lift;
mod mixers;
mod path;
mod real;
mod resampler;
mod ring;
mod samples;
#[cfg(test)]
mod tests;
mod whole;

pub use error::Error;
pub use kernel::Kernel;
pub use lift::Curve;
pub use resampler::Resampler;
pub use samples::Samples;
pub use whole::{resample, resample_16, resample_linear};

use path::Path;
