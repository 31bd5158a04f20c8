//! Profiles that say what a file says about its colours in other words: by a gamma and primaries.

use std::sync::Arc;

use moxcms::{Chromaticity, ColorPrimaries, ColorProfile, ToneReprCurve, XyY};

/// The `gAMA` value of sRGB, times 100,000.
const SRGB_GAMMA: f64 = 45_455.0;
/// A gamma this near to [`SRGB_GAMMA`], as a share of it, stands for sRGB's own transfer function: libpng's
/// `PNG_GAMMA_THRESHOLD`, and what browsers do.
const GAMMA_TOLERANCE: f64 = 0.05;
/// The smallest triangle of primaries, in the units of the xy diagram, that is taken for one; sRGB's has 0.112.
const MIN_TRIANGLE: f64 = 0.01;

/// CIE 1931 xy of white and primaries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chromaticities {
    pub white: (f64, f64),
    pub red: (f64, f64),
    pub green: (f64, f64),
    pub blue: (f64, f64),
}

impl Chromaticities {
    /// Whether they can be anybody's: inside the diagram, and a triangle rather than a line.
    fn is_plausible(&self) -> bool {
        let inside = |(x, y): (f64, f64)| x >= 0.0 && y > 0.01 && x + y <= 1.0;
        let ((xr, yr), (xg, yg), (xb, yb)) = (self.red, self.green, self.blue);
        let doubled = (xg - xr) * (yb - yr) - (xb - xr) * (yg - yr);
        [self.white, self.red, self.green, self.blue].into_iter().all(inside) && doubled.abs() / 2.0 >= MIN_TRIANGLE
    }
}

/// The profile for samples that are light to the power of `gamma` / 100,000 (sRGB's transfer function if it is not
/// stated or near to it) with these primaries (sRGB's if they are not stated); `None` if that is sRGB or makes no sense.
///
/// Of grey samples only the transfer function counts.
pub(crate) fn from_gamma(gamma: Option<u32>, primaries: Option<&Chromaticities>, grey: bool) -> Option<Arc<[u8]>> {
    let gamma = gamma.map(f64::from).filter(|gamma| (gamma / SRGB_GAMMA - 1.0).abs() > GAMMA_TOLERANCE);
    if gamma.is_some_and(|gamma| !(10_000.0..=1_000_000.0).contains(&gamma)) {
        return None;
    }
    let curve = gamma.map(|gamma| ToneReprCurve::Parametric(vec![(100_000.0 / gamma) as f32]));
    if grey {
        return encoded(grey_profile(curve?));
    }
    let primaries = primaries.filter(|primaries| primaries.is_plausible());
    if curve.is_none() && primaries.is_none() {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    if let Some(Chromaticities { white, red, green, blue }) = primaries {
        let point = |(x, y): (f64, f64)| Chromaticity::new(x as f32, y as f32);
        let primaries = ColorPrimaries { red: point(*red), green: point(*green), blue: point(*blue) };
        profile.update_rgb_colorimetry(XyY { x: white.0, y: white.1, yb: 1.0 }, primaries);
    }
    if let Some(curve) = curve {
        set_curve(&mut profile, &curve);
    }
    encoded(profile)
}

fn set_curve(profile: &mut ColorProfile, curve: &ToneReprCurve) {
    profile.red_trc = Some(curve.clone());
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve.clone());
}

/// For grey samples of this curve.
pub(super) fn grey_profile(curve: ToneReprCurve) -> ColorProfile {
    let mut profile = ColorProfile::new_gray_with_gamma(1.0);
    profile.gray_trc = Some(curve);
    profile
}

/// The profile's bytes.
pub(super) fn encoded(mut profile: ColorProfile) -> Option<Arc<[u8]>> {
    // Samples mean what the curves say, not what a code point beside them says.
    profile.cicp = None;
    profile.encode().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::super::{Space, convert, needs_conversion};
    use super::*;
    use crate::{Cancel, Layout, Picture};
    use lightmill_recipe::Size;

    const P3: Chromaticities =
        Chromaticities { white: (0.3127, 0.3290), red: (0.680, 0.320), green: (0.265, 0.690), blue: (0.150, 0.060) };
    const SRGB: Chromaticities =
        Chromaticities { white: (0.3127, 0.3290), red: (0.640, 0.330), green: (0.300, 0.600), blue: (0.150, 0.060) };

    fn shown(icc: &Arc<[u8]>, layout: Layout, pixel: &[u8]) -> Vec<u8> {
        let picture = Picture::interleaved(Size::new(1, 1), layout, pixel.to_vec()).unwrap();
        convert(picture.with_icc(Some(icc.clone())), Space::Srgb, &Cancel::default()).unwrap().row(0).to_vec()
    }

    #[test]
    fn what_is_srgb_has_no_profile() {
        assert_eq!(from_gamma(Some(45_455), None, false), None);
        assert_eq!(from_gamma(Some(46_000), None, true), None);
        assert!(!needs_conversion(&from_gamma(Some(45_455), Some(&SRGB), false).unwrap(), Layout::Rgb));
    }

    #[test]
    fn primaries_of_display_p3() {
        let icc = from_gamma(Some(45_455), Some(&P3), false).unwrap();
        // Display P3 (0.784, 0.392, 0.392) is sRGB (0.839, 0.364, 0.379).
        for (made, exact) in shown(&icc, Layout::Rgb, &[200, 100, 100]).iter().zip([214, 93, 97]) {
            assert!(made.abs_diff(exact) <= 2, "{made} {exact}");
        }
    }

    #[test]
    fn gamma_of_grey_and_of_colour() {
        // Linear 0.2157 is encoded as 0.5020 (IEC 61966-2-1); (128/255)^1.8 as 0.5728.
        for (gamma, sample, exact) in [(100_000, 55, 128), (55_556, 128, 146)] {
            let icc = from_gamma(Some(gamma), None, true).unwrap();
            assert!(shown(&icc, Layout::Grey, &[sample])[0].abs_diff(exact) <= 1);
            let icc = from_gamma(Some(gamma), None, false).unwrap();
            assert!(shown(&icc, Layout::Rgb, &[sample; 3]).iter().all(|made| made.abs_diff(exact) <= 1));
        }
    }

    #[test]
    fn nonsense_is_left_alone() {
        for gamma in [0, 1, 9_999, 1_000_001, u32::MAX] {
            assert_eq!(from_gamma(Some(gamma), None, false), None);
        }
        let line = Chromaticities { green: P3.red, ..P3 };
        let outside = Chromaticities { white: (0.3, 0.0), ..P3 };
        assert_eq!((from_gamma(None, Some(&line), false), from_gamma(None, Some(&outside), false)), (None, None));
    }
}
