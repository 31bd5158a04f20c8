//! Samples in linear light: each source row becomes a line and is mixed across, and as many of these narrow lines are held
//! as a kernel is high.

use super::{LEAST, SLACK, mix_across, mix_down_lines};
use crate::flow::{Kernels, Mixer};
use crate::ring::Ring;
use crate::{Curve, Path};

/// Linear light of 1 on a line: half of what 16 bits hold, so that there is room for overshoot.
const LIGHT_BITS: u32 = 14;

/// Mixes samples in linear light.
pub struct Light<'a> {
    tables: Tables<'a>,
    path: Path,
    line: Vec<i16>,
    narrow: Ring<i16>,
    mixed: Vec<i16>,
}

impl<'a> Light<'a> {
    /// `curve` has samples.
    pub fn new(path: Path, channels: usize, curve: Curve<'a>, kernels: Kernels<'_>) -> Self {
        let light = curve.linear.map(|light| (light * f32::from(1i16 << LIGHT_BITS) + 0.5) as i16);
        let Kernels { across, down } = kernels;
        let length = across.result() as usize * channels;
        let columns = across.source() as usize * channels;
        let held = down.taps().min(down.source() as usize);
        Self {
            tables: Tables { channels, light, encoded: curve.encoded },
            path,
            line: vec![0; columns + across.fixed(0).len() * channels + SLACK],
            narrow: Ring::new(held, length + SLACK),
            mixed: vec![0; length],
        }
    }
}

impl Mixer for Light<'_> {
    fn group(&self) -> usize {
        1
    }

    fn take(&mut self, kernels: Kernels<'_>, y: usize, row: &[u8]) {
        self.tables.lift(row, &mut self.line[..row.len()]);
        mix_across(self.path, self.tables.channels, [&self.line], kernels.across, [self.narrow.row_mut(y)]);
    }

    fn give(&mut self, kernels: Kernels<'_>, y: usize, to: &mut [u8]) {
        let (start, end) = (kernels.down.start(y), kernels.end(y));
        // An even number; weights beyond the last row are 0.
        let count = (end - start).next_multiple_of(2);
        let rows = (start..start + count).map(|y| &self.narrow.row(y.min(end - 1))[..to.len()]);
        let rows: Vec<_> = rows.collect();
        mix_down_lines(self.path, &rows, [&kernels.down.fixed(y)[..count]], [&mut self.mixed]);
        self.tables.lower(&self.mixed, to);
    }
}

/// The curve in both directions.
struct Tables<'a> {
    channels: usize,
    light: [i16; 256],
    encoded: &'a [u8],
}

impl Tables<'_> {
    fn encode(&self, light: i32) -> u8 {
        let last = self.encoded.len() - 1;
        let step = (light.clamp(0, 1 << LIGHT_BITS) as usize * last + (1 << (LIGHT_BITS - 1))) >> LIGHT_BITS;
        self.encoded[step]
    }

    /// The light of a row's samples, premultiplied if there are four of a pixel.
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

    /// The reverse, rounded.
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
