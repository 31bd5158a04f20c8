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
    let Size { width, height } = plane.size;
    let samples = Samples { data: &plane.data, stride: plane.stride, width, height, channels };
    let stop = || cancel.check().is_err();
    let made = match light {
        Light::Gamma => lightmill_resample::resample(samples, across, down, &stop),
        Light::Linear => lightmill_resample::resample_linear(samples, TABLES.curve(), across, down, &stop),
    };
    let data = match made {
        Ok(data) => data,
        Err(lightmill_resample::Error::Stopped) => {
            cancel.check()?;
            return Err(Error::Cancelled);
        }
        Err(error) => return Err(Error::internal(error)),
    };
    let size = Size::new(across.result(), down.result());
    Ok(Plane { size, stride: size.width as usize * channels, data })
}
