use std::f64::consts::{PI, SQRT_2};

use super::flat;
use crate::cpu::{self, Instructions, PORTABLE, Work};
use crate::encode::forward::forward;
use crate::encode::quantiser::UNIT;
use crate::encode::{Quantiser, Samples, Steps};
use crate::testing::Random;
use crate::zigzag::NATURAL;

struct Transform<'a>([Samples<'a>; 2], &'a Quantiser);

impl Work for Transform<'_> {
    type Output = ([[i16; 64]; 2], [u64; 2]);

    #[inline(always)]
    fn run<I: Instructions>(self) -> Self::Output {
        let mut blocks = [[0; 64]; 2];
        let set = forward::<I>(self.0, self.1, &mut blocks);
        (blocks, set)
    }
}

/// Two blocks beside each other.
fn two(kind: usize, random: &mut Random) -> Vec<u8> {
    let (across, down, at) = (random.below(8), random.below(8), random.below(256));
    let places = (0..8).flat_map(|y| (0..16).map(move |x| (x, y)));
    let sample = |x: usize, y: usize, random: &mut Random| match kind {
        0 => random.below(256) as u8,
        1 => 255 * random.below(2) as u8,
        2 => at as u8,
        // The brightest and the darkest by the signs of a basis function, which gives the largest coefficients there are.
        3 => {
            let wave = |x: usize, u: usize| (((2 * x + 1) * u) as f64 * PI / 16.0).cos();
            if (wave(x % 8, across) * wave(y, down) > 0.0) == (x < 8) { 255 } else { 0 }
        }
        _ => (at + random.below(20)).min(255) as u8,
    };
    places.map(|(x, y)| sample(x, y, random)).collect()
}

fn pair(bytes: &[u8]) -> [Samples<'_>; 2] {
    [Samples { bytes, stride: 16 }, Samples { bytes: &bytes[8..], stride: 16 }]
}

/// ITU-T T.81, section A.3.3.
fn exact(bytes: &[u8], (u, v): (usize, usize)) -> f64 {
    let wave = |x: usize, u: usize| (((2 * x + 1) * u) as f64 * PI / 16.0).cos() / if u == 0 { SQRT_2 } else { 1.0 };
    let places = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
    places.map(|(x, y)| (f64::from(bytes[y * 16 + x]) - 128.0) * wave(x, u) * wave(y, v)).sum::<f64>() / 4.0
}

#[test]
fn coefficients_are_near_those_of_real_numbers() {
    let mut random = Random(1);
    let mut worst: f64 = 0.0;
    let quantiser = Quantiser::new(&flat(1)[0]);
    for round in 0..400 {
        let bytes = two(round % 5, &mut random);
        let (blocks, _) = cpu::best(Transform(pair(&bytes), &quantiser));
        for (half, block) in blocks.iter().enumerate() {
            for (value, natural) in block.iter().zip(NATURAL) {
                let exact = exact(&bytes[8 * half..], (usize::from(natural) % 8, usize::from(natural) / 8));
                worst = worst.max((f64::from(*value) - exact).abs());
            }
        }
    }
    // Half for rounding, the unit's half for rounding before it, and what two passes in 16 bits make of the rest.
    let bound = 0.5 + 0.5 / f64::from(UNIT) + 0.1;
    assert!(worst < bound, "{worst} off");
}

#[test]
fn every_processor_gives_the_same_coefficients() {
    let mut random = Random(2);
    for round in 0..3000 {
        let steps: Steps = std::array::from_fn(|_| ((1 + random.below(255)) as u8).try_into().unwrap());
        let quantiser = if round % 2 == 0 { Quantiser::new(&steps) } else { Quantiser::new(&flat(1)[0]) };
        let bytes = two(round % 5, &mut random);
        let made = cpu::best(Transform(pair(&bytes), &quantiser));
        PORTABLE.set(true);
        assert_eq!(cpu::best(Transform(pair(&bytes), &quantiser)), made, "{bytes:?}");
        PORTABLE.set(false);
        let ([left, right], set) = made;
        for (block, set) in [left, right].iter().zip(set) {
            assert!((0..64).all(|k| (block[k] != 0) == (set >> k & 1 == 1)));
            // What the codes of baseline files can hold.
            assert!(block[1..].iter().all(|value| value.unsigned_abs() < 1024) && block[0].unsigned_abs() <= 1024);
        }
    }
}
