use serde::{Deserialize, Serialize};

/// An image file format, by its common name.
///
/// The list holds every format that a dialect can name; which of them this build reads and writes is known by
/// the `image` crate, and a format that it lacks is an error there, never a silent substitute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JPEG, ITU-T T.81.
    Jpeg,
    /// PNG (and APNG), W3C PNG third edition.
    Png,
    /// WebP, RFC 9649.
    WebP,
    /// GIF 87a and 89a.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF 6.0.
    Tiff,
    /// AVIF, AV1 in HEIF.
    Avif,
    /// HEIC, HEVC in HEIF.
    Heic,
    /// JPEG XL, ISO/IEC 18181.
    JpegXl,
    /// Windows icon.
    Ico,
    /// SVG 1.1 (static).
    Svg,
}

impl Format {
    /// Every format, in the order of the enum.
    pub const ALL: [Self; 11] = [
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Gif,
        Self::Bmp,
        Self::Tiff,
        Self::Avif,
        Self::Heic,
        Self::JpegXl,
        Self::Ico,
        Self::Svg,
    ];

    /// The registered media type (IANA).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
            Self::JpegXl => "image/jxl",
            Self::Ico => "image/vnd.microsoft.icon",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The name in lower case, as the field writes it: `jpeg`, `png`, `webp`, `jxl`…
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Avif => "avif",
            Self::Heic => "heic",
            Self::JpegXl => "jxl",
            Self::Ico => "ico",
            Self::Svg => "svg",
        }
    }

    /// The usual file name extension: as the name, but `jpg` for JPEG.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            other => other.name(),
        }
    }

    /// The format of a file name extension or format name, in any case; `None` for what is none of ours.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" => Self::Jpeg,
            "png" | "apng" => Self::Png,
            "webp" => Self::WebP,
            "gif" => Self::Gif,
            "bmp" | "dib" => Self::Bmp,
            "tif" | "tiff" => Self::Tiff,
            "avif" => Self::Avif,
            "heic" | "heif" => Self::Heic,
            "jxl" => Self::JpegXl,
            "ico" => Self::Ico,
            "svg" => Self::Svg,
            _ => return None,
        })
    }

    /// Whether a file of this format can hold transparency.
    pub const fn has_alpha(self) -> bool {
        !matches!(self, Self::Jpeg | Self::Bmp)
    }

    /// Whether a file that we write in this format can hold several frames.
    pub const fn can_animate(self) -> bool {
        matches!(self, Self::Gif | Self::WebP | Self::Avif)
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_extension_reads_back() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
            assert_eq!(Format::from_name(&format.extension().to_uppercase()), Some(format));
        }
        assert_eq!(Format::from_name("mp4"), None);
    }
}
