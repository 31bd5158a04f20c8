//! The encoder beside formulas in double precision, and its files through the decoder.

mod codes;
mod files;
mod transform;

use std::num::NonZeroU8;

use super::{Components, EncodeError, Encoder, Steps};
use crate::testing::Random;

/// Whole MCUs of samples.
struct Picture {
    width: usize,
    height: usize,
    components: Components,
    /// As strips have them, all rows.
    planes: Vec<Vec<u8>>,
}

impl Picture {
    /// Of a kind between 0 and 3: a slope, slopes with noise, noise, and only the darkest and the brightest.
    fn new(random: &mut Random, (width, height): (usize, usize), components: Components, kind: usize) -> Self {
        let unit = components.unit();
        let (across, down) = (width.next_multiple_of(unit), height.next_multiple_of(unit));
        let sides: &[usize] = if components == Components::Grey { &[1] } else { &[1, 2, 2] };
        let planes = sides.iter().map(|side| {
            let (across, down) = (across / side, down / side);
            let slopes = (random.below(5), random.below(5), random.below(128));
            let sample = |x: usize, y: usize, random: &mut Random| match kind {
                0 => (usize::midpoint(x * slopes.0, y * slopes.1) + slopes.2) as u8,
                1 => (usize::midpoint(x * slopes.0, y * slopes.1) + slopes.2 / 2 + random.below(60)) as u8,
                2 => random.below(256) as u8,
                _ => 255 * random.below(2) as u8,
            };
            let places = (0..down).flat_map(|y| (0..across).map(move |x| (x, y)));
            places.map(|(x, y)| sample(x, y, random)).collect()
        });
        let planes = planes.collect();
        Self { width, height, components, planes }
    }

    fn encoder(&self, steps: &[Steps; 2]) -> Encoder {
        Encoder::new(self.width as u32, self.height as u32, self.components, steps, u64::MAX).unwrap()
    }

    fn strips(&self, mut take: impl FnMut(&[&[u8]])) {
        let stride = self.width.next_multiple_of(self.components.unit());
        let rows = self.height.div_ceil(self.components.unit());
        let sizes = [stride * self.components.unit(), stride * 4, stride * 4];
        for row in 0..rows {
            let planes = self.planes.iter().zip(sizes).map(|(plane, size)| &plane[row * size..][..size]);
            take(&planes.collect::<Vec<_>>());
        }
    }

    fn file(&self, steps: &[Steps; 2]) -> Vec<u8> {
        let mut encoder = self.encoder(steps);
        self.strips(|planes| encoder.write_strip(planes).unwrap());
        encoder.finish(&[], &|| false).unwrap()
    }
}

/// The same step everywhere.
fn flat(step: u8) -> [Steps; 2] {
    [[NonZeroU8::new(step).unwrap(); 64]; 2]
}

/// Steps that grow with the frequency, others for chroma.
fn rising(start: u8, growth: u8) -> [Steps; 2] {
    let step = |start: u8, k: usize| (usize::from(start) + usize::from(growth) * k / 8).min(255) as u8;
    [start, start.saturating_add(3)].map(|start| std::array::from_fn(|k| NonZeroU8::new(step(start, k)).unwrap()))
}
