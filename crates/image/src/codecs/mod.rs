//! One folder per format, each of the same shape: `probe.rs` (header → [`Probe`]), `decode.rs` (bytes →
//! [`FrameSource`]) and `encode.rs` ([`FrameSource`] → bytes), with a `mod.rs` that introduces them.
//! What a folder offers is one constant there (`codec.rs`). [`recognise`] names the format of some bytes; [`probe()`],
//! [`decode`] and [`encode`] choose the folder.
//!
//! Every decoder checks the size that a header claims against [`Limits`] before it allocates anything of that size, and
//! runs behind a boundary that turns a codec's panic into an error.

#[cfg(test)]
mod animation_testing;
mod avif;
mod bmp;
mod boundary;
mod chroma;
mod codec;
mod difference;
mod dispatch;
mod gif;
mod grey_alpha;
mod heic;
mod ico;
mod inflate;
mod isobmff;
mod jpeg;
mod jpegxl;
mod library;
mod png;
mod recognise;
mod strip;
mod svg;
#[cfg(test)]
pub(crate) mod testing;
mod tiff;
mod turn;
mod webp;

pub use dispatch::{
    can_decode, can_encode, decode, decode_rows, encode, has_quality, probe, takes_planes, takes_wide, turn_jpeg,
};
pub use recognise::recognise;
pub use strip::{Kept, can_strip, strip};
pub use turn::Turn;

use lightmill_recipe::{Effort, Formats, Limits, PaletteColours, Rect, Size};
use serde::Serialize;

use crate::{Cancel, FileMetadata, Fonts};

#[cfg(doc)]
use crate::{FrameSource, Probe};

/// How a source is to be decoded.
#[derive(Debug, Clone)]
pub struct DecodeOptions {
    /// Reduction while decoding.
    pub scale: Scale,
    /// JPEG: the part of the reduced picture that is wanted; of Y'CbCr it begins on a chroma sample.
    pub region: Option<Rect>,
    /// Y'CbCr planes are welcome where the source has them (JPEG, AVIF); otherwise grey, RGB or RGBA.
    pub planes: bool,
    /// Frames to give at most, 1 or more.
    pub frames: u32,
    /// Whether samples are converted to sRGB; otherwise RGB and grey pictures keep their profile in `Picture::icc`.
    /// CMYK is converted always.
    pub to_srgb: bool,
    /// Samples of 16 bits are welcome where the source has more than 8 (PNG, TIFF), as [`Layout::widened`]; otherwise
    /// they are rounded.
    ///
    /// [`Layout::widened`]: crate::Layout::widened
    pub wide: bool,
    /// Fonts for text in vector formats.
    pub fonts: Fonts,
    /// Formats that may be read, also inside of others.
    pub formats: Formats,
    /// Bounds on memory and size.
    pub limits: Limits,
    /// Asked between rows or blocks of rows.
    pub cancel: Cancel,
}

impl Default for DecodeOptions {
    /// All frames at full size in grey, RGB or RGBA of 8 bits and sRGB, without fonts, within the default limits.
    fn default() -> Self {
        Self {
            scale: Scale::Full,
            region: None,
            planes: false,
            frames: u32::MAX,
            to_srgb: true,
            wide: false,
            fonts: Fonts::default(),
            formats: Formats::default(),
            limits: Limits::default(),
            cancel: Cancel::default(),
        }
    }
}

/// Reduction while decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// As stored.
    Full,
    /// JPEG: the scaled inverse DCT of n/8, n = 1, 2 or 4; each side is rounded up (ITU-T T.81 has no such scale; it is
    /// libjpeg's `scale_num`/`scale_denom`).
    Eighths(u8),
    /// Vector formats: rendered at this size.
    To(Size),
}

/// How a result is to be encoded.
#[derive(Debug, Clone)]
pub struct EncodeOptions {
    /// Quality of lossy formats, 1 to 100.
    pub quality: u8,
    /// No loss, where the format can be either (WebP); `quality` then counts for nothing.
    pub lossless: bool,
    /// Progressive JPEG.
    pub progressive: bool,
    /// PNG: as many colours at most, chosen for the picture.
    pub palette: Option<PaletteColours>,
    /// How long to search for a smaller file.
    pub effort: Effort,
    /// Written where the format has a place for it: JPEG, PNG, WebP, TIFF, AVIF; GIF for XMP only.
    pub metadata: FileMetadata,
    /// Bounds on result bytes and on what is animated.
    pub limits: Limits,
    /// Asked between rows or frames.
    pub cancel: Cancel,
}
