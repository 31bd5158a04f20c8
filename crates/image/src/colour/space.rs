use std::sync::{Arc, LazyLock};

use lightmill_recipe::{Colour, Size};
use moxcms::ColorProfile;

use super::convert;
use crate::{Cancel, Layout, Picture};

/// Colours that a picture can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Space {
    /// IEC 61966-2-1: what a picture without a profile is in.
    Srgb,
    /// The primaries of SMPTE EG 432-1 with the white and the transfer function of sRGB.
    DisplayP3,
}

static DISPLAY_P3: LazyLock<Option<Arc<[u8]>>> =
    LazyLock::new(|| ColorProfile::new_display_p3().encode().ok().map(Into::into));

impl Space {
    /// The profile that is written beside samples in this space; none for sRGB.
    pub fn icc(self) -> Option<Arc<[u8]>> {
        match self {
            Self::Srgb => None,
            Self::DisplayP3 => DISPLAY_P3.clone(),
        }
    }

    /// The sRGB colour in this space, as near as 8 bits come to it.
    pub fn colour(self, colour: Colour) -> Colour {
        let picture = Picture::interleaved(Size::new(1, 1), Layout::Rgba, colour.rgba().to_vec());
        let made = picture.and_then(|picture| convert(picture, self, &Cancel::default()));
        match made.as_ref().map(|made| made.row(0)) {
            Ok(&[red, green, blue, alpha]) => Colour { red, green, blue, alpha },
            // Not without a pixel, or without a profile that this build makes itself.
            _ => colour,
        }
    }

    pub(super) fn profile(self) -> ColorProfile {
        match self {
            Self::Srgb => ColorProfile::new_srgb(),
            Self::DisplayP3 => ColorProfile::new_display_p3(),
        }
    }
}
