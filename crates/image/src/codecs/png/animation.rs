use std::io::Cursor;
use std::time::Duration;

use ::png::{BlendOp, ColorType, DisposeOp, FrameControl, Reader};
use bytes::Bytes;
use lightmill_recipe::{Format, Rect, Size};

use super::decode::{Stored, open, pixels};
use super::header::Header;
use crate::codecs::DecodeOptions;
use crate::codecs::boundary::{check_animation, decoding};
use crate::colour::SourceSpace;
use crate::ops::convert;
use crate::{Animation, Error, Frame, FrameSource, Layout, Picture};

/// An APNG, frame by frame (PNG third edition, sections 4.12 and 11.3.6): RGBA of 8 bits. Holds the canvas, and a copy
/// of it where a frame is to be taken back.
pub(super) struct Animated {
    reader: Reader<Cursor<Bytes>>,
    stored: Stored,
    size: Size,
    space: SourceSpace,
    options: DecodeOptions,
    loop_count: u32,
    left: u32,
    given: u32,
    /// Whether the reader stands at the pixels of a frame already: at the start of a file whose first image is one.
    at_frame: bool,
    canvas: Picture,
    /// What to put back before the next frame.
    before: Option<Picture>,
    /// What the last frame takes away when it ends.
    disposed: Rect,
}

impl Animated {
    /// A file with this header.
    pub fn open(bytes: &Bytes, header: &Header<'_>, options: &DecodeOptions) -> Result<Self, Error> {
        let left = header.frames().min(options.frames);
        check_animation(&options.limits, header.size, left)?;
        let reader = open(bytes.clone(), options)?;
        Ok(Self {
            stored: Stored::of(&reader, false),
            at_frame: reader.info().frame_control.is_some(),
            reader,
            size: header.size,
            space: header.space.clone(),
            options: options.clone(),
            loop_count: header.animation.map_or(0, |(_, plays)| plays),
            left,
            given: 0,
            canvas: Picture::blank(header.size, Layout::Rgba),
            before: None,
            disposed: Rect::whole(Size::new(0, 0)),
        })
    }

    /// The next frame, blended.
    fn read(&mut self) -> Result<Frame, Error> {
        let corrupt = |error| Error::corrupt(Format::Png, error);
        let control = if std::mem::take(&mut self.at_frame) {
            self.reader.info().frame_control.ok_or_else(|| Error::internal("an APNG without its frame"))?
        } else {
            *self.reader.next_frame_info().map_err(corrupt)?
        };
        let size = Size::new(control.width, control.height);
        let inside = |start: u32, length: u32, all: u32| start.checked_add(length).is_some_and(|end| end <= all);
        let (across, down) = (self.size.width, self.size.height);
        if !inside(control.x_offset, size.width, across) || !inside(control.y_offset, size.height, down) {
            return Err(Error::corrupt(Format::Png, "a frame outside of the canvas"));
        }
        let data = pixels(&mut self.reader, size, self.stored, &self.options)?;
        let part = self.rgba(size, data)?;
        if let Some(before) = self.before.take() {
            self.canvas = before;
        }
        let kept = (control.dispose_op == DisposeOp::Previous).then(|| self.canvas.clone());
        lay(&mut self.canvas, &part, &control);
        let shown = self.canvas.clone();
        match control.dispose_op {
            DisposeOp::None => {}
            DisposeOp::Background => clear(&mut self.canvas, &control),
            DisposeOp::Previous => self.before = kept,
        }
        let picture = self.space.finish(shown, self.options.to_srgb, &self.options.cancel)?;
        let window = Rect { x: control.x_offset, y: control.y_offset, size };
        let changed = (self.given > 0).then_some(window.hull(self.disposed));
        self.disposed = if control.dispose_op == DisposeOp::None { Rect::whole(Size::new(0, 0)) } else { window };
        Ok(Frame { picture, delay: delay(&control), changed })
    }

    fn rgba(&self, size: Size, data: Vec<u8>) -> Result<Picture, Error> {
        let layout = match self.stored.colour {
            ColorType::Grayscale => Layout::Grey,
            ColorType::GrayscaleAlpha => {
                let pixels = data.as_chunks::<2>().0.iter().flat_map(|[v, alpha]| [*v, *v, *v, *alpha]).collect();
                return Picture::interleaved(size, Layout::Rgba, pixels);
            }
            ColorType::Rgb | ColorType::Indexed => Layout::Rgb,
            ColorType::Rgba => Layout::Rgba,
        };
        convert(Picture::interleaved(size, layout, data)?, Layout::Rgba)
    }
}

impl FrameSource for Animated {
    fn size(&self) -> Size {
        self.size
    }

    fn animation(&self) -> Option<Animation> {
        Some(Animation { loop_count: self.loop_count })
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        match decoding(Format::Png, || self.read()) {
            Ok(frame) => {
                self.given += 1;
                Ok(Some(frame))
            }
            // A damaged frame ends the animation; what came before it is good.
            Err(Error::Corrupt { .. }) if self.given > 0 => {
                self.left = 0;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Numerator and denominator of seconds; a denominator of 0 stands for 100.
fn delay(control: &FrameControl) -> Duration {
    let denominator = if control.delay_den == 0 { 100 } else { u32::from(control.delay_den) };
    Duration::from_micros(u64::from(control.delay_num) * 1_000_000 / u64::from(denominator))
}

/// Lays a part over the canvas, or puts it in the place of what is there.
fn lay(canvas: &mut Picture, part: &Picture, control: &FrameControl) {
    let left = control.x_offset as usize * 4;
    for y in 0..part.size().height {
        let from = part.row(y);
        let to = &mut canvas.row_mut(control.y_offset + y)[left..left + from.len()];
        match control.blend_op {
            BlendOp::Source => to.copy_from_slice(from),
            BlendOp::Over => {
                to.as_chunks_mut::<4>()
                    .0
                    .iter_mut()
                    .zip(from.as_chunks::<4>().0)
                    .for_each(|(to, from)| over(to, *from));
            }
        }
    }
}

/// Source-over with straight alpha, rounded once (PNG third edition, section 13.16).
fn over(under: &mut [u8; 4], above: [u8; 4]) {
    let (front, back) = (u32::from(above[3]), u32::from(under[3]));
    if front == 255 || back == 0 {
        *under = above;
        return;
    }
    let behind = back * (255 - front);
    // 255 times the alpha that results; 0 only if both are 0.
    let total = front * 255 + behind;
    for (under, above) in under.iter_mut().zip(above).take(3) {
        *under = ((u32::from(above) * front * 255 + u32::from(*under) * behind + total / 2) / total) as u8;
    }
    under[3] = ((total + 127) / 255) as u8;
}

fn clear(canvas: &mut Picture, control: &FrameControl) {
    let left = control.x_offset as usize * 4;
    for y in control.y_offset..control.y_offset + control.height {
        canvas.row_mut(y)[left..left + control.width as usize * 4].fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blending_rounds_to_the_nearest() {
        for (under, above) in [([10, 20, 30, 255], [200, 100, 0, 128]), ([9, 9, 9, 77], [0, 255, 128, 33])] {
            let mut made = under;
            over(&mut made, above);
            let (front, back) = (f64::from(above[3]) / 255.0, f64::from(under[3]) / 255.0);
            let alpha = front + back * (1.0 - front);
            assert!((f64::from(made[3]) - alpha * 255.0).abs() <= 0.51);
            for i in 0..3 {
                let exact = (f64::from(above[i]) * front + f64::from(under[i]) * back * (1.0 - front)) / alpha;
                assert!((f64::from(made[i]) - exact).abs() <= 0.51, "{made:?} {exact}");
            }
        }
        let mut hidden = [1, 2, 3, 0];
        over(&mut hidden, [9, 9, 9, 0]);
        assert_eq!(hidden[3], 0);
    }
}
