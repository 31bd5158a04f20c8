use std::sync::Arc;

use lightmill_recipe::{Format, Formats, Size};
use serde::Serialize;

use crate::{Error, codecs, colour};

/// What the header of a file tells, without decoding a pixel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// The format, from the bytes (never from a name).
    pub format: Format,
    /// Size of the stored pixels, before orientation; of the canvas, for animations.
    pub size: Size,
    /// EXIF orientation.
    pub orientation: ExifOrientation,
    /// Number of frames, 1 or more.
    pub frames: u32,
    /// Whether any pixel may be transparent.
    pub has_alpha: bool,
    /// Bits of a sample.
    pub bits: u8,
    /// What the samples mean.
    pub colour: SourceColour,
    /// JPEG: estimated quality, 1 to 100, on libjpeg's scale.
    pub quality: Option<u8>,
    /// JPEG: several scans. PNG, GIF: interlaced.
    pub progressive: bool,
    /// Samples stand for light of high dynamic range (PQ or HLG), which every decoder makes sRGB.
    pub high_dynamic_range: bool,
    /// Embedded ICC profile, whole.
    #[serde(skip)]
    pub icc: Option<Arc<[u8]>>,
    /// The TIFF structure of EXIF, without the `Exif\0\0` prefix.
    #[serde(skip)]
    pub exif: Option<Arc<[u8]>>,
    /// XMP packet, if it has no more than 65,502 bytes.
    #[serde(skip)]
    pub xmp: Option<Arc<[u8]>>,
    /// Bytes of the file.
    pub bytes: u64,
}

impl Probe {
    /// Size as seen: after orientation is applied.
    pub fn upright(&self) -> Size {
        if self.orientation.transposes() { self.size.transposed() } else { self.size }
    }

    /// What the embedded ICC profile calls itself; `None` without one, and for one without a name.
    pub fn profile_name(&self) -> Option<String> {
        self.icc.as_deref().and_then(colour::description)
    }
}

/// What the samples of a source mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceColour {
    /// Luma only.
    Grey,
    /// Red, green, blue, stored or through a palette.
    Rgb,
    /// Y'CbCr as in JPEG and lossy WebP, chroma subsampled as stated.
    YCbCr(crate::Subsampling),
    /// Y'CbCr with a subsampling that [`crate::Subsampling`] does not hold.
    YCbCrOther,
    /// Cyan, magenta, yellow, black (JPEG CMYK and YCCK, TIFF).
    Cmyk,
}

/// Orientation of EXIF 2.32, tag 274: which turn and mirroring bring the stored pixels upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExifOrientation(u8);

impl Default for ExifOrientation {
    fn default() -> Self {
        Self::UPRIGHT
    }
}

impl ExifOrientation {
    /// Stored upright.
    pub const UPRIGHT: Self = Self(1);

    /// The tag's value; what is not 1 to 8 counts as upright.
    pub fn new(value: u32) -> Self {
        match value {
            1..=8 => Self(value as u8),
            _ => Self(1),
        }
    }

    /// The tag's value, 1 to 8.
    pub fn value(self) -> u8 {
        self.0.clamp(1, 8)
    }

    /// Whether the stored pixels are upright already.
    pub fn is_upright(self) -> bool {
        self.value() == 1
    }

    /// Whether width and height are exchanged.
    pub fn transposes(self) -> bool {
        self.value() >= 5
    }
}

/// Reads the header of `bytes`. Any format that this build decodes.
///
/// # Errors
/// [`Error::UnknownFormat`] if no format is recognised, [`Error::Corrupt`] if one is but its header makes no sense.
pub fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    probe_allowed(bytes, Formats::default())
}

/// The same, but only if the format may be read: nothing but the signature is looked at before.
///
/// # Errors
/// Those of [`probe`], and [`Error::Unsupported`] for formats that may not be read.
pub fn probe_allowed(bytes: &[u8], formats: Formats) -> Result<Probe, Error> {
    let format = codecs::recognise(bytes).ok_or(Error::UnknownFormat)?;
    if !formats.reads(format) {
        return Err(Error::unsupported(format!("reading {format}")));
    }
    codecs::probe(format, bytes)
}
