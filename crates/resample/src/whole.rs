use crate::flow::{self, Kernels};
use crate::{Curve, Error, Kernel, Path, Samples, mixers};

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

pub(crate) fn resample_by(
    path: Path,
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    source.check(1, across, down)?;
    let kernels = Kernels { across, down };
    let mixer = match source.channels {
        4 => mixers::alpha(path, source, kernels),
        channels => mixers::plain(path, channels, source, kernels),
    };
    flow::whole(mixer, source, 1, kernels, stop)
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

pub(crate) fn linear_by(
    path: Path,
    source: Samples<'_>,
    curve: Curve<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    source.check(1, across, down)?;
    curve.check()?;
    let kernels = Kernels { across, down };
    flow::whole(mixers::linear(path, source.channels, curve, kernels), source, 1, kernels, stop)
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

pub(crate) fn wide_by(
    path: Path,
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    source.check(2, across, down)?;
    let kernels = Kernels { across, down };
    flow::whole(mixers::wide(path, source.channels, kernels), source, 2, kernels, stop)
}
