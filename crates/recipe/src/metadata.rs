use serde::{Deserialize, Serialize};

/// What a result keeps of what its source says about itself (EXIF, XMP), beside the colour profile.
///
/// Maker notes, thumbnails, comments and IPTC-IIM records never survive; an orientation does not either, because the
/// pixels are upright. Formats of results that hold metadata are JPEG, PNG and WebP; in the others there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metadata {
    /// Nothing.
    #[default]
    Drop,
    /// Who made the picture and who owns the rights in it: `Artist` and `Copyright` of EXIF; `dc:creator`, `dc:rights`,
    /// `photoshop:Credit` and `xmpRights` of XMP.
    Copyright,
    /// All that is known to be no position: EXIF without its GPS directory, XMP without any property of a place.
    Keep,
    /// The same with the position.
    KeepWithLocation,
}

impl Metadata {
    /// Every policy, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::Drop, Self::Copyright, Self::Keep, Self::KeepWithLocation];

    /// The word for it in configurations and on command lines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Copyright => "copyright",
            Self::Keep => "keep",
            Self::KeepWithLocation => "keep-with-location",
        }
    }
}
