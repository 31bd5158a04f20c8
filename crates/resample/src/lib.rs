//! Separable resampling of 8- and 16-bit samples: the kernels, apart from what uses them.
//!
//! 1. A [`Kernel`] says for one axis which source samples each result sample is the weighted sum of: Lanczos3, or any
//!    weights. It is made once and shared by planes of the same size; [`Kernel::lanczos3_pairs`] is for chroma that is
//!    half as fine as luma.
//! 2. [`resample`] mixes 8-bit [`Samples`] as they are, [`resample_linear`] in linear light, [`resample_16`] those of 16
//!    bits. Colours are weighted by alpha.
//!
//! Samples of 8 bits are mixed in integers (`fixed/`, one file for each instruction set), those of 16 bits and by very
//! wide kernels in floats (`real`). Results are the same on every instruction set. Memory beside the result is a few rows.

mod error;
mod fixed;
mod kernel;
mod lift;
mod path;
mod real;
mod samples;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use kernel::Kernel;
pub use lift::Curve;
pub use samples::Samples;

use lift::{Linear, Plain, Wide};
use path::Path;

/// 8-bit samples resampled as they are, in rows without padding: `down.result()` rows of `across.result()` pixels.
///
/// `stop` is asked for every row.
///
/// # Errors
/// [`Error::Mismatch`] if kernels and samples do not belong together, [`Error::Stopped`] if `stop` says so.
pub fn resample(
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    resample_by(Path::best(), source, across, down, stop)
}

fn resample_by(
    path: Path,
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    source.check(1, across, down)?;
    if !fixed::suits(across, down) {
        real::resample(source, across, down, &Plain { channels: source.channels }, path, stop)
    } else if source.is_transparent() {
        fixed::lifted::resample(source, across, down, &fixed::lift::Premultiplied { path }, path, stop)
    } else {
        fixed::resample(source, across, down, path, stop)
    }
}

/// As [`resample`], but in linear light: samples are decoded and encoded by `curve`. Alpha is linear as it is.
///
/// # Errors
/// As [`resample`].
pub fn resample_linear(
    source: Samples<'_>,
    curve: Curve<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    linear_by(Path::best(), source, curve, across, down, stop)
}

fn linear_by(
    path: Path,
    source: Samples<'_>,
    curve: Curve<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    source.check(1, across, down)?;
    if curve.encoded.is_empty() {
        return Err(Error::Mismatch("a curve without samples".into()));
    }
    let channels = source.channels;
    if fixed::suits(across, down) {
        fixed::lifted::resample(source, across, down, &fixed::lift::Linear::new(channels, curve), path, stop)
    } else {
        real::resample(source, across, down, &Linear { channels, curve }, path, stop)
    }
}

/// As [`resample`], for samples of 16 bits: pairs of bytes in the machine's order, in `source` and in the result.
///
/// # Errors
/// As [`resample`].
pub fn resample_16(
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    wide_by(Path::best(), source, across, down, stop)
}

fn wide_by(
    path: Path,
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    source.check(2, across, down)?;
    real::resample(source, across, down, &Wide { channels: source.channels }, path, stop)
}
