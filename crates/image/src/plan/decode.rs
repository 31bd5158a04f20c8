//! As little decoding as the first steps need.

use lightmill_recipe::{Format, Light, Rect, Size};

use super::{Action, Step};
use crate::codecs::Scale;
use crate::ops::Part;
use crate::{Layout, Probe, SourceColour, colour};

/// Pixels of a side of the MCUs of 4:2:0; those of other usual samplings fit into them.
const LARGEST_USUAL_MCU: u32 = 16;

/// What the resampler must be left with, as a factor between decoded and wanted size, so that the scaled inverse DCT,
/// which works on samples as they are encoded, costs no visible quality. At 3/4 it takes away little.
const fn resampling_margin(light: Light, eighths: u8) -> f64 {
    match (light, eighths) {
        (Light::Gamma, 6) => 1.8,
        (Light::Gamma, _) => 2.0,
        (Light::Linear, _) => 4.0,
    }
}

/// What is decoded of a source.
pub(super) struct Start {
    /// Reduction while decoding.
    pub scale: Scale,
    /// The part of the reduced picture, if it is not all.
    pub region: Option<Rect>,
    /// Size of the decoded frames.
    pub size: Size,
}

/// As little of the source as `steps` need, which are changed to begin there. A vector source takes over the first
/// resampling.
pub(super) fn start(probe: &Probe, steps: &mut Vec<Step>) -> Start {
    let stored = probe.size;
    let whole = Start { scale: Scale::Full, region: None, size: stored };
    let Some(first) = steps.first().cloned() else { return whole };
    match (probe.format, first.action) {
        (Format::Svg, Action::Resample { part: None, .. }) => {
            steps.remove(0);
            Start { scale: Scale::To(first.size), size: first.size, ..whole }
        }
        (Format::Jpeg, Action::Resample { light, part }) => {
            let eighths = eighths_for(part.unwrap_or(Part::of(Rect::whole(stored))), first.size, light);
            let size = reduced(stored, eighths);
            let part = reduced_part(part, stored, eighths);
            let needed = part.map_or(Rect::whole(size), |part| part.reach(first.size));
            let region = units_around(needed, size, eighths);
            let part = part.map(|part| region.map_or(part, |region| part.seen_from(region)));
            let scale = if eighths == 8 { Scale::Full } else { Scale::Eighths(eighths) };
            let size = region.map_or(size, |region| region.size);
            if part.is_none() && first.size == size {
                // Scaled to just what was wanted.
                steps.remove(0);
            } else {
                steps[0].action = Action::Resample { light, part };
            }
            Start { scale, region, size }
        }
        (Format::Jpeg, Action::Crop { window }) => {
            let Some(region) = units_around(window, stored, 8) else { return whole };
            if region == window {
                steps.remove(0);
            } else {
                let window = Rect { x: window.x - region.x, y: window.y - region.y, ..window };
                steps[0].action = Action::Crop { window };
            }
            Start { region: Some(region), size: region.size, ..whole }
        }
        _ => whole,
    }
}

/// The least n of a reduction to n/8 that leaves the resampler its margin; 8 if there is none.
fn eighths_for(part: Part, wanted: Size, light: Light) -> u8 {
    let (across, down) = part.factors(wanted);
    let leaves = |n: &u8| across.min(down) * f64::from(*n) / 8.0;
    [1, 2, 4, 6].into_iter().find(|n| leaves(n) >= resampling_margin(light, *n)).unwrap_or(8)
}

/// The part of a reduced picture that `part` of the stored one has become: a side that n/8 does not divide ends within
/// its last sample.
fn reduced_part(part: Option<Part>, stored: Size, eighths: u8) -> Option<Part> {
    let divides = |side: u32| (u64::from(side) * u64::from(eighths)).is_multiple_of(8);
    match part {
        None if divides(stored.width) && divides(stored.height) => None,
        part => {
            let part = part.unwrap_or(Part::of(Rect::whole(stored)));
            Some(part.reduced(f64::from(eighths) / 8.0, reduced(stored, eighths)))
        }
    }
}

/// The MCUs of the usual size that `needed` lies in, of a picture of `size` at `eighths`/8: chroma samples are whole
/// there. `None` if it is all of them.
fn units_around(needed: Rect, size: Size, eighths: u8) -> Option<Rect> {
    let unit = LARGEST_USUAL_MCU * u32::from(eighths) / 8;
    let (x, y) = (needed.x / unit * unit, needed.y / unit * unit);
    let right = (needed.x + needed.size.width).next_multiple_of(unit).min(size.width);
    let bottom = (needed.y + needed.size.height).next_multiple_of(unit).min(size.height);
    let region = Rect { x, y, size: Size::new(right - x, bottom - y) };
    (region != Rect::whole(size)).then_some(region)
}

/// Whether the decoder can give rows one after the other, and nothing has to be done to all of them first.
pub(super) fn gives_rows(probe: &Probe, to_srgb: bool) -> bool {
    probe.format == Format::Jpeg && probe.colour != SourceColour::Cmyk && !(to_srgb && converts_colours(probe))
}

/// Size after a scaled inverse DCT: each side times n/8, rounded up.
fn reduced(size: Size, n: u8) -> Size {
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
        if step.reduces(size) {
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

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, size: Size::new(width, height) }
    }

    fn resample(width: u32, height: u32, light: Light, part: Option<Part>) -> Vec<Step> {
        vec![Step { action: Action::Resample { light, part }, size: Size::new(width, height), layout: Layout::Rgb }]
    }

    #[test]
    fn the_resampler_is_left_a_factor() {
        let scale = |width, light| start(&photo(4000, 3000), &mut resample(width, width * 3 / 4, light, None)).scale;
        assert_eq!(scale(500, Light::Gamma), Scale::Eighths(2));
        assert_eq!(scale(250, Light::Gamma), Scale::Eighths(1));
        assert_eq!(scale(800, Light::Gamma), Scale::Eighths(4));
        assert_eq!(scale(1001, Light::Gamma), Scale::Eighths(6));
        assert_eq!(scale(1666, Light::Gamma), Scale::Eighths(6));
        assert_eq!(scale(1667, Light::Gamma), Scale::Full);
        assert_eq!(scale(500, Light::Linear), Scale::Eighths(4));
        assert_eq!(scale(501, Light::Linear), Scale::Eighths(6));
        assert_eq!(scale(751, Light::Linear), Scale::Full);
    }

    #[test]
    fn a_vector_is_rendered_at_the_wanted_size() {
        let probe = Probe { format: Format::Svg, ..photo(100, 100) };
        let mut steps = resample(300, 300, Light::Gamma, None);
        let start = start(&probe, &mut steps);
        assert_eq!((start.scale, steps.len()), (Scale::To(Size::new(300, 300)), 0));
    }

    #[test]
    fn only_the_surroundings_of_a_part_are_decoded() {
        // At 1/8 the part begins at (125, 50) and is 250×250; kernels reach 3 × 2.5 samples and 2 further.
        let part = Part::of(rect(1000, 400, 2000, 2000));
        let open = Part { within: rect(0, 0, 4000, 3000), ..part };
        let mut steps = resample(100, 100, Light::Gamma, Some(open));
        let begin = start(&photo(4000, 3000), &mut steps);
        assert_eq!(begin.scale, Scale::Eighths(1));
        let region = begin.region.unwrap();
        assert!(region.fits(Size::new(500, 375)));
        assert_eq!(begin.size, region.size);
        let Action::Resample { part: Some(seen), .. } = steps[0].action else { panic!() };
        assert_eq!((seen.x + f64::from(region.x), seen.width), (125.0, 250.0));
        assert!(region.x.is_multiple_of(2) && region.x <= 125 - 9 && region.x >= 125 - 14);
        // What is cut out first is not looked beyond.
        let mut steps = resample(100, 100, Light::Gamma, Some(part));
        let begin = start(&photo(4000, 3000), &mut steps);
        assert_eq!(begin.region, Some(rect(124, 50, 252, 250)));
        let Action::Resample { part: Some(seen), .. } = steps[0].action else { panic!() };
        assert_eq!((seen.x, seen.y, seen.within), (1.0, 0.0, rect(1, 0, 250, 250)));
    }

    #[test]
    fn a_crop_on_edges_of_units_is_no_step_any_more() {
        let crop =
            |window: Rect| vec![Step { action: Action::Crop { window }, size: window.size, layout: Layout::Rgb }];
        let mut steps = crop(rect(16, 32, 160, 64));
        let begin = start(&photo(400, 300), &mut steps);
        assert_eq!((begin.region, begin.size, steps.len()), (Some(rect(16, 32, 160, 64)), Size::new(160, 64), 0));
        let mut steps = crop(rect(17, 0, 383, 300));
        let begin = start(&photo(400, 300), &mut steps);
        assert_eq!(begin.region, Some(rect(16, 0, 384, 300)));
        assert_eq!(steps[0].action, Action::Crop { window: rect(1, 0, 383, 300) });
    }

    #[test]
    fn a_side_that_the_scale_does_not_divide_ends_within_a_sample() {
        let mut steps = resample(100, 75, Light::Gamma, None);
        let begin = start(&photo(4001, 3000), &mut steps);
        assert_eq!((begin.scale, begin.size, begin.region), (Scale::Eighths(1), Size::new(501, 375), None));
        let Action::Resample { part: Some(part), .. } = steps[0].action else { panic!() };
        assert_eq!((part.width, part.height), (500.125, 375.0));
    }
}
