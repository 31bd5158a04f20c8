use std::io::Cursor;
use std::sync::Arc;

use ::tiff::decoder::{Decoder, Limits as LibraryLimits};
use ::tiff::tags::{ExtraSamples, SampleFormat, Tag};
use ::tiff::{ColorType, TiffError, TiffResult};
use lightmill_recipe::{Format, LimitError, Limits, Size};

use crate::metadata::orientation;
use crate::{Error, ExifOrientation, Layout, SourceColour};

/// Bytes of an ICC profile at most; output profiles of printers reach 3 MB.
const MAX_PROFILE: u64 = 8 << 20;

/// A library's decoder at the first picture of a file.
pub(super) type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

/// What the samples of a pixel are, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    Cmyk,
    /// Of JPEG compression only, which has them at one resolution.
    YCbCr,
}

impl Kind {
    pub fn samples(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb | Self::YCbCr => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    pub fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }

    pub fn colour(self) -> SourceColour {
        match self {
            Self::Grey | Self::GreyAlpha => SourceColour::Grey,
            Self::Rgb | Self::Rgba | Self::YCbCr => SourceColour::Rgb,
            Self::Cmyk => SourceColour::Cmyk,
        }
    }

    /// Layout of the picture, in 8 bits.
    pub fn layout(self) -> Layout {
        match self {
            Self::Grey => Layout::Grey,
            Self::Rgb | Self::Cmyk | Self::YCbCr => Layout::Rgb,
            Self::GreyAlpha | Self::Rgba => Layout::Rgba,
        }
    }
}

/// What the first directory tells.
pub(super) struct Header {
    pub size: Size,
    pub kind: Kind,
    /// 1, 2, 4, 8 or 16 for integers, 32 for floating point of 0 to 1.
    pub bits: u8,
    /// Colours are multiplied by alpha.
    pub premultiplied: bool,
    pub orientation: ExifOrientation,
    pub icc: Option<Arc<[u8]>>,
}

/// Reads the first directory. Values of tags are limited by the library to 1 MiB each, the profile to 8 MiB.
pub(super) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Header, Reader<'a>), Error> {
    let failed = |error| failed(error, limits);
    let reader = Decoder::new(Cursor::new(bytes)).map_err(failed)?;
    let memory = usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX);
    let mut library = LibraryLimits::default();
    library.decoding_buffer_size = memory;
    library.intermediate_buffer_size = memory;
    let mut reader = reader.with_limits(library);
    let header = describe(&mut reader, bytes).map_err(failed)?;
    let header = header.ok_or_else(|| Error::unsupported("a TIFF file with these samples"))?;
    Ok((header, reader))
}

/// `None` for samples that this build does not read.
fn describe(reader: &mut Reader<'_>, bytes: &[u8]) -> TiffResult<Option<Header>> {
    let (width, height) = reader.dimensions()?;
    let extra: Vec<u16> = reader.find_tag_unsigned_vec(Tag::ExtraSamples)?.unwrap_or_default();
    let extra = extra.first().copied().and_then(ExtraSamples::from_u16);
    let format = reader.find_tag_unsigned_vec::<u16>(Tag::SampleFormat)?.and_then(|formats| formats.first().copied());
    let colour = reader.colortype()?;
    let kind = match colour {
        ColorType::Gray(_) => Kind::Grey,
        ColorType::GrayA(_) | ColorType::Multiband { num_samples: 2, .. } => Kind::GreyAlpha,
        ColorType::RGB(_) => Kind::Rgb,
        ColorType::RGBA(_) => Kind::Rgba,
        ColorType::CMYK(_) => Kind::Cmyk,
        ColorType::YCbCr(8) => Kind::YCbCr,
        _ => return Ok(None),
    };
    let bits = colour.bit_depth();
    let format = format.map_or(Some(SampleFormat::Uint), SampleFormat::from_u16);
    match (format, bits) {
        (Some(SampleFormat::Uint), 8 | 16) | (Some(SampleFormat::IEEEFP), 32) => {}
        (Some(SampleFormat::Uint), 1 | 2 | 4) if kind == Kind::Grey => {}
        _ => return Ok(None),
    }
    // BigTIFF has no structure that EXIF's reader knows.
    let tagged = reader.find_tag_unsigned::<u32>(Tag::Orientation).ok().flatten();
    Ok(Some(Header {
        size: Size::new(width, height),
        kind,
        bits,
        premultiplied: kind.has_alpha() && extra == Some(ExtraSamples::AssociatedAlpha),
        orientation: tagged.map_or_else(|| orientation(bytes), ExifOrientation::new),
        icc: profile(reader),
    }))
}

/// A profile that cannot be read is as good as none.
fn profile(reader: &mut Reader<'_>) -> Option<Arc<[u8]>> {
    let mut directory = reader.image_ifd();
    let length = directory.find_entry(Tag::IccProfile)?.count();
    if length == 0 || length > MAX_PROFILE || length > u64::from(u32::MAX) {
        return None;
    }
    let mut bytes = vec![0; length as usize];
    let read = directory.find_tag_bytes(Tag::IccProfile, &mut bytes, 0).ok().flatten()?;
    (read == bytes.len()).then(|| bytes.into())
}

/// The library's error as ours.
pub(super) fn failed(error: TiffError, limits: &Limits) -> Error {
    match error {
        TiffError::UnsupportedError(error) => Error::unsupported(format!("TIFF: {error}")),
        TiffError::LimitsExceeded => {
            let allowed = limits.memory_bytes;
            LimitError { limit: "memory_bytes", actual: allowed.saturating_add(1), allowed }.into()
        }
        other => Error::corrupt(Format::Tiff, other),
    }
}
