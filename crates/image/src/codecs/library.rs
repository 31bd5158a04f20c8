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
    let source = if colour.has_color() { SourceColour::Rgb } else { SourceColour::Grey };
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
    let layout = layout(colour).ok_or_else(|| Error::unsupported(format!("{format} of {colour:?}")))?;
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

/// The layout of samples of 8 bits.
fn layout(colour: ColorType) -> Option<Layout> {
    match colour {
        ColorType::L8 => Some(Layout::Grey),
        ColorType::Rgb8 => Some(Layout::Rgb),
        ColorType::Rgba8 => Some(Layout::Rgba),
        _ => None,
    }
}

/// Writes the first frame with the encoder that `encoder` makes.
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
        other => return Err(Error::internal(format!("this format cannot hold {other:?}"))),
    };
    // Nothing is compressed, so that the size is known before the work.
    LimitError::check("result_bytes", picture.layout().bytes(size), options.limits.result_bytes)?;
    let data: Vec<u8> = (0..size.height).flat_map(|y| picture.row(y)).copied().collect();
    options.cancel.check()?;
    encoder(output).write_image(&data, size.width, size.height, colour).map_err(Error::internal)
}
