use std::sync::Arc;

use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};

use super::tone_map::Curve;

/// What a pair of code points (ITU-T H.273, sections 8.1 and 8.2) means for RGB samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CodePoints {
    /// sRGB, or as near as nobody can tell.
    Srgb,
    /// The same as this ICC profile.
    Profile(Arc<[u8]>),
    /// High dynamic range, which becomes sRGB by [`super::tone_map()`].
    HighDynamicRange { curve: Curve, primaries: u8 },
}

impl CodePoints {
    /// The meaning of `primaries` and `transfer`.
    ///
    /// The camera curves of BT.709, BT.601 and BT.2020 count as sRGB's: that is how such pictures are made and how
    /// browsers show them. What is unspecified or unknown is sRGB.
    pub fn new(primaries: u8, transfer: u8) -> Self {
        let curve = match transfer {
            16 => return Self::HighDynamicRange { curve: Curve::PerceptualQuantiser, primaries },
            18 => return Self::HighDynamicRange { curve: Curve::HybridLogGamma, primaries },
            4 => TransferCharacteristics::Bt470M,
            5 => TransferCharacteristics::Bt470Bg,
            8 => TransferCharacteristics::Linear,
            _ => TransferCharacteristics::Srgb,
        };
        let primaries = match primaries {
            4..=12 | 22 => CicpColorPrimaries::try_from(primaries).unwrap_or(CicpColorPrimaries::Bt709),
            _ => CicpColorPrimaries::Bt709,
        };
        if primaries == CicpColorPrimaries::Bt709 && curve == TransferCharacteristics::Srgb {
            return Self::Srgb;
        }
        let profile = ColorProfile::new_from_cicp(CicpProfile {
            color_primaries: primaries,
            transfer_characteristics: curve,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        });
        profile.encode().map_or(Self::Srgb, |bytes| Self::Profile(bytes.into()))
    }

    /// The profile, if it is one.
    pub fn profile(self) -> Option<Arc<[u8]>> {
        match self {
            Self::Profile(icc) => Some(icc),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::colour::{finish, needs_conversion};
    use crate::{Cancel, Layout, Picture};

    #[test]
    fn what_everybody_writes_is_srgb() {
        for (primaries, transfer) in [(1, 13), (2, 2), (1, 1), (1, 6), (0, 0), (255, 255)] {
            assert_eq!(CodePoints::new(primaries, transfer), CodePoints::Srgb, "{primaries}/{transfer}");
        }
    }

    #[test]
    fn others_are_profiles() {
        let p3 = CodePoints::new(12, 13).profile().unwrap();
        let source = Picture::interleaved(Size::new(1, 1), Layout::Rgb, vec![200, 100, 100]).unwrap();
        let made = finish(source, Some(&p3), true, &Cancel::default()).unwrap();
        // As the profile of Display P3 has it.
        for (actual, expected) in made.row(0).iter().zip([214u8, 93, 97]) {
            assert!(actual.abs_diff(expected) <= 2, "{:?}", made.row(0));
        }
        let linear = CodePoints::new(1, 8).profile().unwrap();
        let source = Picture::interleaved(Size::new(1, 1), Layout::Rgb, vec![55; 3]).unwrap();
        let made = finish(source, Some(&linear), true, &Cancel::default()).unwrap();
        assert!(made.row(0).iter().all(|v| v.abs_diff(128) <= 1), "{:?}", made.row(0));
        assert!(needs_conversion(&CodePoints::new(9, 1).profile().unwrap(), Layout::Rgb));
        assert!(matches!(CodePoints::new(9, 16), CodePoints::HighDynamicRange { .. }));
    }
}
