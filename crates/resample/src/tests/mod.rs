//! What the tests share.

mod alpha;
mod formula;
mod light;
mod rows;
mod shapes;
mod windows;

use std::ops::Range;

use proptest::prelude::*;

use crate::flow::{Kernels, whole as mixed_by};
use crate::real::{Floats, Lift};
use crate::{Error, Kernel, Path, Samples};

fn noise(count: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

fn samples(data: &[u8], (width, height): (u32, u32), channels: usize, bytes: usize) -> Samples<'_> {
    Samples { data, stride: width as usize * channels * bytes, width, height, channels }
}

fn window(x: f64) -> f64 {
    let x = x.abs() * std::f64::consts::PI;
    if x < 1e-9 {
        1.0
    } else if x >= 3.0 * std::f64::consts::PI {
        0.0
    } else {
        3.0 * x.sin() * (x / 3.0).sin() / (x * x)
    }
}

/// Weights of every result sample over all source samples; of pairs if `paired`.
fn weights((source, part, full, paired): Axis) -> Vec<Vec<f64>> {
    let ratio = (part.end - part.start) / f64::from(full);
    let one = |index: u32| {
        let middle = part.start + (f64::from(index) + 0.5) * ratio;
        let raw: Vec<f64> = (0..source).map(|i| window((f64::from(i) + 0.5 - middle) / ratio.max(1.0))).collect();
        let sum = raw.iter().sum::<f64>();
        raw.into_iter().map(|weight| weight / sum).collect::<Vec<f64>>()
    };
    if !paired {
        return (0..full).map(one).collect();
    }
    let mean = |index: u32| {
        let pair = [one(2 * index), one((2 * index + 1).min(full - 1))];
        pair[0].iter().zip(&pair[1]).map(|(a, b)| (a + b) / 2.0).collect()
    };
    (0..full.div_ceil(2)).map(mean).collect()
}

/// Both passes over interleaved samples.
fn exact(plane: &[f64], (width, channels): (usize, usize), across: &[Vec<f64>], down: &[Vec<f64>]) -> Vec<f64> {
    let narrow: Vec<f64> = plane
        .chunks(width * channels)
        .flat_map(|row| {
            across.iter().flat_map(move |weights| {
                (0..channels).map(move |channel| {
                    weights.iter().enumerate().map(|(x, weight)| weight * row[x * channels + channel]).sum::<f64>()
                })
            })
        })
        .collect();
    let line = across.len() * channels;
    down.iter()
        .flat_map(|weights| {
            let narrow = &narrow;
            (0..line).map(move |x| weights.iter().enumerate().map(|(y, weight)| weight * narrow[y * line + x]).sum())
        })
        .collect()
}

fn never() -> bool {
    false
}

/// A size, the part of it, the result, and whether it is paired.
type Axis = (u32, Range<f64>, u32, bool);

fn whole(source: u32, result: u32) -> Axis {
    (source, 0.0..source.into(), result, false)
}

/// Parts that are everything, or lack half a sample at the end as chroma does, or are anywhere.
fn axes(most: u32) -> impl Strategy<Value = Axis> {
    (1..most, 0..3, 0.0..0.9, 0.1..1.0, 1..most, prop::bool::ANY).prop_map(
        |(source, kind, start, share, result, paired)| {
            let length = f64::from(source);
            let part = match kind {
                0 => 0.0..length,
                1 => 0.0..length - 0.5,
                _ => start * length..(start + (1.0 - start) * share) * length,
            };
            (source, part, result, paired)
        },
    )
}

fn kernel((source, part, result, paired): Axis) -> Kernel {
    if paired { Kernel::lanczos3_pairs(source, part, result) } else { Kernel::lanczos3(source, part, result) }.unwrap()
}

/// Samples of 8 bits by way of floats.
fn floats<L: Lift + Send>(source: Samples<'_>, across: &Kernel, down: &Kernel, lift: L) -> Vec<u8> {
    let kernels = Kernels { across, down };
    let mixer = Floats::new(Path::best(), source.channels, lift, kernels);
    mixed_by(Box::new(mixer), source, 1, kernels, &never).unwrap()
}

/// The square root as a transfer function.
fn curve() -> ([f32; 256], Vec<u8>) {
    let linear = std::array::from_fn(|value| (value as f32 / 255.0).powi(2));
    let encoded = (0..=1u32 << 14).map(|step| ((f64::from(step) / 16384.0).sqrt() * 255.0).round() as u8).collect();
    (linear, encoded)
}
