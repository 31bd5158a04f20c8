use std::time::Duration;

use bytes::Bytes;
use jxl_oxide::{EnumColourEncoding, JxlImage, Render, RenderingIntent};
use lightmill_recipe::{Format, Size};

use super::container::Container;
use super::header::{Colours, Header};
use super::stream::{failed, open, profile};
use crate::codecs::boundary::{check_animation, decoding};
use crate::codecs::{DecodeOptions, Scale};
use crate::colour::SourceSpace;
use crate::{Animation, Error, Frame, FrameSource, Layout, Picture, ops};

/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: u32 = 64;

/// Grey, RGB or RGBA of 8 bits, upright. High dynamic range becomes sRGB whatever [`DecodeOptions::to_srgb`] says. A
/// file that is cut off gives the details that are there.
///
/// The decoder cannot be interrupted while it renders a frame, of which the memory is bounded by
/// [`lightmill_recipe::Limits::memory_bytes`].
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    if options.scale != Scale::Full {
        return Err(Error::internal("a JPEG XL decoder cannot scale"));
    }
    let container = Container::read(bytes)?;
    let header = Header::read(&container.codestream)?;
    let size = header.size();
    options.limits.check_source(size)?;
    let wanted = if header.is_animated() { options.frames } else { 1 };
    let mut image = open(&container.codestream, &header, wanted as usize, &options.limits, &options.cancel)?;
    let whole = image.num_loaded_keyframes();
    let count = (whole as u32).clamp(1, wanted);
    check_animation(&options.limits, size, count)?;
    if header.colours() == Colours::Stated && options.to_srgb {
        let intent = RenderingIntent::Relative;
        image.request_color_encoding(if header.is_grey() {
            EnumColourEncoding::gray_srgb(intent)
        } else {
            EnumColourEncoding::srgb(intent)
        });
    }
    let converted = header.colours() == Colours::Stated && options.to_srgb;
    let stated = profile(&image, &header).filter(|_| !converted);
    let space = header.high_dynamic_range().unwrap_or(stated.into());
    let animation = (count > 1).then(|| Animation { loop_count: header.loop_count() });
    let next = if whole == 0 { Next::Partial } else { Next::Whole(0) };
    Ok(Box::new(Frames { image, header, size, animation, space, next, count, options: options.clone() }))
}

struct Frames {
    image: JxlImage,
    header: Header,
    size: Size,
    animation: Option<Animation>,
    space: SourceSpace,
    next: Next,
    count: u32,
    options: DecodeOptions,
}

/// The frame that is given next.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// By its number.
    Whole(u32),
    /// What there is of the first.
    Partial,
    End,
}

impl Frames {
    fn picture(&self, render: &Render) -> Result<Picture, Error> {
        let mut stream = render.stream();
        let layout = match (self.header.is_grey(), self.header.alpha().is_some()) {
            (true, false) => Layout::Grey,
            (false, false) => Layout::Rgb,
            (_, true) => Layout::Rgba,
        };
        let stored = if layout == Layout::Rgba && self.header.is_grey() { 2 } else { layout.channels() };
        let given = (Size::new(stream.width(), stream.height()), stream.channels() as usize);
        if given != (self.size, stored) {
            return Err(Error::corrupt(Format::JpegXl, format_args!("a frame of {given:?}")));
        }
        let high = self.space.is_high_dynamic_range();
        // Curves of high dynamic range are too coarse in 8 bits.
        let sample = if high { 2 } else { 1 };
        let mut picture = Picture::blank(self.size, if high { layout.widened() } else { layout });
        let samples = self.size.width as usize * stored;
        let (mut narrow, mut wide, mut line) = (vec![0u8; samples], Vec::new(), Vec::new());
        for y in 0..self.size.height {
            if y % ROWS_PER_CHECK == 0 {
                self.options.cancel.check()?;
            }
            if high {
                wide.resize(samples, 0u16);
                stream.write_to_buffer(&mut wide);
                line.clear();
                line.extend(wide.iter().flat_map(|sample| sample.to_ne_bytes()));
            } else {
                stream.write_to_buffer(&mut narrow);
            }
            let (row, line) = (picture.row_mut(y), if high { &line } else { &narrow });
            if stored == 2 {
                for (pixel, pair) in row.chunks_exact_mut(4 * sample).zip(line.chunks_exact(2 * sample)) {
                    let (grey, alpha) = pair.split_at(sample);
                    pixel.copy_from_slice(&[grey, grey, grey, alpha].concat());
                }
            } else {
                row.copy_from_slice(line);
            }
        }
        if self.header.alpha() == Some(true) {
            picture = ops::narrow(picture);
            ops::unmultiply(&mut picture);
        }
        self.space.finish(picture, self.options.to_srgb, &self.options.cancel).map(ops::narrow)
    }
}

impl FrameSource for Frames {
    fn size(&self) -> Size {
        self.size
    }

    fn animation(&self) -> Option<Animation> {
        self.animation
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        self.options.cancel.check()?;
        let limits = &self.options.limits;
        let image = &mut self.image;
        let render = match self.next {
            Next::End => return Ok(None),
            Next::Whole(number) => {
                self.next = if number + 1 < self.count { Next::Whole(number + 1) } else { Next::End };
                let rendered = decoding(Format::JpegXl, || {
                    image.render_frame(number as usize).map_err(|error| failed(error, limits))
                });
                match rendered {
                    // A damaged frame ends the animation; what came before it is good.
                    Err(Error::Corrupt { .. }) if number > 0 => {
                        self.next = Next::End;
                        return Ok(None);
                    }
                    other => other?,
                }
            }
            Next::Partial => {
                self.next = Next::End;
                decoding(Format::JpegXl, || image.render_loading_frame().map_err(|error| failed(error, limits)))?
            }
        };
        let picture = decoding(Format::JpegXl, || self.picture(&render))?;
        let seconds = f64::from(render.duration()) * self.header.tick();
        let delay = self.animation.and_then(|_| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_default();
        Ok(Some(Frame::new(picture, delay)))
    }
}
