use std::io::Cursor;

use ::png::{
    BitDepth, ColorType, DecodeOptions as LibraryOptions, Decoder, InterlaceInfo, Limits, Reader, Transformations,
    expand_interlaced_row,
};
use lightmill_recipe::Format;

use super::header::Header;
use crate::codecs::{DecodeOptions, Scale};
use crate::colour::finish;
use crate::{Error, FrameSource, Layout, Picture, Still};

/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: usize = 16;

/// Decodes to grey, RGB or RGBA of 8 bits. Checksums are not verified; a file that is cut off gives the rows that are
/// there, the rest is black or transparent. Of colour chunks only `iCCP` counts.
pub(in crate::codecs) fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let header = Header::read(bytes)?;
    options.limits.check_source(header.size)?;
    if options.scale != Scale::Full {
        return Err(Error::internal("a PNG decoder cannot scale"));
    }
    let mut library = LibraryOptions::default();
    library.set_ignore_checksums(true);
    library.set_ignore_text_chunk(true);
    library.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), library);
    decoder.set_limits(Limits { bytes: options.limits.memory_bytes.try_into().unwrap_or(usize::MAX) });
    decoder.set_transformations(Transformations::EXPAND);
    let corrupt = |error| Error::corrupt(Format::Png, error);
    let mut reader = decoder.read_info().map_err(corrupt)?;
    let (colour, depth) = reader.output_color_type();
    let wide = depth == BitDepth::Sixteen;
    let samples = colour.samples();
    let stored = pixels(&mut reader, samples * if wide { 2 } else { 1 }, options)?;
    let stored = if wide { narrow(&stored) } else { stored };
    let (layout, data) = match colour {
        ColorType::Grayscale => (Layout::Grey, stored),
        ColorType::GrayscaleAlpha => {
            (Layout::Rgba, stored.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect())
        }
        ColorType::Rgba => (Layout::Rgba, stored),
        ColorType::Rgb | ColorType::Indexed => (Layout::Rgb, stored),
    };
    let picture = Picture::interleaved(header.size, layout, data)?;
    let picture = finish(picture, header.icc.as_ref(), options.to_srgb, &options.cancel)?;
    Ok(Box::new(Still::new(picture)))
}

/// Pixels of `bytes` bytes each, rows without padding, interlacing undone.
fn pixels(reader: &mut Reader<Cursor<&[u8]>>, bytes: usize, options: &DecodeOptions) -> Result<Vec<u8>, Error> {
    let (width, height) = reader.info().size();
    let stride = width as usize * bytes;
    let mut data = vec![0; stride * height as usize];
    let mut line = vec![0; stride];
    let mut rows = 0;
    loop {
        if rows % ROWS_PER_CHECK == 0 {
            options.cancel.check()?;
        }
        let info = match reader.read_row(&mut line) {
            Ok(Some(info)) => info,
            Ok(None) => break,
            Err(_) if rows > 0 => break,
            Err(error) => return Err(Error::corrupt(Format::Png, error)),
        };
        match info {
            InterlaceInfo::Null(_) => {
                if let Some(row) = data.get_mut(rows * stride..(rows + 1) * stride) {
                    row.copy_from_slice(&line);
                }
            }
            InterlaceInfo::Adam7(info) => expand_interlaced_row(&mut data, stride, &line, &info, bytes as u8 * 8),
        }
        rows += 1;
    }
    Ok(data)
}

/// 16-bit samples (big-endian) to 8 bits, rounded to the nearest: v·255/65535 (PNG third edition, section 13.12).
fn narrow(samples: &[u8]) -> Vec<u8> {
    let round = |s: &[u8]| ((u32::from(u16::from_be_bytes([s[0], s[1]])) * 255 + 32_767) / 65_535) as u8;
    samples.chunks_exact(2).map(round).collect()
}
