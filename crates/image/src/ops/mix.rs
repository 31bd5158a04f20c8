use lightmill_recipe::{Light, Size};
use lightmill_resample::{Kernel, Samples};

use super::srgb::TABLES;
use crate::{Cancel, Error, Plane};

/// A plane of pixels of `channels` samples mixed by a kernel for each axis; the fourth channel is alpha, by which colours
/// are weighted. `cancel` is asked for each row.
pub fn mix(
    plane: &Plane,
    channels: usize,
    across: &Kernel,
    down: &Kernel,
    light: Light,
    cancel: &Cancel,
) -> Result<Plane, Error> {
    let samples = samples(plane, channels);
    let stop = || cancel.check().is_err();
    let made = match light {
        Light::Gamma => lightmill_resample::resample(samples, across, down, &stop),
        Light::Linear => lightmill_resample::resample_linear(samples, TABLES.curve(), across, down, &stop),
    };
    mixed(made, channels, across, down, cancel)
}

/// As [`mix`], for samples of 16 bits, which are mixed as they are encoded.
pub fn mix_wide(
    plane: &Plane,
    channels: usize,
    across: &Kernel,
    down: &Kernel,
    cancel: &Cancel,
) -> Result<Plane, Error> {
    let stop = || cancel.check().is_err();
    let made = lightmill_resample::resample_16(samples(plane, channels), across, down, &stop);
    mixed(made, channels * 2, across, down, cancel)
}

fn samples(plane: &Plane, channels: usize) -> Samples<'_> {
    let Size { width, height } = plane.size;
    Samples { data: &plane.data, stride: plane.stride, width, height, channels }
}

fn mixed(
    made: Result<Vec<u8>, lightmill_resample::Error>,
    bytes_per_pixel: usize,
    across: &Kernel,
    down: &Kernel,
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
    let size = Size::new(across.result(), down.result());
    Ok(Plane { size, stride: size.width as usize * bytes_per_pixel, data })
}
