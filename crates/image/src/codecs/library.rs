//! What the formats that the `image` crate reads and writes have in common.

use std::io::Cursor;

use image::error::LimitErrorKind;
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, Limits as LibraryLimits};
use lightmill_recipe::{Format, LimitError, Limits, Size};

use super::boundary::first_frame;
use super::{DecodeOptions, EncodeOptions, Scale};
use crate::{Error, FrameSource, Layout, Picture, SourceColour};

/// The size that a decoder read from the header.
pub(super) fn size(decoder: &impl ImageDecoder) -> Size {
    let (width, height) = decoder.dimensions();
    Size::new(width, height)
}

/// What `ColorType` means in a probe: colour, bits of a sample, and whether there is alpha.
pub(super) fn describe(decoder: &impl ImageDecoder) -> (SourceColour, u8, bool) {
    let colour = decoder.color_type();
    let source = match decoder.original_color_type() {
        ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16 => SourceColour::Cmyk,
        _ if colour.has_color() => SourceColour::Rgb,
        _ => SourceColour::Grey,
    };
    (source, (colour.bits_per_pixel() / u16::from(colour.channel_count())) as u8, colour.has_alpha())
}

/// Decodes to grey, RGB or RGBA of 8 bits after the limits have been checked. A file that is cut off gives the rows
/// that are there.
pub(super) fn pixels(
    format: Format,
    mut decoder: impl ImageDecoder,
    options: &DecodeOptions,
) -> Result<Picture, Error> {
    let size = size(&decoder);
    options.limits.check_source(size)?;
    if options.scale != Scale::Full {
        return Err(Error::internal(format!("a {format} decoder cannot scale")));
    }
    let memory = options.limits.memory_bytes;
    LimitError::check("memory_bytes", decoder.total_bytes(), memory)?;
    let mut limits = LibraryLimits::default();
    limits.max_alloc = Some(memory - decoder.total_bytes());
    let failed = |error| failed(format, error, &options.limits);
    decoder.set_limits(limits).map_err(failed)?;
    let colour = decoder.color_type();
    let mut data = vec![0; decoder.total_bytes() as usize];
    match decoder.read_image(&mut data) {
        Ok(()) => {}
        Err(ImageError::IoError(_)) if data.iter().any(|v| *v != 0) => {}
        Err(error) => return Err(failed(error)),
    }
    options.cancel.check()?;
    let (layout, data) = narrow(colour, data).ok_or_else(|| Error::unsupported(format!("{format} of {colour:?}")))?;
    Picture::interleaved(size, layout, data)
}

/// The decoder's error as ours.
pub(super) fn failed(format: Format, error: ImageError, limits: &Limits) -> Error {
    match error {
        ImageError::Unsupported(error) => Error::unsupported(format!("{format}: {error}")),
        ImageError::Limits(error) if matches!(error.kind(), LimitErrorKind::InsufficientMemory) => {
            let allowed = limits.memory_bytes;
            LimitError { limit: "memory_bytes", actual: allowed.saturating_add(1), allowed }.into()
        }
        other => Error::corrupt(format, other),
    }
}

/// Samples of 8 bits: 16-bit ones are rounded to the nearest, floating-point ones bounded to 0 to 1.
fn narrow(colour: ColorType, data: Vec<u8>) -> Option<(Layout, Vec<u8>)> {
    let wide = |data: &[u8]| -> Vec<u8> {
        let sample = |s: &[u8]| u32::from(u16::from_ne_bytes([s[0], s[1]]));
        data.chunks_exact(2).map(|s| ((sample(s) * 255 + 32_767) / 65_535) as u8).collect()
    };
    let float = |data: &[u8]| -> Vec<u8> {
        let sample = |s: &[u8]| f32::from_ne_bytes([s[0], s[1], s[2], s[3]]);
        // A cast bounds what is out of range and makes NaN 0.
        data.chunks_exact(4).map(|s| (sample(s) * 255.0).round() as u8).collect()
    };
    let grey_alpha = |data: &[u8]| data.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect();
    Some(match colour {
        ColorType::L8 => (Layout::Grey, data),
        ColorType::La8 => (Layout::Rgba, grey_alpha(&data)),
        ColorType::Rgb8 => (Layout::Rgb, data),
        ColorType::Rgba8 => (Layout::Rgba, data),
        ColorType::L16 => (Layout::Grey, wide(&data)),
        ColorType::La16 => (Layout::Rgba, grey_alpha(&wide(&data))),
        ColorType::Rgb16 => (Layout::Rgb, wide(&data)),
        ColorType::Rgba16 => (Layout::Rgba, wide(&data)),
        ColorType::Rgb32F => (Layout::Rgb, float(&data)),
        ColorType::Rgba32F => (Layout::Rgba, float(&data)),
        _ => return None,
    })
}

/// Writes the first frame with the encoder that `encoder` makes; the profile is embedded where the format has a place.
pub(super) fn encode<'a, E: ImageEncoder + 'a>(
    frames: &mut dyn FrameSource,
    options: &EncodeOptions,
    output: &'a mut Cursor<Vec<u8>>,
    encoder: impl FnOnce(&'a mut Cursor<Vec<u8>>) -> E,
) -> Result<(), Error> {
    let picture = first_frame(frames)?.picture;
    let size = picture.size();
    let colour = match picture.layout() {
        Layout::Grey => ExtendedColorType::L8,
        Layout::Rgb => ExtendedColorType::Rgb8,
        Layout::Rgba => ExtendedColorType::Rgba8,
        Layout::YCbCr(_) => return Err(Error::internal("this format cannot hold Y'CbCr")),
    };
    // Neither format compresses, so that the size is known before the work.
    LimitError::check("result_bytes", picture.layout().bytes(size), options.limits.result_bytes)?;
    let mut encoder = encoder(output);
    if let Some(icc) = &picture.icc {
        // A format without a place for it is the only possible error, and drops the profile.
        let _ = encoder.set_icc_profile(icc.to_vec());
    }
    let data: Vec<u8> = (0..size.height).flat_map(|y| picture.row(y)).copied().collect();
    options.cancel.check()?;
    encoder.write_image(&data, size.width, size.height, colour).map_err(Error::internal)
}
