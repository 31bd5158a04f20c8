use std::ops::Range;

use lightmill_recipe::{Light, Size};
use lightmill_resample::{Kernel, Samples};

use super::srgb::TABLES;
use crate::{Cancel, Error, Plane};

/// Of both axes, for the pixels of a plane that they look at.
pub struct Kernels {
    pub across: Kernel,
    pub down: Kernel,
    /// The columns that `across` is for.
    pub columns: Range<u32>,
    /// The rows that `down` is for.
    pub rows: Range<u32>,
}

impl Kernels {
    /// For the upper left corner of a plane.
    pub fn corner(across: Kernel, down: Kernel) -> Self {
        let (columns, rows) = (0..across.source(), 0..down.source());
        Self { across, down, columns, rows }
    }
}

/// The pixels of a plane, of `channels` samples, that `kernels` look at mixed by them; the fourth channel is alpha, by
/// which colours are weighted. `cancel` is asked for each row.
pub fn mix(plane: &Plane, channels: usize, kernels: &Kernels, light: Light, cancel: &Cancel) -> Result<Plane, Error> {
    let samples = samples(plane, channels, channels, kernels)?;
    let stop = || cancel.check().is_err();
    let made = match light {
        Light::Gamma => lightmill_resample::resample(samples, &kernels.across, &kernels.down, &stop),
        Light::Linear => {
            lightmill_resample::resample_linear(samples, TABLES.curve(), &kernels.across, &kernels.down, &stop)
        }
    };
    mixed(made, channels, kernels, cancel)
}

/// As [`mix`], for samples of 16 bits, which are mixed as they are encoded.
pub fn mix_wide(plane: &Plane, channels: usize, kernels: &Kernels, cancel: &Cancel) -> Result<Plane, Error> {
    let stop = || cancel.check().is_err();
    let samples = samples(plane, channels, channels * 2, kernels)?;
    let made = lightmill_resample::resample_16(samples, &kernels.across, &kernels.down, &stop);
    mixed(made, channels * 2, kernels, cancel)
}

fn samples<'a>(
    plane: &'a Plane,
    channels: usize,
    bytes_per_pixel: usize,
    kernels: &Kernels,
) -> Result<Samples<'a>, Error> {
    let Kernels { columns, rows, .. } = kernels;
    let start = rows.start as usize * plane.stride + columns.start as usize * bytes_per_pixel;
    let data = plane.data.get(start..).unwrap_or_default();
    let (width, height) = (columns.end - columns.start, rows.end - rows.start);
    if columns.end > plane.size.width || rows.end > plane.size.height {
        return Err(Error::internal(format!("kernels for {columns:?}×{rows:?} of a {} plane", plane.size)));
    }
    Ok(Samples { data, stride: plane.stride, width, height, channels })
}

fn mixed(
    made: Result<Vec<u8>, lightmill_resample::Error>,
    bytes_per_pixel: usize,
    kernels: &Kernels,
    cancel: &Cancel,
) -> Result<Plane, Error> {
    let data = match made {
        Ok(data) => data,
        Err(lightmill_resample::Error::Stopped) => {
            cancel.check()?;
            return Err(Error::Cancelled);
        }
        Err(error) => return Err(Error::internal(error)),
    };
    let size = Size::new(kernels.across.result(), kernels.down.result());
    Ok(Plane { size, stride: size.width as usize * bytes_per_pixel, data })
}
