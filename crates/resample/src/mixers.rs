//! Which mixer is for what: integers wherever they are good enough.

use crate::flow::{BoxedMixer, Kernels};
use crate::real::Floats;
use crate::{Curve, Path, Samples, fixed, lift};

/// For 1 or 3 `channels` of samples as they are.
pub fn plain<'a>(
    path: Path,
    channels: usize,
    rows: impl fixed::rows::Rows + Send + 'a,
    kernels: Kernels<'_>,
) -> BoxedMixer<'a> {
    if fixed::suits(kernels) {
        Box::new(fixed::plain::Plain::new(path, channels, rows, kernels))
    } else {
        Box::new(Floats::new(path, channels, lift::Plain { channels }, kernels))
    }
}

/// For pixels of four samples as they are.
pub fn alpha<'a>(path: Path, source: Samples<'a>, kernels: Kernels<'_>) -> BoxedMixer<'a> {
    if fixed::suits(kernels) {
        Box::new(fixed::alpha::Alpha::new(path, source, kernels))
    } else {
        Box::new(Floats::new(path, 4, lift::Plain { channels: 4 }, kernels))
    }
}

/// For samples in linear light, by a curve that has samples.
pub fn linear<'a>(path: Path, channels: usize, curve: Curve<'a>, kernels: Kernels<'_>) -> BoxedMixer<'a> {
    if fixed::suits(kernels) {
        Box::new(fixed::light::Light::new(path, channels, curve, kernels))
    } else {
        Box::new(Floats::new(path, channels, lift::Linear { channels, curve }, kernels))
    }
}

/// For samples of 16 bits.
pub fn wide(path: Path, channels: usize, kernels: Kernels<'_>) -> BoxedMixer<'static> {
    Box::new(Floats::new(path, channels, lift::Wide { channels }, kernels))
}
