use std::sync::Arc;

use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};

use super::equivalent::{encoded, grey_profile};
use super::tone_map::{Curve, tone_map};
use super::{finish, needs_conversion};
use crate::{Cancel, Error, Layout, Picture};

/// The colour space that a file states for its samples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum SourceSpace {
    /// sRGB, or as near as nobody can tell.
    #[default]
    Srgb,
    /// That of an ICC profile.
    Profile(Arc<[u8]>),
    /// High dynamic range, which becomes sRGB by [`tone_map`] whatever is asked for.
    HighDynamicRange { curve: Curve, primaries: u8 },
}

impl SourceSpace {
    /// The meaning of code points (ITU-T H.273, sections 8.1 and 8.2) for samples of full-range RGB, or of grey.
    ///
    /// The curves of cameras (BT.601, BT.709, BT.2020, SMPTE 240M, xvYCC) count as sRGB's: that is how such pictures are
    /// made and how browsers show them. What is unspecified or unknown is sRGB.
    pub fn from_code_points(primaries: u8, transfer: u8, grey: bool) -> Self {
        let curve = match transfer {
            16 => return Self::HighDynamicRange { curve: Curve::PerceptualQuantiser, primaries },
            18 => return Self::HighDynamicRange { curve: Curve::HybridLogGamma, primaries },
            4 => TransferCharacteristics::Bt470M,
            5 => TransferCharacteristics::Bt470Bg,
            8 => TransferCharacteristics::Linear,
            9 => TransferCharacteristics::Log100,
            10 => TransferCharacteristics::Log100sqrt10,
            17 => TransferCharacteristics::Smpte428,
            _ => TransferCharacteristics::Srgb,
        };
        let primaries = match primaries {
            4..=12 | 22 if !grey => CicpColorPrimaries::try_from(primaries).unwrap_or(CicpColorPrimaries::Bt709),
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
        let icc = if grey { profile.red_trc.and_then(|curve| encoded(grey_profile(curve))) } else { encoded(profile) };
        icc.into()
    }

    /// The meaning of a `cICP` chunk: primaries, transfer function, matrix (0 for RGB) and whether the range is full.
    /// `None` for code points that are reserved, unspecified or not for full-range RGB.
    pub fn from_cicp([primaries, transfer, matrix, full_range]: [u8; 4], grey: bool) -> Option<Self> {
        let specified = matches!(primaries, 1 | 4..=12 | 22) && matches!(transfer, 1 | 4..=18);
        (specified && matrix == 0 && full_range == 1).then(|| Self::from_code_points(primaries, transfer, grey))
    }

    /// The profile, if it is one.
    pub fn icc(&self) -> Option<&Arc<[u8]>> {
        match self {
            Self::Profile(icc) => Some(icc),
            Self::Srgb | Self::HighDynamicRange { .. } => None,
        }
    }

    /// Whether samples stand for light of high dynamic range.
    pub fn is_high_dynamic_range(&self) -> bool {
        matches!(self, Self::HighDynamicRange { .. })
    }

    /// Whether samples of `layout` are changed when a picture is to become sRGB, or is not.
    pub fn converts(&self, layout: Layout, to_srgb: bool) -> bool {
        match self {
            Self::Srgb => false,
            Self::Profile(icc) => to_srgb && needs_conversion(icc, layout),
            Self::HighDynamicRange { .. } => true,
        }
    }

    /// Gives `picture`, whose samples are of this space, the colours that `to_srgb` asks for, as [`finish`] does; high
    /// dynamic range always becomes sRGB.
    pub fn finish(&self, picture: Picture, to_srgb: bool, cancel: &Cancel) -> Result<Picture, Error> {
        match self {
            Self::HighDynamicRange { curve, primaries } => tone_map(picture, *curve, *primaries, cancel),
            other => finish(picture, other.icc(), to_srgb, cancel),
        }
    }
}

impl From<Option<Arc<[u8]>>> for SourceSpace {
    fn from(icc: Option<Arc<[u8]>>) -> Self {
        icc.map_or(Self::Srgb, Self::Profile)
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn shown(space: &SourceSpace, layout: Layout, pixel: &[u8]) -> Vec<u8> {
        let picture = Picture::interleaved(Size::new(1, 1), layout, pixel.to_vec()).unwrap();
        space.finish(picture, true, &Cancel::default()).unwrap().row(0).to_vec()
    }

    #[test]
    fn what_everybody_writes_is_srgb() {
        for (primaries, transfer) in [(1, 13), (2, 2), (1, 1), (1, 6), (0, 0), (255, 255)] {
            let space = SourceSpace::from_code_points(primaries, transfer, false);
            assert_eq!(space, SourceSpace::Srgb, "{primaries}/{transfer}");
        }
        assert_eq!(SourceSpace::from_cicp([12, 13, 0, 1], true), Some(SourceSpace::Srgb), "grey has no primaries");
    }

    #[test]
    fn others_are_profiles() {
        let space = SourceSpace::from_code_points;
        // As the profile of Display P3 has it.
        let made = shown(&space(12, 13, false), Layout::Rgb, &[200, 100, 100]);
        assert!(made.iter().zip([214u8, 93, 97]).all(|(made, exact)| made.abs_diff(exact) <= 2), "{made:?}");
        for (grey, layout) in [(false, Layout::Rgb), (true, Layout::Grey)] {
            let made = shown(&space(1, 8, grey), layout, &[55; 3][..layout.channels()]);
            assert!(made.iter().all(|v| v.abs_diff(128) <= 1), "{made:?}");
        }
        assert!(space(9, 1, false).converts(Layout::Rgb, true) && !space(9, 1, false).converts(Layout::Rgb, false));
        for transfer in [16, 18] {
            assert!(space(9, transfer, false).is_high_dynamic_range());
            assert!(space(9, transfer, false).converts(Layout::Rgb, false));
        }
    }

    #[test]
    fn chunks_that_make_no_sense_are_none() {
        for code_points in [[2, 13, 0, 1], [1, 2, 0, 1], [1, 0, 0, 1], [1, 13, 1, 1], [1, 13, 0, 0], [250, 13, 0, 1]] {
            assert_eq!(SourceSpace::from_cicp(code_points, false), None, "{code_points:?}");
        }
        assert!(SourceSpace::from_cicp([9, 16, 0, 1], false).is_some_and(|space| space.is_high_dynamic_range()));
    }
}
