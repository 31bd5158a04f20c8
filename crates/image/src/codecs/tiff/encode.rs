use std::io::{Cursor, Seek, Write};

use ::tiff::encoder::colortype::{ColorType, Gray8, Gray16, RGB8, RGB16};
use ::tiff::encoder::{DirectoryEncoder, TiffEncoder, TiffKind, TiffValue};
use ::tiff::tags::{ExtraSamples, Tag, Type};
use ::tiff::{Directory, TiffError, TiffResult};
use lightmill_recipe::LimitError;

use crate::codecs::EncodeOptions;
use crate::codecs::boundary::first_frame;
use crate::metadata::TiffField;
use crate::{Error, FrameSource, Layout, Picture};

/// Uncompressed grey, RGB or RGBA (straight alpha) of the picture's depth, with its profile. Metadata are fields of the file
/// itself.
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
    let fields = options.metadata.tiff_fields();
    let mut children = Vec::new();
    for (pointer, fields) in [(Tag::ExifDirectory, &fields.exif), (Tag::GpsDirectory, &fields.gps)] {
        if !fields.is_empty() {
            let mut directory = encoder.extra_directory().map_err(failed)?;
            add(&mut directory, fields).map_err(failed)?;
            children.push((pointer, directory.finish_with_offsets().map_err(failed)?.offset));
        }
    }
    let mut image = encoder.new_image::<C>(size.width, size.height).map_err(failed)?;
    if picture.layout().has_alpha() {
        image.extra_samples(&[ExtraSamples::UnassociatedAlpha]).map_err(failed)?;
    }
    if let Some(icc) = &picture.icc {
        image.encoder().write_tag(Tag::IccProfile, &**icc).map_err(failed)?;
    }
    add(image.encoder(), &fields.main).map_err(failed)?;
    for (pointer, offset) in children {
        image.encoder().write_tag(pointer, offset).map_err(failed)?;
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

/// Writes values, and their fields into `directory`.
fn add<W: Write + Seek, K: TiffKind>(
    directory: &mut DirectoryEncoder<'_, W, K>,
    fields: &[TiffField],
) -> TiffResult<()> {
    let mut entries = Directory::empty();
    for TiffField { tag, kind, value } in fields {
        if let Some(kind) = Type::from_u16(*kind) {
            entries.extend([(Tag::from_u16_exhaustive(*tag), directory.write_entry_bytes(kind, value)?)]);
        }
    }
    directory.extend_from(&entries);
    Ok(())
}
