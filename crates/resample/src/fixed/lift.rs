//! What 8-bit samples are as 16-bit lines.

use crate::{Curve, Path};

/// Linear light of 1 on a line: half of what 16 bits hold, so that there is room for overshoot.
const LIGHT_BITS: u32 = 14;

/// Alphas below this on a line are so little that their colour is black: a quarter of 1/255.
const LEAST: i16 = 16;

/// How rows become lines, and the reverse.
pub trait Lift {
    /// The samples of a row, as many on the line, premultiplied where they have alpha.
    fn lift(&self, row: &[u8], line: &mut [i16]);

    /// The reverse, rounded.
    fn lower(&self, line: &[i16], row: &mut [u8]);
}

/// Pixels of four samples as they are, as [`super::premultiply`] has them.
pub struct Premultiplied {
    /// The instructions to use.
    pub path: Path,
}

impl Lift for Premultiplied {
    fn lift(&self, row: &[u8], line: &mut [i16]) {
        super::premultiply(self.path, row, line);
    }

    fn lower(&self, line: &[i16], row: &mut [u8]) {
        for (to, [r, g, b, alpha]) in row.as_chunks_mut::<4>().0.iter_mut().zip(line.as_chunks::<4>().0) {
            let scale = if *alpha >= LEAST { 255.0 / f32::from(*alpha) } else { 0.0 };
            // Float casts saturate.
            let [r, g, b] = [r, g, b].map(|colour| (f32::from(*colour) * scale + 0.5) as u8);
            *to = [r, g, b, (f32::from(*alpha) * (4.0 / 255.0) + 0.5) as u8];
        }
    }
}

/// Samples in linear light, premultiplied if there are four of a pixel.
pub struct Linear<'a> {
    channels: usize,
    light: [i16; 256],
    encoded: &'a [u8],
}

impl<'a> Linear<'a> {
    /// `curve` has samples.
    pub fn new(channels: usize, curve: Curve<'a>) -> Self {
        let light = curve.linear.map(|light| (light * f32::from(1i16 << LIGHT_BITS) + 0.5) as i16);
        Self { channels, light, encoded: curve.encoded }
    }

    fn encode(&self, light: i32) -> u8 {
        let last = self.encoded.len() - 1;
        let step = (light.clamp(0, 1 << LIGHT_BITS) as usize * last + (1 << (LIGHT_BITS - 1))) >> LIGHT_BITS;
        self.encoded[step]
    }
}

impl Lift for Linear<'_> {
    fn lift(&self, row: &[u8], line: &mut [i16]) {
        let light = |sample: u8| self.light[usize::from(sample)];
        if self.channels < 4 {
            line.iter_mut().zip(row).for_each(|(to, from)| *to = light(*from));
            return;
        }
        for (to, [r, g, b, alpha]) in line.as_chunks_mut::<4>().0.iter_mut().zip(row.as_chunks::<4>().0) {
            let visible = |light: i32| ((light * i32::from(*alpha) * 2 + 255) / 510) as i16;
            let [r, g, b] = [r, g, b].map(|colour| visible(light(*colour).into()));
            *to = [r, g, b, visible(1 << LIGHT_BITS)];
        }
    }

    fn lower(&self, line: &[i16], row: &mut [u8]) {
        if self.channels < 4 {
            row.iter_mut().zip(line).for_each(|(to, from)| *to = self.encode((*from).into()));
            return;
        }
        let one = f32::from(1i16 << LIGHT_BITS);
        for (to, [r, g, b, alpha]) in row.as_chunks_mut::<4>().0.iter_mut().zip(line.as_chunks::<4>().0) {
            let scale = if *alpha >= LEAST { one / f32::from(*alpha) } else { 0.0 };
            let [r, g, b] = [r, g, b].map(|colour| self.encode((f32::from(*colour) * scale + 0.5) as i32));
            *to = [r, g, b, (f32::from(*alpha) * (255.0 / one) + 0.5) as u8];
        }
    }
}
