use std::sync::Arc;

use bytes::Bytes;
use lightmill_recipe::{Format, LimitError};

use super::boundary::{decoding, encoding, within};
use super::{
    DecodeOptions, EncodeOptions, Kept, Turn, avif, bmp, gif, heic, ico, jpeg, jpegxl, png, strip, svg, tiff, webp,
};
use crate::rows::Rows;
use crate::{Error, FrameSource, Probe};

/// Whether this build reads pictures of `format`.
pub const fn can_decode(format: Format) -> bool {
    can_encode(format) || matches!(format, Format::Svg | Format::JpegXl) || cfg!(feature = "heic")
}

/// Whether this build writes pictures of `format`.
pub const fn can_encode(format: Format) -> bool {
    !matches!(format, Format::Svg | Format::JpegXl | Format::Heic)
}

/// Whether the encoder of `format` takes pictures in Y'CbCr planes; `lossless` is what formats that can be either are to
/// be.
pub const fn takes_planes(format: Format, lossless: bool) -> bool {
    match format {
        Format::Jpeg | Format::Avif => true,
        Format::WebP => !lossless,
        _ => false,
    }
}

/// Whether the encoder of `format` takes samples of 16 bits.
pub const fn takes_wide(format: Format) -> bool {
    matches!(format, Format::Png | Format::Tiff)
}

/// Whether a number decides how many bytes a picture takes in this format.
pub const fn has_quality(format: Format, lossless: bool) -> bool {
    match format {
        Format::Jpeg | Format::Avif => true,
        Format::WebP => !lossless,
        _ => false,
    }
}

/// Reads the header of a file of `format`; decodes no pixel.
///
/// # Errors
/// [`Error::Unsupported`] if the format has variants that no build reads, [`Error::Corrupt`] if the header makes no
/// sense. A header may be read of a format whose pixels are not ([`can_decode`]).
pub fn probe(format: Format, bytes: &[u8]) -> Result<Probe, Error> {
    decoding(format, || match format {
        Format::Jpeg => jpeg::probe(bytes),
        Format::Png => png::probe(bytes),
        Format::WebP => webp::probe(bytes),
        Format::Gif => gif::probe(bytes),
        Format::Bmp => bmp::probe(bytes),
        Format::Tiff => tiff::probe(bytes),
        Format::Avif => avif::probe(bytes),
        Format::Heic => heic::probe(bytes),
        Format::JpegXl => jpegxl::probe(bytes),
        Format::Ico => ico::probe(bytes),
        Format::Svg => svg::probe(bytes),
    })
}

/// Opens a file of `format`. Stills are decoded at once, animations frame by frame as they are pulled.
///
/// Files that are cut off give what is there; the rest is grey, transparent or black.
///
/// # Errors
/// [`Error::Unsupported`], [`Error::Corrupt`], [`Error::Limit`], [`Error::Cancelled`] or [`Error::TimedOut`].
pub fn decode(format: Format, bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    check(format, bytes, options)?;
    if options.region.is_some() && format != Format::Jpeg {
        return Err(Error::internal(format_args!("a region of {format}")));
    }
    decoding(format, || match format {
        Format::Jpeg => jpeg::decode(bytes, options),
        Format::Png => png::decode(bytes, options),
        Format::WebP => webp::decode(bytes, options),
        Format::Gif => gif::decode(bytes, options),
        Format::Bmp => bmp::decode(bytes, options),
        Format::Tiff => tiff::decode(bytes, options),
        Format::Avif => avif::decode(bytes, options),
        Format::Heic => heic::decode(bytes, options),
        Format::JpegXl => jpegxl::decode(bytes, options),
        Format::Ico => ico::decode(bytes, options),
        Format::Svg => svg::decode(bytes, options),
    })
}

/// As [`decode`], for a JPEG whose colours need no conversion: its rows go to `rows` as they are decoded. Gives the profile
/// of their colours.
///
/// # Errors
/// As [`decode`], and those of `rows`.
pub fn decode_rows(bytes: &Bytes, options: &DecodeOptions, rows: &mut dyn Rows) -> Result<Option<Arc<[u8]>>, Error> {
    check(Format::Jpeg, bytes, options)?;
    decoding(Format::Jpeg, || jpeg::decode_rows(bytes, options, rows))
}

fn check(format: Format, bytes: &Bytes, options: &DecodeOptions) -> Result<(), Error> {
    LimitError::check("source_bytes", bytes.len() as u64, options.limits.source_bytes)?;
    if !options.formats.reads(format) {
        return Err(Error::unsupported(format!("reading {format}")));
    }
    options.cancel.check()
}

/// Writes `frames` as a file of `format`; formats of one picture take the first frame.
///
/// # Errors
/// [`Error::Unsupported`] if this build does not write the format, [`Error::Unsuitable`] if the format cannot hold the
/// size, [`Error::Limit`] if the result is too large, and every error of the source of frames.
pub fn encode(format: Format, frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    options.cancel.check()?;
    let bytes = encoding(|| match format {
        Format::Jpeg => jpeg::encode(frames, options),
        Format::Png => png::encode(frames, options),
        Format::WebP => webp::encode(frames, options),
        Format::Gif => gif::encode(frames, options),
        Format::Bmp => bmp::encode(frames, options),
        Format::Tiff => tiff::encode(frames, options),
        Format::Avif => avif::encode(frames, options),
        Format::Ico => ico::encode(frames, options),
        other => Err(Error::unsupported(format!("writing {other}"))),
    })?;
    within(options, with_metadata(format, bytes, options)?)
}

/// The file with the metadata that are to be written. What the encoder wrote besides the picture was its profile.
fn with_metadata(format: Format, file: Vec<u8>, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    if options.metadata.is_empty() || !matches!(format, Format::Jpeg | Format::Png | Format::WebP) {
        return Ok(file);
    }
    let kept = Kept { profile: true, metadata: &options.metadata };
    strip(format, &file, &kept).ok_or_else(|| Error::internal(format_args!("no place for metadata in this {format}")))
}

/// A JPEG cropped, turned and mirrored without loss, with `icc` as its profile and the metadata and bounds of `options`,
/// whose quality means nothing here. `None` if the file's blocks do not allow it.
///
/// # Errors
/// [`Error::Limit`] if the result is too large, [`Error::Cancelled`] or [`Error::TimedOut`].
pub fn turn_jpeg(
    file: &[u8],
    turn: &Turn,
    icc: Option<&[u8]>,
    options: &EncodeOptions,
) -> Result<Option<Vec<u8>>, Error> {
    let turned = || jpeg::turn(file, turn, options.progressive, icc, &options.limits, &options.cancel);
    let Some(turned) = decoding(Format::Jpeg, turned)? else { return Ok(None) };
    Ok(Some(within(options, with_metadata(Format::Jpeg, turned, options)?)?))
}
