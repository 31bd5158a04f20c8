use super::Dequantiser;
use super::full::full;
use super::three_quarters::three_quarters;
use crate::cpu::Instructions;

/// Samples of a row of blocks, N rows of `stride` bytes, from the slots of its blocks.
///
/// Sums wrap around for coefficients beyond those of 8-bit samples, about ±2^11 once they are multiplied.
#[inline(always)]
pub(crate) fn block_row<I: Instructions, const N: usize>(
    coefficients: &[i16],
    dequantiser: &Dequantiser,
    samples: &mut [u8],
    stride: usize,
) {
    match (N, dequantiser.has_middles) {
        (1, _) => eighth(coefficients, dequantiser, samples),
        (2, false) => quarter::<I, false>(coefficients, dequantiser, samples, stride),
        (2, true) => quarter::<I, true>(coefficients, dequantiser, samples, stride),
        (6, false) => three_quarters::<I, false>(coefficients, dequantiser, samples, stride),
        (6, true) => three_quarters::<I, true>(coefficients, dequantiser, samples, stride),
        (8, _) => full::<I>(coefficients, dequantiser, samples, stride),
        (_, false) => half::<I, false>(coefficients, dequantiser, samples, stride),
        (_, true) => half::<I, true>(coefficients, dequantiser, samples, stride),
    }
}

/// The level shift and the rounding of a division by 8.
pub(super) const BIAS: i32 = 128 * 8 + 4;

pub(super) fn sample(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

#[inline(always)]
fn eighth(coefficients: &[i16], dequantiser: &Dequantiser, samples: &mut [u8]) {
    let factor = dequantiser.factors[0];
    for (to, dc) in samples.iter_mut().zip(coefficients) {
        *to = sample(i32::from(*dc).wrapping_mul(factor).wrapping_add(BIAS) >> 3);
    }
}

#[inline(always)]
fn quarter<I: Instructions, const MIDDLES: bool>(
    coefficients: &[i16],
    dequantiser: &Dequantiser,
    samples: &mut [u8],
    stride: usize,
) {
    let blocks = coefficients.as_chunks::<4>().0;
    let (upper, lower) = samples.split_at_mut(stride);
    let done = I::quarter::<MIDDLES>(blocks, dequantiser, [upper, lower]);
    let rows = upper.as_chunks_mut::<2>().0.iter_mut().zip(lower.as_chunks_mut::<2>().0);
    for ((upper, lower), block) in rows.zip(blocks).skip(done) {
        // cos(π/4)·√2 is 1: all four samples are sums and differences.
        let value = |slot: usize| dequantiser.value::<MIDDLES>(block, slot);
        let (dc, across, down, both) = (value(0).wrapping_add(BIAS), value(1), value(2), value(3));
        let (left, right) = (dc.wrapping_add(across), dc.wrapping_sub(across));
        let (left_down, right_down) = (down.wrapping_add(both), down.wrapping_sub(both));
        *upper = [sample(left.wrapping_add(left_down) >> 3), sample(right.wrapping_add(right_down) >> 3)];
        *lower = [sample(left.wrapping_sub(left_down) >> 3), sample(right.wrapping_sub(right_down) >> 3)];
    }
}

/// √2·cos(π/8) and √2·cos(3π/8), times 2^13.
pub(super) const COS_1: i32 = 10703;
pub(super) const COS_3: i32 = 4433;
/// Fraction bits of these constants.
pub(super) const FRACTION: u32 = 13;
/// Fraction bits between the two passes.
pub(super) const BETWEEN: u32 = 3;
/// The level shift in the second pass.
pub(super) const LEVEL: i32 = 128 << (FRACTION + BETWEEN + 3);

#[inline(always)]
fn half<I: Instructions, const MIDDLES: bool>(
    coefficients: &[i16],
    dequantiser: &Dequantiser,
    samples: &mut [u8],
    stride: usize,
) {
    let blocks = coefficients.as_chunks::<16>().0;
    let (upper, lower) = samples.split_at_mut(2 * stride);
    let ((row0, row1), (row2, row3)) = (upper.split_at_mut(stride), lower.split_at_mut(stride));
    let done = I::half::<MIDDLES>(blocks, dequantiser, [&mut *row0, &mut *row1, &mut *row2, &mut *row3]);
    let rows = row0.as_chunks_mut::<4>().0.iter_mut().zip(row1.as_chunks_mut::<4>().0);
    let rows = rows.zip(row2.as_chunks_mut::<4>().0.iter_mut().zip(row3.as_chunks_mut::<4>().0));
    for (((row0, row1), (row2, row3)), block) in rows.zip(blocks).skip(done) {
        let line = |y: usize| -> [i32; 4] { std::array::from_fn(|x| dequantiser.value::<MIDDLES>(block, 4 * y + x)) };
        let columns = pass([line(0), line(1), line(2), line(3)], FRACTION - BETWEEN, 0);
        let lines = transpose(pass(transpose(columns), FRACTION + BETWEEN + 3, LEVEL));
        for (row, line) in [row0, row1, row2, row3].into_iter().zip(lines) {
            *row = line.map(sample);
        }
    }
}

/// Four inverse DCTs of four points side by side, with `level` added, rounded to so many bits less.
#[inline(always)]
fn pass([a, b, c, d]: [[i32; 4]; 4], shift: u32, level: i32) -> [[i32; 4]; 4] {
    let mut result = [[0; 4]; 4];
    let rounding = level + (1 << (shift - 1));
    for i in 0..4 {
        let times = i32::wrapping_mul;
        let even = a[i].wrapping_add(c[i]).wrapping_shl(FRACTION).wrapping_add(rounding);
        let odd = a[i].wrapping_sub(c[i]).wrapping_shl(FRACTION).wrapping_add(rounding);
        let outer = times(b[i], COS_1).wrapping_add(times(d[i], COS_3));
        let inner = times(b[i], COS_3).wrapping_sub(times(d[i], COS_1));
        result[0][i] = even.wrapping_add(outer) >> shift;
        result[1][i] = odd.wrapping_add(inner) >> shift;
        result[2][i] = odd.wrapping_sub(inner) >> shift;
        result[3][i] = even.wrapping_sub(outer) >> shift;
    }
    result
}

#[inline(always)]
fn transpose(lines: [[i32; 4]; 4]) -> [[i32; 4]; 4] {
    std::array::from_fn(|y| std::array::from_fn(|x| lines[x][y]))
}
