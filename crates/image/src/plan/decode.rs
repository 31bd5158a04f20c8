//! As little decoding as the first steps need.

use lightmill_recipe::{Format, Light, Size};

use super::{Action, Step};
use crate::codecs::Scale;
use crate::{Layout, Probe, SourceColour, colour};

/// What the resampler must be left with, as a factor between decoded and wanted size, so that the scaled inverse DCT,
/// which works on samples as they are encoded, costs no visible quality.
const fn resampling_margin(light: Light) -> f64 {
    match light {
        Light::Gamma => 2.0,
        Light::Linear => 4.0,
    }
}

/// Geometry of the first steps: what can be moved into the decoder or before the orientation.
pub(super) struct Start {
    /// Reduction while decoding.
    pub scale: Scale,
    /// Size of the decoded frames.
    pub size: Size,
}

/// Exchanges an orientation and the resampling after it, so that the turn works on the smaller picture.
///
/// `steps` start at the stored size; sizes of the exchanged steps are corrected.
pub(super) fn resample_before_turning(steps: &mut [Step]) {
    let [first, second, ..] = steps else { return };
    let (Action::Orient { orientation }, Action::Resample { .. }) = (&first.action, &second.action) else { return };
    let turned = second.size;
    if turned.pixels() >= first.size.pixels() {
        return;
    }
    let before = if orientation.transposes() { turned.transposed() } else { turned };
    std::mem::swap(&mut first.action, &mut second.action);
    first.size = before;
}

/// The decoder's scale for a source whose first steps are `steps`; a vector source takes over the first resampling,
/// which is then no step any more.
pub(super) fn start(probe: &Probe, stored: Size, steps: &mut Vec<Step>) -> Start {
    let full = Start { scale: Scale::Full, size: stored };
    let Some(Step { action: Action::Resample { light }, size: wanted, .. }) = steps.first() else { return full };
    let (wanted, margin) = (*wanted, resampling_margin(*light));
    match probe.format {
        Format::Svg => {
            steps.remove(0);
            Start { scale: Scale::To(wanted), size: wanted }
        }
        Format::Jpeg => {
            let ratio = (f64::from(stored.width) / f64::from(wanted.width))
                .min(f64::from(stored.height) / f64::from(wanted.height));
            match [1u8, 2, 4].into_iter().find(|n| ratio * f64::from(*n) / 8.0 >= margin) {
                Some(n) => Start { scale: Scale::Eighths(n), size: eighths(stored, n) },
                None => full,
            }
        }
        _ => full,
    }
}

/// Size after a scaled inverse DCT: each side times n/8, rounded up.
fn eighths(size: Size, n: u8) -> Size {
    let side = |length: u32| (u64::from(length) * u64::from(n)).div_ceil(8) as u32;
    Size::new(side(size.width), side(size.height))
}

/// Layout in which a source leaves its decoder if planes are not asked for.
pub(super) fn interleaved(probe: &Probe) -> Layout {
    match probe.colour {
        _ if probe.has_alpha => Layout::Rgba,
        SourceColour::Grey => Layout::Grey,
        _ => Layout::Rgb,
    }
}

/// Whether the source's profile has to be converted to sRGB.
pub(super) fn converts_colours(probe: &Probe) -> bool {
    probe.icc.as_deref().is_some_and(|icc| colour::needs_conversion(icc, interleaved(probe)))
}

/// Where the conversion to sRGB belongs among `steps`: behind the first resampling to fewer pixels, if only geometry
/// comes before it. Both colour spaces are gamma-encoded, so that the order makes no visible difference.
pub(super) fn conversion_place(steps: &[Step], decoded: Size) -> Option<usize> {
    let geometry = steps.iter().take_while(|step| {
        matches!(step.action, Action::Resample { .. } | Action::Crop { .. } | Action::Orient { .. })
    });
    let mut size = decoded;
    for (place, step) in geometry.enumerate() {
        if matches!(step.action, Action::Resample { .. }) && step.size.pixels() < size.pixels() {
            return Some(place + 1);
        }
        size = step.size;
    }
    None
}

/// Layout in which a JPEG or AVIF leaves its decoder if planes are asked for; `None` if it has none that we keep. Chroma
/// stays as coarse as it is stored, at every scale.
pub(super) fn planes(probe: &Probe) -> Option<Layout> {
    match (probe.format, probe.colour) {
        (Format::Jpeg, SourceColour::YCbCr(subsampling)) => Some(Layout::YCbCr(subsampling)),
        (Format::Avif, SourceColour::YCbCr(subsampling)) if !probe.has_alpha => Some(Layout::YCbCr(subsampling)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::photo;
    use super::*;
    use crate::ExifOrientation;

    fn resample(width: u32, height: u32, light: Light) -> Vec<Step> {
        vec![Step { action: Action::Resample { light }, size: Size::new(width, height), layout: Layout::Rgb }]
    }

    #[test]
    fn the_resampler_is_left_a_factor_of_two_or_in_linear_light_four() {
        let scale = |width, light| {
            let probe = photo(4000, 3000);
            start(&probe, probe.size, &mut resample(width, width * 3 / 4, light)).scale
        };
        assert_eq!(scale(500, Light::Gamma), Scale::Eighths(2));
        assert_eq!(scale(250, Light::Gamma), Scale::Eighths(1));
        assert_eq!(scale(800, Light::Gamma), Scale::Eighths(4));
        assert_eq!(scale(1001, Light::Gamma), Scale::Full);
        assert_eq!(scale(500, Light::Linear), Scale::Eighths(4));
        assert_eq!(scale(501, Light::Linear), Scale::Full);
    }

    #[test]
    fn a_vector_is_rendered_at_the_wanted_size() {
        let probe = Probe { format: Format::Svg, ..photo(100, 100) };
        let mut steps = resample(300, 300, Light::Gamma);
        let start = start(&probe, probe.size, &mut steps);
        assert_eq!((start.scale, steps.len()), (Scale::To(Size::new(300, 300)), 0));
    }

    #[test]
    fn turning_waits_for_the_smaller_picture() {
        let orientation = ExifOrientation::new(6);
        let mut steps = vec![
            Step { action: Action::Orient { orientation }, size: Size::new(3000, 4000), layout: Layout::Rgb },
            Step { action: Action::Resample { light: Light::Gamma }, size: Size::new(75, 100), layout: Layout::Rgb },
        ];
        resample_before_turning(&mut steps);
        assert_eq!((steps[0].action.name(), steps[0].size), ("resample", Size::new(100, 75)));
        assert_eq!((steps[1].action.name(), steps[1].size), ("orient", Size::new(75, 100)));
    }
}
