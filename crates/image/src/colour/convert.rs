use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout as Samples, Transform8BitExecutor, TransformOptions};

use super::recent::{Way, recent};
use crate::{Cancel, Error, Layout, Picture};

/// Steps of an 8-bit channel by which a profile may differ from sRGB and still be called sRGB: the rounding of the many
/// published variants of the profile.
const SRGB_TOLERANCE: u8 = 2;
/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: u32 = 64;

/// Gives `picture`, whose samples are in `icc`, the colours that `to_srgb` asks for: sRGB, or untouched with the
/// profile attached. A profile that is broken, is for another kind of samples or equals sRGB is dropped.
pub(crate) fn finish(
    picture: Picture,
    icc: Option<&Arc<[u8]>>,
    to_srgb: bool,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let Some(icc) = icc else { return Ok(picture) };
    if !to_srgb {
        let needed = needs_conversion(icc, picture.layout());
        return Ok(picture.with_icc(needed.then(|| icc.clone())));
    }
    match transform(icc, picture.layout()) {
        Some(transform) => convert(&picture, &*transform, cancel),
        None => Ok(picture),
    }
}

/// Whether samples of `layout` with the profile `icc` differ visibly from sRGB.
pub(crate) fn needs_conversion(icc: &[u8], layout: Layout) -> bool {
    transform(icc, layout).is_some()
}

/// The way to sRGB, or `None` if there is none or nothing to do.
///
/// Y'CbCr planes are asked about as the RGB that they encode.
fn transform(icc: &[u8], layout: Layout) -> Way {
    let layout = if let Layout::YCbCr(_) = layout { Layout::Rgb } else { layout };
    recent(icc, layout, || make_transform(icc, layout))
}

fn make_transform(icc: &[u8], layout: Layout) -> Way {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    let (space, samples, target) = match layout {
        Layout::Grey => (DataColorSpace::Gray, Samples::Gray, Samples::Rgb),
        Layout::Rgb | Layout::YCbCr(_) => (DataColorSpace::Rgb, Samples::Rgb, Samples::Rgb),
        Layout::Rgba => (DataColorSpace::Rgb, Samples::Rgba, Samples::Rgba),
    };
    if profile.color_space != space {
        return None;
    }
    let options = TransformOptions { rendering_intent: profile.rendering_intent, ..TransformOptions::default() };
    let transform = profile.create_transform_8bit(samples, &ColorProfile::new_srgb(), target, options).ok()?;
    (!is_identity(&*transform, layout)).then_some(transform)
}

/// Whether a transform changes no colour of a coarse grid by more than [`SRGB_TOLERANCE`]: compares what profiles do,
/// whatever they are called and however they are written.
fn is_identity(transform: &Transform8BitExecutor, layout: Layout) -> bool {
    const STEPS: [u8; 6] = [0, 51, 102, 153, 204, 255];
    let source: Vec<u8> = match layout {
        Layout::Grey => (0..=255).collect(),
        other => {
            let alpha = other.has_alpha().then_some(255);
            let grid = STEPS.iter().flat_map(|r| STEPS.iter().flat_map(move |g| STEPS.map(|b| [*r, *g, b])));
            let greys = (0..=255).map(|v| [v; 3]);
            grid.chain(greys).flat_map(|rgb| rgb.into_iter().chain(alpha)).collect()
        }
    };
    let channels = if layout == Layout::Grey { 3 } else { 1 };
    let mut result = vec![0; source.len() * channels];
    transform.transform(&source, &mut result).is_ok()
        && result.chunks_exact(channels).zip(&source).all(|(new, old)| new[0].abs_diff(*old) <= SRGB_TOLERANCE)
}

fn convert(picture: &Picture, transform: &Transform8BitExecutor, cancel: &Cancel) -> Result<Picture, Error> {
    let (size, layout) = (picture.size(), picture.layout());
    let channels = layout.channels();
    let mut converted = Vec::with_capacity(size.pixels().0 as usize * channels);
    // Grey comes back as three equal channels, of which one is kept.
    let widened = if layout == Layout::Grey { 3 } else { channels };
    let mut line = vec![0; size.width as usize * widened];
    for y in 0..size.height {
        if y % ROWS_PER_CHECK == 0 {
            cancel.check()?;
        }
        transform.transform(picture.row(y), &mut line).map_err(Error::internal)?;
        match layout {
            Layout::Grey => converted.extend(line.chunks_exact(3).map(|rgb| rgb[1])),
            _ => converted.extend_from_slice(&line),
        }
    }
    Picture::interleaved(size, layout, converted)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn profile(profile: &ColorProfile) -> Arc<[u8]> {
        profile.encode().unwrap().into()
    }

    fn picture(layout: Layout, data: &[u8]) -> Picture {
        let width = data.len() / layout.channels();
        Picture::interleaved(Size::new(width as u32, 1), layout, data.to_vec()).unwrap()
    }

    #[test]
    fn srgb_broken_and_foreign_profiles_change_nothing() {
        let rgb = picture(Layout::Rgb, &[255, 0, 0, 10, 20, 30]);
        let unlike = [
            profile(&ColorProfile::new_srgb()),
            b"not a profile".as_slice().into(),
            profile(&ColorProfile::new_gray_with_gamma(1.0)),
        ];
        for icc in &unlike {
            for to_srgb in [true, false] {
                let result = finish(rgb.clone(), Some(icc), to_srgb, &Cancel::default()).unwrap();
                assert_eq!(result, rgb);
            }
        }
    }

    #[test]
    fn wide_gamut_becomes_srgb_or_stays() {
        let p3 = profile(&ColorProfile::new_display_p3());
        let source = picture(Layout::Rgba, &[200, 100, 100, 7, 128, 128, 128, 255]);
        let kept = finish(source.clone(), Some(&p3), false, &Cancel::default()).unwrap();
        assert_eq!(kept.row(0), source.row(0));
        assert_eq!(kept.icc.as_deref(), Some(&*p3));
        let converted = finish(source, Some(&p3), true, &Cancel::default()).unwrap();
        let row = converted.row(0);
        // Display P3 (0.784, 0.392, 0.392) is sRGB (0.839, 0.364, 0.379).
        for (actual, expected) in row.iter().zip([214, 93, 97, 7, 128, 128, 128, 255]) {
            assert!(actual.abs_diff(expected) <= 2, "{row:?}");
        }
        assert!(converted.icc.is_none());
    }

    #[test]
    fn linear_grey_becomes_srgb() {
        let linear = profile(&ColorProfile::new_gray_with_gamma(1.0));
        let result = finish(picture(Layout::Grey, &[0, 55, 255]), Some(&linear), true, &Cancel::default()).unwrap();
        // Linear 0.2157 is encoded as 0.5020 (IEC 61966-2-1).
        assert!(result.row(0)[1].abs_diff(128) <= 1, "{:?}", result.row(0));
        assert_eq!((result.row(0)[0], result.row(0)[2]), (0, 255));
    }
}
