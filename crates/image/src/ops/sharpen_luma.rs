//! Unsharp masking of a plane of luma or grey: what [`super::sharpen()`] does to grey pixels.

use std::sync::LazyLock;

use lightmill_recipe::Size;

use super::convolve::{Kernel, Rows, convolve};
use super::sharpen::{Change, lightness};
use crate::{Cancel, Error, Plane};

/// Steps of L* that [`Tables::sample`] tells apart: 1/160 of a unit, finer than the step of any sample.
const STEPS: usize = 16_000;

/// Between samples of grey and L*, 0 to 100.
struct Tables {
    lightness: [f32; 256],
    sample: Vec<u8>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let lightness = std::array::from_fn(|sample| lightness([sample as u8; 3]));
    let mut sample = 0usize;
    let nearest = |step: usize| {
        let wanted = step as f32 * 100.0 / STEPS as f32;
        while sample < 255 && (lightness[sample + 1] - wanted).abs() <= (lightness[sample] - wanted).abs() {
            sample += 1;
        }
        sample as u8
    };
    Tables { lightness, sample: (0..=STEPS).map(nearest).collect() }
});

/// The plane, of one channel, sharpened in L* by `kernel`.
pub fn sharpen_luma(plane: &Plane, kernel: &Kernel, wish: Change, cancel: &Cancel) -> Result<Plane, Error> {
    let tables = &*TABLES;
    let Size { width, height } = plane.size;
    let rows = Rows { width: width as usize, height: height as usize, channels: 1 };
    let mut result = Plane::filled(plane.size, 1, 0);
    let mut steps = vec![0u16; width as usize];
    let mut own = vec![0.0f32; width as usize];
    let lift = |row: &[u8], to: &mut [f32]| {
        to.iter_mut().zip(row).for_each(|(to, sample)| *to = tables.lightness[usize::from(*sample)]);
    };
    let source = |y: usize, row: &mut [f32]| lift(plane.row(y as u32, 1), row);
    let sink = |y: usize, soft: &[f32]| {
        lift(plane.row(y as u32, 1), &mut own);
        for ((step, own), soft) in steps.iter_mut().zip(&own).zip(soft) {
            let wished = (own + wish.of(own - soft)).clamp(0.0, 100.0);
            *step = (wished * (STEPS as f32 / 100.0) + 0.5) as u16;
        }
        for (to, step) in result.row_mut(y as u32, 1).iter_mut().zip(&steps) {
            *to = tables.sample[usize::from(*step).min(STEPS)];
        }
    };
    convolve(rows, kernel, cancel, source, sink)?;
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_comes_back() {
        for sample in 0..=255u8 {
            let step = (TABLES.lightness[usize::from(sample)] * (STEPS as f32 / 100.0) + 0.5) as usize;
            assert_eq!(TABLES.sample[step.min(STEPS)], sample);
        }
    }
}
