//! Profiles that say what a file says about its colours in other words.

use std::sync::Arc;

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, MatrixCoefficients, ToneReprCurve,
    TransferCharacteristics, XyY,
};

/// The `gAMA` value of sRGB, times 100,000.
const SRGB_GAMMA: f64 = 45_455.0;
/// A gamma this near to [`SRGB_GAMMA`], as a share of it, stands for sRGB's own transfer function: libpng's
/// `PNG_GAMMA_THRESHOLD`, and what browsers do.
const GAMMA_TOLERANCE: f64 = 0.05;
/// The smallest triangle of primaries, in the units of the xy diagram, that is taken for one; sRGB's has 0.112.
const MIN_TRIANGLE: f64 = 0.01;
/// Nits that a transfer function of high dynamic range shows as white (ITU-R BT.2408, section 3.1); what is brighter is
/// cut.
const REFERENCE_WHITE: f64 = 203.0;
/// Entries of a table for a transfer function of high dynamic range.
const CURVE_ENTRIES: usize = 4096;

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
        return encoded(&grey_profile(curve?));
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
    encoded(&profile)
}

/// The profile for code points of ITU-T H.273: primaries, transfer function, matrix (0 for RGB) and whether the range is
/// full. `None` for code points that are reserved, unspecified or not for full-range RGB.
///
/// PQ and HLG show the reference white of ITU-R BT.2408 as white; what is brighter is cut.
pub(crate) fn from_cicp([primaries, transfer, matrix, full_range]: [u8; 4], grey: bool) -> Option<Arc<[u8]>> {
    if matrix != 0 || full_range != 1 {
        return None;
    }
    let transfer_characteristics = TransferCharacteristics::try_from(transfer).ok()?;
    let mut profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    match transfer_characteristics {
        TransferCharacteristics::Smpte2084 => set_curve(&mut profile, &table(perceptual_quantizer)),
        TransferCharacteristics::Hlg => set_curve(&mut profile, &table(hybrid_log_gamma)),
        _ => {}
    }
    let curve = profile.red_trc.clone()?;
    if grey { encoded(&grey_profile(curve)) } else { encoded(&profile) }
}

fn set_curve(profile: &mut ColorProfile, curve: &ToneReprCurve) {
    profile.red_trc = Some(curve.clone());
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve.clone());
}

fn grey_profile(curve: ToneReprCurve) -> ColorProfile {
    let mut profile = ColorProfile::new_gray_with_gamma(1.0);
    profile.gray_trc = Some(curve);
    profile
}

fn encoded(profile: &ColorProfile) -> Option<Arc<[u8]>> {
    let mut profile = profile.clone();
    // Samples mean what the curves say, not what a code point beside them says.
    profile.cicp = None;
    profile.encode().ok().map(Into::into)
}

/// A table of `nits` over the signal, 1 being the reference white.
fn table(nits: impl Fn(f64) -> f64) -> ToneReprCurve {
    let entry = |i: usize| {
        let light = nits(i as f64 / (CURVE_ENTRIES - 1) as f64) / REFERENCE_WHITE;
        (light.clamp(0.0, 1.0) * 65_535.0).round() as u16
    };
    ToneReprCurve::Lut((0..CURVE_ENTRIES).map(entry).collect())
}

/// Nits of a PQ signal (SMPTE ST 2084, equation 4.1).
fn perceptual_quantizer(signal: f64) -> f64 {
    let (m1, m2) = (2610.0 / 16_384.0, 2523.0 / 4096.0 * 128.0);
    let (c1, c2, c3) = (3424.0 / 4096.0, 2413.0 / 4096.0 * 32.0, 2392.0 / 4096.0 * 32.0);
    let power = signal.powf(1.0 / m2);
    10_000.0 * ((power - c1).max(0.0) / (c2 - c3 * power)).powf(1.0 / m1)
}

/// Nits of a grey HLG signal on a display of 1000 nits, whose system gamma is 1.2 (ITU-R BT.2100, table 5).
fn hybrid_log_gamma(signal: f64) -> f64 {
    let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
    let scene = if signal <= 0.5 { signal * signal / 3.0 } else { (((signal - c) / a).exp() + b) / 12.0 };
    1000.0 * scene.powf(1.2)
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
        assert!(!needs_conversion(&from_cicp([1, 13, 0, 1], false).unwrap(), Layout::Rgb));
        assert!(!needs_conversion(&from_cicp([12, 13, 0, 1], true).unwrap(), Layout::Grey));
    }

    #[test]
    fn primaries_of_display_p3() {
        let chunks = from_gamma(Some(45_455), Some(&P3), false).unwrap();
        let code_points = from_cicp([12, 13, 0, 1], false).unwrap();
        for icc in [chunks, code_points] {
            // Display P3 (0.784, 0.392, 0.392) is sRGB (0.839, 0.364, 0.379).
            for (made, exact) in shown(&icc, Layout::Rgb, &[200, 100, 100]).iter().zip([214, 93, 97]) {
                assert!(made.abs_diff(exact) <= 2, "{made} {exact}");
            }
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
        for code_points in [[2, 13, 0, 1], [1, 2, 0, 1], [1, 0, 0, 1], [1, 13, 1, 1], [1, 13, 0, 0], [250, 13, 0, 1]] {
            assert_eq!(from_cicp(code_points, false), None, "{code_points:?}");
        }
    }

    #[test]
    fn high_dynamic_range_keeps_its_reference_white() {
        // 203 nits are 0.581 in PQ and 0.75 in HLG (ITU-R BT.2408, table 1).
        for (transfer, white) in [(16, 148), (18, 191)] {
            let icc = from_cicp([9, transfer, 0, 1], false).unwrap();
            assert!(shown(&icc, Layout::Rgb, &[white; 3]).iter().all(|made| *made >= 252));
            assert_eq!(shown(&icc, Layout::Rgb, &[255; 3]), [255; 3]);
            let dim = shown(&icc, Layout::Rgb, &[white / 2; 3]);
            assert!(dim[0] > 20 && dim[0] < 200 && dim.iter().all(|v| v.abs_diff(dim[0]) <= 1), "{dim:?}");
        }
    }
}
