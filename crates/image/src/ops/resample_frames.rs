use std::ops::Range;

use lightmill_recipe::{Light, Rect, Size};
use lightmill_resample::Kernel;

use super::mix::{Kernels, mix};
use crate::{Cancel, Error, Picture, Plane};

/// Resamples the frames of an animation in an interleaved layout of 8 bits, as [`super::resample`] does each of them.
///
/// Kernels are made once, and of a frame that says what it changed, only what the change reaches is resampled; the rest
/// is that of the frame before, byte for byte.
pub struct FrameResampler {
    kernels: Kernels,
    light: Light,
    before: Option<Picture>,
}

impl FrameResampler {
    /// For frames of size `from`.
    pub fn new(from: Size, to: Size, light: Light) -> Result<Self, Error> {
        Ok(Self { kernels: Kernels::new(from, None, to)?, light, before: None })
    }

    /// The next frame at the new size; outside of `changed`, if it is known, it is like the frame before.
    ///
    /// # Errors
    /// Internal, for planes and other sizes; else as `cancel` says.
    pub fn resample(&mut self, picture: &Picture, changed: Option<Rect>, cancel: &Cancel) -> Result<Picture, Error> {
        cancel.check()?;
        let [plane] = picture.planes() else { return Err(Error::internal("planes among the frames of an animation")) };
        if picture.layout().is_wide() {
            return Err(Error::internal("16 bits among the frames of an animation"));
        }
        let channels = picture.layout().channels();
        // To cut out the most of a frame costs more than it saves.
        let changed = changed.filter(|changed| 2 * changed.size.pixels().0 <= picture.size().pixels().0);
        let before = self.before.take().filter(|before| before.layout() == picture.layout());
        let made = if let (Some(before), Some(changed)) = (before, changed) {
            self.renew(before, plane, channels, changed, cancel)?
        } else {
            let made = mix(plane, channels, &self.kernels, self.light, cancel)?;
            Picture::interleaved(made.size, picture.layout(), made.data)?
        };
        let made = made.with_icc(picture.icc.clone());
        self.before = Some(made.clone());
        Ok(made)
    }

    /// `before` with what the source's `changed` reaches.
    fn renew(
        &self,
        mut before: Picture,
        plane: &Plane,
        channels: usize,
        changed: Rect,
        cancel: &Cancel,
    ) -> Result<Picture, Error> {
        let Kernels { across, down, columns, rows } = &self.kernels;
        let reached = |kernel: &Kernel, used: &Range<u32>, start: u32, length: u32| {
            let place = |pixel: u32| pixel.clamp(used.start, used.end) - used.start;
            kernel.reached(place(start)..place(start + length))
        };
        let made_columns = reached(across, columns, changed.x, changed.size.width);
        let made_rows = reached(down, rows, changed.y, changed.size.height);
        if made_columns.is_empty() || made_rows.is_empty() {
            return Ok(before);
        }
        let (across, used_columns) = across.window(made_columns.clone()).map_err(Error::internal)?;
        let (down, used_rows) = down.window(made_rows.clone()).map_err(Error::internal)?;
        let kernels = Kernels {
            across,
            down,
            columns: columns.start + used_columns.start..columns.start + used_columns.end,
            rows: rows.start + used_rows.start..rows.start + used_rows.end,
        };
        let made = mix(plane, channels, &kernels, self.light, cancel)?;
        for (y, from) in made_rows.zip(0..) {
            let from = made.row(from, channels);
            before.row_mut(y)[made_columns.start as usize * channels..][..from.len()].copy_from_slice(from);
        }
        Ok(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layout, Subsampling, ops};

    #[test]
    fn every_frame_is_as_if_it_were_resampled_alone() {
        let size = Size::new(60, 44);
        for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba] {
            let channels = layout.channels();
            let mut frame = Picture::blank(size, layout);
            let mut state = 1u32;
            for sample in &mut frame.planes_mut()[0].data {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *sample = (state >> 24) as u8;
            }
            for to in [Size::new(23, 17), Size::new(60, 9), Size::new(100, 71), Size::new(1, 1)] {
                let mut frame = frame.clone();
                let mut frames = FrameResampler::new(size, to, Light::Gamma).unwrap();
                for (x, y, width, height) in [(0, 0, 60, 44), (21, 9, 7, 5), (0, 0, 0, 0), (53, 39, 7, 5)] {
                    for y in y..y + height {
                        frame.row_mut(y)[x as usize * channels..(x + width) as usize * channels].fill(90 + y as u8);
                    }
                    let changed = Rect { x, y, size: Size::new(width, height) };
                    let made = frames.resample(&frame, Some(changed), &Cancel::default()).unwrap();
                    let whole =
                        ops::resample(frame.clone(), to, None, Subsampling::S444, Light::Gamma, &Cancel::default())
                            .unwrap();
                    assert_eq!(made, whole, "{layout:?} {to} {changed:?}");
                }
            }
        }
        let planar = Picture::blank(size, Layout::YCbCr(Subsampling::S444));
        let mut frames = FrameResampler::new(size, Size::new(5, 5), Light::Gamma).unwrap();
        assert!(frames.resample(&planar, None, &Cancel::default()).is_err());
    }
}
