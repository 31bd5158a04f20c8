use lightmill_recipe::{LimitError, Rect, Size};

use super::container::{Blending, Extended, Image, MAX_DURATION};
use super::holes;
use super::source::Source;
use super::{settings, still_encoder};
use crate::codecs::EncodeOptions;
use crate::codecs::boundary::{check_animation, milliseconds};
use crate::codecs::difference::{SHORTEST_DELAY, difference};
use crate::{Animation, Error, Frame, Picture};

/// Writes of each frame the window that differs from the frame before, over what is there.
///
/// Frames that look like the one before lengthen its time. No frame takes its pixels away when it ends: a frame replaces
/// what is in its window, alpha included, or lets it show through holes.
pub(super) struct AnimationEncoder<'a> {
    file: Extended,
    options: &'a EncodeOptions,
    size: Size,
    /// The frame before.
    canvas: Option<Picture>,
    /// Milliseconds that the last frame of the file is shown.
    duration: u32,
    /// Milliseconds of all frames.
    time: u64,
    /// Frames that were added.
    frames: u32,
}

impl<'a> AnimationEncoder<'a> {
    /// An animation of frames like `first`, whose profile is that of all.
    pub fn new(first: &Picture, animation: Animation, options: &'a EncodeOptions) -> Self {
        let mut file = Extended::new(first.size(), first.icc.as_deref());
        // The container has 16 bits for the count.
        file.animate(animation.loop_count.min(u16::MAX.into()) as u16);
        Self { file, options, size: first.size(), canvas: None, duration: 0, time: 0, frames: 0 }
    }

    /// Adds a frame.
    pub fn add(&mut self, frame: Frame) -> Result<(), Error> {
        self.options.cancel.check()?;
        let Frame { picture, delay, .. } = frame;
        if picture.size() != self.size || self.canvas.as_ref().is_some_and(|c| c.layout() != picture.layout()) {
            return Err(Error::internal("frames of different sizes or layouts"));
        }
        self.frames += 1;
        check_animation(&self.options.limits, self.size, self.frames)?;
        let delay = milliseconds(delay).min(MAX_DURATION);
        self.time += u64::from(delay);
        if i32::try_from(self.time).is_err() {
            return Err(Error::Unsuitable("a WebP animation lasts at most 24 days".to_owned()));
        }
        let mut window = match &self.canvas {
            Some(canvas) => difference(canvas, &picture),
            None => Rect::whole(self.size),
        };
        if window.is_empty() {
            let sum = self.duration + delay;
            if self.duration.min(delay) >= SHORTEST_DELAY && sum <= MAX_DURATION {
                self.duration = sum;
                self.file.set_duration(sum);
                return Ok(());
            }
            // A frame cannot be empty.
            window.size = Size::new(1, 1);
        }
        let window = even(window, self.size);
        let (image, blending) = self.image(&picture, window)?;
        self.file.add_frame(&image, window, delay, blending);
        LimitError::check("result_bytes", self.file.len() as u64, self.options.limits.result_bytes)?;
        self.duration = delay;
        self.canvas = Some(picture);
        Ok(())
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        self.file.finish()
    }

    /// What lies in `window`, the smaller of with and without holes.
    fn image(&self, picture: &Picture, window: Rect) -> Result<(Image, Blending), Error> {
        if !self.options.lossless {
            let mask = self.canvas.as_ref().and_then(|canvas| holes::blocks(canvas, picture, window));
            return match mask {
                Some(mask) => {
                    let source = Source::lossy_with_alpha(picture, window, mask)?;
                    Ok((self.encode(source)?, Blending::Over))
                }
                None => Ok((self.encode(Source::lossy(picture, window)?)?, Blending::Replace)),
            };
        }
        let plain = self.encode(Source::lossless(picture, window)?)?;
        if let Some(canvas) = &self.canvas
            && let Some(pierced) = holes::pixels(canvas, picture, window)?
        {
            let pierced = self.encode(Source::lossless(&pierced, Rect::whole(window.size))?)?;
            if pierced.len() < plain.len() {
                return Ok((pierced, Blending::Over));
            }
        }
        Ok((plain, Blending::Replace))
    }

    fn encode(&self, source: Source) -> Result<Image, Error> {
        let config = settings::frame(source.size(), self.size, self.options)?;
        still_encoder::encode(source, &config, self.options).map(|file| Image::of(&file))
    }
}

/// `window`, enlarged so that it begins and ends at even columns and rows or at the edge: the container counts its
/// origin in pairs of pixels, and a sample of chroma belongs to two by two.
fn even(window: Rect, canvas: Size) -> Rect {
    let (x, y) = (window.x & !1, window.y & !1);
    let right = (window.x + window.size.width).next_multiple_of(2).min(canvas.width);
    let bottom = (window.y + window.size.height).next_multiple_of(2).min(canvas.height);
    Rect { x, y, size: Size::new(right - x, bottom - y) }
}
