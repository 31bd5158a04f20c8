use ::tiff::TiffError;
use ::tiff::decoder::TiffCodingUnit;
use bytes::Bytes;
use lightmill_recipe::{LimitError, Size};

use super::header::{self, Header, Kind, Reader, failed};
use super::samples::{Row, unpremultiply};
use crate::codecs::{DecodeOptions, Scale, grey_alpha};
use crate::colour::{cmyk_to_rgb, finish};
use crate::ops::convert;
use crate::{Error, FrameSource, Layout, Picture, Plane, Still, Subsampling};

/// The first picture of the file as grey, RGB or RGBA, of 16 bits where more than 8 are stored and asked for. CMYK is
/// converted through the profile. A file that is cut off gives the strips and tiles that are there.
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let (header, mut reader) = header::read(bytes, &options.limits)?;
    options.limits.check_source(header.size)?;
    if options.scale != Scale::Full {
        return Err(Error::internal("a TIFF decoder cannot scale"));
    }
    let wide = options.wide && header.bits > 8 && header.kind != Kind::Cmyk;
    let mut data = samples(&mut reader, &header, wide, options)?;
    if header.premultiplied {
        unpremultiply(&mut data, header.kind.samples(), wide);
    }
    Ok(Box::new(Still::new(picture(&header, data, wide, options)?)))
}

fn picture(header: &Header, data: Vec<u8>, wide: bool, options: &DecodeOptions) -> Result<Picture, Error> {
    let (size, icc) = (header.size, header.icc.as_ref());
    let deep = |layout: Layout| if wide { layout.widened() } else { layout };
    let picture = match header.kind {
        Kind::Cmyk => return cmyk_to_rgb(&data, size, icc.map(|icc| &**icc), &options.cancel),
        Kind::GreyAlpha => {
            let bytes = if wide { 2 } else { 1 };
            let half =
                |which: usize| data.chunks_exact(bytes).skip(which).step_by(2).flatten().copied().collect::<Vec<u8>>();
            let grey = Picture::interleaved(size, deep(Layout::Grey), half(0))?;
            return grey_alpha::join(grey, &half(1), &icc.cloned().into(), &options.cancel);
        }
        Kind::YCbCr => {
            let plane = |which: usize| Plane {
                size,
                stride: size.width as usize,
                data: data.iter().skip(which).step_by(3).copied().collect(),
            };
            convert(Picture::planar(size, Subsampling::S444, [plane(0), plane(1), plane(2)])?, Layout::Rgb)?
        }
        Kind::Grey | Kind::Rgb | Kind::Rgba => Picture::interleaved(size, deep(header.kind.layout()), data)?,
    };
    finish(picture, icc, options.to_srgb, &options.cancel)
}

/// All samples, interleaved, rows without padding, of 16 bits if `wide`, otherwise 8.
fn samples(reader: &mut Reader<'_>, header: &Header, wide: bool, options: &DecodeOptions) -> Result<Vec<u8>, Error> {
    let failed = |error| failed(error, &options.limits);
    let memory = options.limits.memory_bytes;
    let Size { width, height } = header.size;
    let pixel = header.kind.samples() * if wide { 2 } else { 1 };
    let whole = header.size.pixels().0 * pixel as u64;
    let unit = reader.chunk_dimensions();
    // A tile may be larger than the picture; the library holds a row of it.
    let unit_bytes = u64::from(unit.0).saturating_mul(unit.1.min(height).into()).saturating_mul(pixel as u64 * 4);
    LimitError::check("memory_bytes", whole.saturating_add(unit_bytes), memory)?;
    let stride = width as usize * pixel;
    let mut data = vec![0; stride * height as usize];
    let mut buffer = Vec::new();
    let (across, down) = (width.div_ceil(unit.0.max(1)), height.div_ceil(unit.1.max(1)));
    let places = (0..down).flat_map(|row| (0..across).map(move |column| (row, column)));
    for (index, (row, column)) in places.enumerate() {
        options.cancel.check()?;
        let index = index as u32;
        let layout = match reader.image_coding_unit_layout(TiffCodingUnit(index)) {
            Ok(layout) => layout,
            Err(TiffError::UsageError(_)) if index > 0 => break,
            Err(error) => return Err(failed(error)),
        };
        LimitError::check("memory_bytes", whole.saturating_add(layout.complete_len as u64), memory)?;
        buffer.clear();
        buffer.resize(layout.complete_len, 0);
        let cut_off = match reader.read_coding_unit_bytes(TiffCodingUnit(index), &mut buffer) {
            Ok(()) => false,
            // Of what is cut off, whole rows are good, unless their bytes are still to be exchanged.
            Err(TiffError::IoError(_)) if header.bits <= 8 && buffer.iter().any(|v| *v != 0) => true,
            Err(TiffError::IoError(_) | TiffError::FormatError(_)) if index > 0 => break,
            Err(error) => return Err(failed(error)),
        };
        let (columns, rows) = reader.chunk_data_dimensions(index);
        let row_bytes = layout.row_stride.map_or(buffer.len(), std::num::NonZeroUsize::get);
        let plane_bytes = layout.plane_stride.map_or(buffer.len(), std::num::NonZeroUsize::get);
        let (left, top) = (column as usize * unit.0 as usize * pixel, row as usize * unit.1 as usize);
        for y in 0..rows as usize {
            let planes = buffer.chunks_exact(plane_bytes).filter_map(|plane| plane.chunks_exact(row_bytes).nth(y));
            let from = Row { planes: planes.collect(), samples: header.kind.samples(), bits: header.bits };
            let end = (left + columns as usize * pixel).min(stride);
            let whole_row = from.planes.len() == layout.planes;
            if let Some(to) = data.get_mut((top + y) * stride..(top + y + 1) * stride).filter(|_| whole_row) {
                from.write(wide, &mut to[left.min(end)..end]);
            }
        }
        if cut_off {
            break;
        }
    }
    Ok(data)
}
