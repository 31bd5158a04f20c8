use std::io::Cursor;
use std::num::NonZeroU64;
use std::time::Duration;

use ::gif::{ColorOutput, DecodeOptions as LibraryOptions, Decoder, DecodingError, MemoryLimit};
use bytes::Bytes;
use lightmill_recipe::{Format, LimitError, Rect, Size};

use super::canvas::Canvas;
use super::header::Header;
use crate::codecs::boundary::{check_animation, decoding};
use crate::codecs::{DecodeOptions, Scale};
use crate::{Animation, Cancel, Error, Frame, FrameSource};

/// Whole frames: RGBA if a pixel of the screen can be transparent in any frame, else RGB. Times stay as they are stored, down to 0 (browsers show frames of less than 20 ms for 100 ms).
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let header = Header::read(bytes)?;
    options.limits.check_source(header.size)?;
    if options.scale != Scale::Full {
        return Err(Error::internal("a GIF decoder cannot scale"));
    }
    let count = header.frames.min(options.frames);
    check_animation(&options.limits, header.size, count)?;
    let frame_bytes = options.limits.source_pixels.0;
    let mut library = LibraryOptions::new();
    library.set_color_output(ColorOutput::Indexed);
    library.allow_unknown_blocks(true);
    library.set_memory_limit(NonZeroU64::new(frame_bytes).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    let decoder = library.read_info(Cursor::new(bytes.clone())).map_err(|e| Error::corrupt(Format::Gif, e))?;
    Ok(Box::new(Frames {
        decoder,
        canvas: Canvas::new(header.size, header.alpha),
        indices: Vec::new(),
        size: header.size,
        animation: (count > 1).then_some(Animation { loop_count: header.loop_count }),
        left: count,
        given: 0,
        frame_bytes,
        cancel: options.cancel.clone(),
    }))
}

struct Frames {
    decoder: Decoder<Cursor<Bytes>>,
    canvas: Canvas,
    /// Of the frame that was read last.
    indices: Vec<u8>,
    size: Size,
    animation: Option<Animation>,
    left: u32,
    given: u32,
    /// Bytes of indices of one frame at most.
    frame_bytes: u64,
    cancel: Cancel,
}

impl Frames {
    /// Draws the next frame and tells its time and what it changed; `None` after the last.
    fn draw(&mut self) -> Result<Option<(Duration, Rect)>, Error> {
        let corrupt = |error: DecodingError| Error::corrupt(Format::Gif, error);
        let Some(frame) = self.decoder.next_frame_info().map_err(corrupt)?.cloned() else { return Ok(None) };
        let length = u64::from(frame.width) * u64::from(frame.height);
        LimitError::check("source_pixels", length, self.frame_bytes)?;
        // What a frame that is cut off lacks is not drawn.
        let missing = frame.transparent.unwrap_or(0);
        self.indices.clear();
        self.indices.resize(length as usize, missing);
        if length > 0
            && let Err(error) = self.decoder.read_into_buffer(&mut self.indices)
        {
            if self.given > 0 || self.indices.iter().all(|index| *index == missing) {
                return Err(corrupt(error));
            }
            self.left = 0;
        }
        let palette = frame.palette.as_deref().or(self.decoder.global_palette()).unwrap_or_default();
        let changed = self.canvas.draw(&frame, &self.indices, palette);
        Ok(Some((Duration::from_millis(u64::from(frame.delay) * 10), changed)))
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
        self.cancel.check()?;
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let (delay, changed) = match decoding(Format::Gif, || self.draw()) {
            Ok(Some(drawn)) => drawn,
            // A damaged frame ends the animation; what came before it is good.
            Ok(None) | Err(Error::Corrupt { .. }) if self.given > 0 => {
                self.left = 0;
                return Ok(None);
            }
            Ok(None) => return Err(Error::corrupt(Format::Gif, "no frame")),
            Err(error) => return Err(error),
        };
        let changed = (self.given > 0).then_some(changed);
        self.given += 1;
        let delay = if self.animation.is_some() { delay } else { Duration::ZERO };
        Ok(Some(Frame { picture: self.canvas.picture().clone(), delay, changed }))
    }
}
