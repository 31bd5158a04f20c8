use std::io::Cursor;

use ::png::{
    BitDepth, ColorType, DecodeOptions as LibraryOptions, Decoder, InterlaceInfo, Limits, Reader, Transformations,
    expand_interlaced_row,
};
use bytes::Bytes;
use lightmill_recipe::{Format, Size};

use super::animation::Animated;
use super::header::Header;
use crate::codecs::{DecodeOptions, Scale, grey_alpha};
use crate::ops::{narrow, to_eight_bits};
use crate::{Error, FrameSource, Layout, Picture, Still};

/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: usize = 16;

/// Decodes to grey, RGB or RGBA, of 16 bits where they are stored and asked for. Checksums are not verified; a file
/// that is cut off gives the rows that are there, the rest is black or transparent.
///
/// An animation gives its frames if more than one is asked for, otherwise its default image.
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let header = Header::read(bytes)?;
    options.limits.check_source(header.size)?;
    if options.scale != Scale::Full {
        return Err(Error::internal("a PNG decoder cannot scale"));
    }
    if options.frames > 1 && header.frames() > 1 {
        return Ok(Box::new(Animated::open(bytes, &header, options)?));
    }
    let mut reader = open(bytes, options)?;
    // Curves of high dynamic range are too coarse in 8 bits.
    let stored = Stored::of(&reader, options.wide || header.space.is_high_dynamic_range());
    let data = pixels(&mut reader, header.size, stored, options)?;
    let picture = if stored.colour == ColorType::GrayscaleAlpha {
        let (grey, alpha) = split(&data, stored.sample_bytes());
        let layout = if stored.wide { Layout::Grey16 } else { Layout::Grey };
        let grey = Picture::interleaved(header.size, layout, grey)?;
        grey_alpha::join(grey, &alpha, &header.space, &options.cancel)?
    } else {
        let picture = Picture::interleaved(header.size, stored.layout(), data)?;
        header.space.finish(picture, options.to_srgb, &options.cancel)?
    };
    let picture = if options.wide { picture } else { narrow(picture) };
    Ok(Box::new(Still::new(picture)))
}

/// The library's reader, at the first image, with palettes, transparency and few bits expanded.
pub(super) fn open<T: AsRef<[u8]>>(bytes: T, options: &DecodeOptions) -> Result<Reader<Cursor<T>>, Error> {
    let mut library = LibraryOptions::default();
    library.set_ignore_checksums(true);
    library.set_ignore_text_chunk(true);
    library.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), library);
    decoder.set_limits(Limits { bytes: options.limits.memory_bytes.try_into().unwrap_or(usize::MAX) });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.read_info().map_err(|error| Error::corrupt(Format::Png, error))
}

/// How the reader gives samples, and how they are kept.
#[derive(Clone, Copy)]
pub(super) struct Stored {
    pub colour: ColorType,
    /// The reader gives 16 bits.
    deep: bool,
    /// 16 bits are kept.
    wide: bool,
}

impl Stored {
    pub fn of<T: AsRef<[u8]>>(reader: &Reader<Cursor<T>>, wide: bool) -> Self {
        let (colour, depth) = reader.output_color_type();
        let deep = depth == BitDepth::Sixteen;
        Self { colour, deep, wide: wide && deep }
    }

    fn sample_bytes(self) -> usize {
        if self.wide { 2 } else { 1 }
    }

    /// Bytes of a pixel as it is kept.
    pub fn pixel_bytes(self) -> usize {
        self.colour.samples() * self.sample_bytes()
    }

    fn layout(self) -> Layout {
        let layout = match self.colour {
            ColorType::Grayscale => Layout::Grey,
            ColorType::GrayscaleAlpha | ColorType::Rgba => Layout::Rgba,
            ColorType::Rgb | ColorType::Indexed => Layout::Rgb,
        };
        if self.wide { layout.widened() } else { layout }
    }

    /// A row of the reader's samples as they are kept.
    fn keep(self, row: &[u8], kept: &mut [u8]) {
        let samples = row.as_chunks::<2>().0.iter().map(|sample| u16::from_be_bytes(*sample));
        if self.wide {
            kept.as_chunks_mut::<2>().0.iter_mut().zip(samples).for_each(|(to, v)| *to = v.to_ne_bytes());
        } else if self.deep {
            kept.iter_mut().zip(samples).for_each(|(to, v)| *to = to_eight_bits(v));
        } else {
            kept.copy_from_slice(row);
        }
    }
}

/// The image at which the reader stands, rows without padding, interlacing undone.
pub(super) fn pixels<T: AsRef<[u8]>>(
    reader: &mut Reader<Cursor<T>>,
    size: Size,
    stored: Stored,
    options: &DecodeOptions,
) -> Result<Vec<u8>, Error> {
    let stride = size.width as usize * stored.pixel_bytes();
    let mut data = vec![0; stride * size.height as usize];
    let mut line = vec![0; size.width as usize * stored.colour.samples() * if stored.deep { 2 } else { 1 }];
    let mut kept = vec![0; stride];
    let direct = !reader.info().interlaced && !stored.deep;
    let mut rows = 0;
    loop {
        if rows % ROWS_PER_CHECK == 0 {
            options.cancel.check()?;
        }
        let place = data.get_mut(rows * stride..(rows + 1) * stride);
        let info = match (place, direct) {
            // Most files: a row is decoded to where it belongs.
            (Some(place), true) => reader.read_row(place),
            _ => reader.read_row(&mut line),
        };
        let info = match info {
            Ok(Some(info)) => info,
            Ok(None) => break,
            Err(_) if rows > 0 => break,
            Err(error) => return Err(Error::corrupt(Format::Png, error)),
        };
        match info {
            InterlaceInfo::Null(_) if direct => {}
            InterlaceInfo::Null(_) => {
                if let Some(place) = data.get_mut(rows * stride..(rows + 1) * stride) {
                    stored.keep(&line, place);
                }
            }
            InterlaceInfo::Adam7(info) => {
                stored.keep(&line, &mut kept);
                expand_interlaced_row(&mut data, stride, &kept, &info, stored.pixel_bytes() as u8 * 8);
            }
        }
        rows += 1;
    }
    Ok(data)
}

/// Grey and alpha apart, for samples of 1 or 2 bytes.
fn split(data: &[u8], sample: usize) -> (Vec<u8>, Vec<u8>) {
    let pixels = || data.chunks_exact(2 * sample);
    (
        pixels().flat_map(|pixel| &pixel[..sample]).copied().collect(),
        pixels().flat_map(|pixel| &pixel[sample..]).copied().collect(),
    )
}
