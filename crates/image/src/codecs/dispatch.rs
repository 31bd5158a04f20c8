use std::sync::Arc;

use bytes::Bytes;
use lightmill_recipe::{Format, LimitError};

use super::boundary::{decoding, encoding, within};
use super::codec::codec;
use super::{DecodeOptions, EncodeOptions, Kept, Turn, jpeg};
use crate::rows::Rows;
use crate::{Error, FrameSource, Probe};

/// Whether this build reads pictures of `format`.
pub const fn can_decode(format: Format) -> bool {
    codec(format).decode.is_some()
}

/// Whether this build writes pictures of `format`.
pub const fn can_encode(format: Format) -> bool {
    codec(format).encode.is_some()
}

/// Whether the encoder of `format` takes pictures in Y'CbCr planes; `lossless` is what formats that can be either are to
/// be.
pub const fn takes_planes(format: Format, lossless: bool) -> bool {
    matches!(&codec(format).encode, Some(encoder) if encoder.planes.holds(lossless))
}

/// Whether the encoder of `format` takes samples of 16 bits.
pub const fn takes_wide(format: Format) -> bool {
    matches!(&codec(format).encode, Some(encoder) if encoder.wide)
}

/// Whether a number decides how many bytes a picture takes in this format.
pub const fn has_quality(format: Format, lossless: bool) -> bool {
    matches!(&codec(format).encode, Some(encoder) if encoder.quality.holds(lossless))
}

/// Reads the header of a file of `format`; decodes no pixel.
///
/// # Errors
/// [`Error::Unsupported`] if the format has variants that no build reads, [`Error::Corrupt`] if the header makes no
/// sense. A header may be read of a format whose pixels are not ([`can_decode`]).
pub fn probe(format: Format, bytes: &[u8]) -> Result<Probe, Error> {
    decoding(format, || (codec(format).probe)(bytes))
}

/// Opens a file of `format`. Stills are decoded at once, animations frame by frame as they are pulled.
///
/// Files that are cut off give what is there; the rest is grey, transparent or black.
///
/// # Errors
/// [`Error::Unsupported`], [`Error::Corrupt`], [`Error::Limit`], [`Error::Cancelled`] or [`Error::TimedOut`].
pub fn decode(format: Format, bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let decode = codec(format).decode.ok_or_else(|| Error::unsupported(format!("reading {format}")))?;
    check(format, bytes, options)?;
    if options.region.is_some() && format != Format::Jpeg {
        return Err(Error::internal(format_args!("a region of {format}")));
    }
    decoding(format, || decode(bytes, options))
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
    let encoder = codec(format).encode.as_ref();
    let encoder = encoder.ok_or_else(|| Error::unsupported(format!("writing {format}")))?;
    let bytes = encoding(|| (encoder.encode)(frames, options))?;
    within(options, with_metadata(format, bytes, options)?)
}

/// The file with the metadata that are to be written. What the encoder wrote besides the picture was its profile.
fn with_metadata(format: Format, file: Vec<u8>, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let Some(strip) = codec(format).strip.filter(|_| !options.metadata.is_empty()) else { return Ok(file) };
    let kept = Kept { profile: true, metadata: &options.metadata };
    strip(&file, &kept).ok_or_else(|| Error::internal(format_args!("no place for metadata in this {format}")))
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
