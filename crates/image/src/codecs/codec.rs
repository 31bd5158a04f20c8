//! What the folder of a format offers to the rest: one constant in its `mod.rs`.

use bytes::Bytes;
use lightmill_recipe::Format;

use super::{DecodeOptions, EncodeOptions, Kept};
use super::{avif, bmp, gif, heic, ico, jpeg, jpegxl, png, svg, tiff, webp};
use crate::{Error, FrameSource, Probe};

type Decode = fn(&Bytes, &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error>;
type Encode = fn(&mut dyn FrameSource, &EncodeOptions) -> Result<Vec<u8>, Error>;
type Strip = fn(&[u8], &Kept<'_>) -> Option<Vec<u8>>;

/// How a format is read and written. Functions run behind the boundary that turns panics into errors.
pub(super) struct Codec {
    /// Reads a header; decodes no pixel.
    pub probe: fn(&[u8]) -> Result<Probe, Error>,
    /// Opens a file of at most `source_bytes`; `None` if this build does not read the format.
    pub decode: Option<Decode>,
    /// `None` if this build does not write the format.
    pub encode: Option<Encoder>,
    /// Takes everything out of a file that is no picture and puts metadata in, which is how those of results are
    /// written. `None` if it is not known how: the encoder then writes them itself, where the format has a place.
    pub strip: Option<Strip>,
}

/// How a format is written.
pub(super) struct Encoder {
    /// Writes frames; of formats of one picture the first.
    pub encode: Encode,
    /// When pictures are taken in Y'CbCr planes.
    pub planes: When,
    /// Whether samples of 16 bits are taken.
    pub wide: bool,
    /// When a number decides how many bytes a picture takes.
    pub quality: When,
}

/// When something is so of an encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Never,
    /// Unless it is to lose nothing.
    Lossy,
    Always,
}

impl When {
    pub const fn holds(self, lossless: bool) -> bool {
        match self {
            Self::Never => false,
            Self::Lossy => !lossless,
            Self::Always => true,
        }
    }
}

/// The folder of `format`.
pub(super) const fn codec(format: Format) -> &'static Codec {
    match format {
        Format::Jpeg => &jpeg::CODEC,
        Format::Png => &png::CODEC,
        Format::WebP => &webp::CODEC,
        Format::Gif => &gif::CODEC,
        Format::Bmp => &bmp::CODEC,
        Format::Tiff => &tiff::CODEC,
        Format::Avif => &avif::CODEC,
        Format::Heic => &heic::CODEC,
        Format::JpegXl => &jpegxl::CODEC,
        Format::Ico => &ico::CODEC,
        Format::Svg => &svg::CODEC,
    }
}
