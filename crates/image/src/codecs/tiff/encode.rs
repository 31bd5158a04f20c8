use std::io::Cursor;

use ::tiff::TiffError;
use ::tiff::encoder::colortype::{ColorType, Gray8, Gray16, RGB8, RGB16};
use ::tiff::encoder::{TiffEncoder, TiffValue};
use ::tiff::tags::{ExtraSamples, Tag};
use lightmill_recipe::LimitError;

use crate::codecs::EncodeOptions;
use crate::codecs::boundary::first_frame;
use crate::{Error, FrameSource, Layout, Picture};

/// Uncompressed grey, RGB or RGBA (straight alpha) of the picture's depth, with its profile.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let picture = first_frame(frames)?.picture;
    // Nothing is compressed, so that the size is known before the work.
    LimitError::check("result_bytes", picture.layout().bytes(picture.size()), options.limits.result_bytes)?;
    let narrow = |row: &[u8]| row.to_vec();
    let wide = |row: &[u8]| row.as_chunks::<2>().0.iter().map(|sample| u16::from_ne_bytes(*sample)).collect();
    match picture.layout() {
        Layout::Grey => write::<Gray8>(&picture, options, narrow),
        Layout::Rgb | Layout::Rgba => write::<RGB8>(&picture, options, narrow),
        Layout::Grey16 => write::<Gray16>(&picture, options, wide),
        Layout::Rgb16 | Layout::Rgba16 => write::<RGB16>(&picture, options, wide),
        Layout::YCbCr(_) => Err(Error::internal("a TIFF is not written as Y'CbCr")),
    }
}

/// `samples` gives those of one row.
fn write<C: ColorType>(
    picture: &Picture,
    options: &EncodeOptions,
    samples: impl Fn(&[u8]) -> Vec<C::Inner>,
) -> Result<Vec<u8>, Error>
where
    [C::Inner]: TiffValue,
{
    let failed = |error: TiffError| Error::internal(error);
    let size = picture.size();
    let mut output = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut output).map_err(failed)?;
    let mut image = encoder.new_image::<C>(size.width, size.height).map_err(failed)?;
    if picture.layout().has_alpha() {
        image.extra_samples(&[ExtraSamples::UnassociatedAlpha]).map_err(failed)?;
    }
    if let Some(icc) = &picture.icc {
        image.encoder().write_tag(Tag::IccProfile, &**icc).map_err(failed)?;
    }
    let per_row = u64::from(size.width) * picture.layout().channels() as u64;
    let mut y = 0;
    loop {
        options.cancel.check()?;
        let rows = (image.next_strip_sample_count() / per_row) as u32;
        if rows == 0 {
            break;
        }
        let strip: Vec<C::Inner> = (y..y + rows).flat_map(|y| samples(picture.row(y))).collect();
        image.write_strip(&strip).map_err(failed)?;
        y += rows;
    }
    image.finish().map_err(failed)?;
    Ok(output.into_inner())
}
