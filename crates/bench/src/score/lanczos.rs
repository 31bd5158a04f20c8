//! Lanczos3 in floating point, straight from its definition: slow, and the same on every machine.

use std::f64::consts::PI;

/// Lobes on each side.
const LOBES: f64 = 3.0;

/// Pixels of four channels in rows without padding, colour premultiplied by alpha.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raster {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[f32; 4]>,
}

/// For one output position: the first input position, and the weight of it and of those that follow.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// `raster` in another size, 1 or more each way. The kernel is widened where the picture shrinks, and cut off and
/// normalised at the edges.
pub(super) fn resample(raster: &Raster, width: usize, height: usize) -> Raster {
    let columns = taps(raster.width, width);
    let mut narrow = Vec::with_capacity(width * raster.height);
    for row in raster.pixels.chunks_exact(raster.width) {
        for Taps { first, weights } in &columns {
            narrow.push(sum(weights, &row[*first..]));
        }
    }
    let mut pixels = Vec::with_capacity(width * height);
    for Taps { first, weights } in taps(raster.height, height) {
        let mut row = vec![[0_f32; 4]; width];
        for (weight, from) in weights.iter().zip(narrow.chunks_exact(width).skip(first)) {
            for (to, from) in row.iter_mut().zip(from) {
                for (to, from) in to.iter_mut().zip(from) {
                    *to += weight * from;
                }
            }
        }
        pixels.append(&mut row);
    }
    Raster { width, height, pixels }
}

fn sum(weights: &[f32], pixels: &[[f32; 4]]) -> [f32; 4] {
    let mut sum = [0_f32; 4];
    for (weight, pixel) in weights.iter().zip(pixels) {
        for (sum, value) in sum.iter_mut().zip(pixel) {
            *sum += weight * value;
        }
    }
    sum
}

fn taps(from: usize, to: usize) -> Vec<Taps> {
    let scale = from as f64 / to as f64;
    let stretch = scale.max(1.0);
    let tap = |position: usize| {
        let centre = (position as f64 + 0.5) * scale - 0.5;
        let first = (centre - LOBES * stretch).ceil().max(0.0) as usize;
        let last = ((centre + LOBES * stretch).floor() as usize).min(from - 1);
        let weights: Vec<f64> = (first..=last).map(|at| kernel((at as f64 - centre) / stretch)).collect();
        let total: f64 = weights.iter().sum();
        Taps { first, weights: weights.iter().map(|weight| (weight / total) as f32).collect() }
    };
    (0..to).map(tap).collect()
}

/// sinc(x)·sinc(x/3) for |x| < 3.
fn kernel(x: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    if x.abs() < LOBES { sinc(x) * sinc(x / LOBES) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raster(width: usize, height: usize, value: impl Fn(usize, usize) -> f32) -> Raster {
        let pixels = (0..width * height).map(|i| [value(i % width, i / width), 0.5, 0.0, 1.0]).collect();
        Raster { width, height, pixels }
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let original = raster(9, 5, |x, y| (x * y) as f32 / 40.0);
        for (a, b) in resample(&original, 9, 5).pixels.iter().zip(&original.pixels) {
            assert!((a[0] - b[0]).abs() < 1e-6);
        }
    }

    #[test]
    fn flat_stays_flat_and_slopes_stay_slopes() {
        let made = resample(&raster(64, 16, |x, _| x as f32), 16, 4);
        assert_eq!((made.width, made.height), (16, 4));
        // A quarter of the width: pixel 8's centre lies at 8.5·4 − 0.5.
        assert!((made.pixels[8][0] - 33.5).abs() < 1e-3, "{}", made.pixels[8][0]);
        assert!(made.pixels.iter().all(|pixel| (pixel[1] - 0.5).abs() < 1e-6 && (pixel[3] - 1.0).abs() < 1e-6));
    }
}
