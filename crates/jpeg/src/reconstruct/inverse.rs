use super::Dequantiser;

/// Samples of a row of blocks, N rows of `stride` bytes, from the slots of its blocks.
///
/// Sums wrap around for coefficients beyond those of 8-bit samples, about ±2^15 once they are multiplied.
#[inline(always)]
pub(crate) fn block_row<const N: usize, const SLOTS: usize>(
    coefficients: &[i16],
    dequantiser: &Dequantiser<SLOTS>,
    samples: &mut [u8],
    stride: usize,
) {
    let blocks = coefficients.as_chunks::<SLOTS>().0;
    match (N, dequantiser.has_middles) {
        (1, _) => eighth(blocks, dequantiser, samples),
        (2, false) => quarter::<SLOTS, false>(blocks, dequantiser, samples.split_at_mut(stride)),
        (2, true) => quarter::<SLOTS, true>(blocks, dequantiser, samples.split_at_mut(stride)),
        (_, false) => half::<SLOTS, false>(blocks, dequantiser, samples, stride),
        (_, true) => half::<SLOTS, true>(blocks, dequantiser, samples, stride),
    }
}

/// The level shift and the rounding of a division by 8.
const BIAS: i32 = 128 * 8 + 4;

fn sample(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

#[inline(always)]
fn eighth<const SLOTS: usize>(blocks: &[[i16; SLOTS]], dequantiser: &Dequantiser<SLOTS>, samples: &mut [u8]) {
    for (to, block) in samples.iter_mut().zip(blocks) {
        *to = sample(dequantiser.value::<false>(block, 0).wrapping_add(BIAS) >> 3);
    }
}

#[inline(always)]
fn quarter<const SLOTS: usize, const MIDDLES: bool>(
    blocks: &[[i16; SLOTS]],
    dequantiser: &Dequantiser<SLOTS>,
    (upper, lower): (&mut [u8], &mut [u8]),
) {
    let rows = upper.as_chunks_mut::<2>().0.iter_mut().zip(lower.as_chunks_mut::<2>().0);
    for ((upper, lower), block) in rows.zip(blocks) {
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
const COS_1: i32 = 10703;
const COS_3: i32 = 4433;
/// Fraction bits of these constants.
const FRACTION: u32 = 13;
/// Fraction bits between the two passes.
const BETWEEN: u32 = 3;

#[inline(always)]
fn half<const SLOTS: usize, const MIDDLES: bool>(
    blocks: &[[i16; SLOTS]],
    dequantiser: &Dequantiser<SLOTS>,
    samples: &mut [u8],
    stride: usize,
) {
    let (upper, lower) = samples.split_at_mut(2 * stride);
    let ((row0, row1), (row2, row3)) = (upper.split_at_mut(stride), lower.split_at_mut(stride));
    let rows = row0.as_chunks_mut::<4>().0.iter_mut().zip(row1.as_chunks_mut::<4>().0);
    let rows = rows.zip(row2.as_chunks_mut::<4>().0.iter_mut().zip(row3.as_chunks_mut::<4>().0));
    for (((row0, row1), (row2, row3)), block) in rows.zip(blocks) {
        let line = |y: usize| -> [i32; 4] { std::array::from_fn(|x| dequantiser.value::<MIDDLES>(block, 4 * y + x)) };
        let columns = pass([line(0), line(1), line(2), line(3)], FRACTION - BETWEEN, 0);
        let level = 128 << (FRACTION + BETWEEN + 3);
        let lines = transpose(pass(transpose(columns), FRACTION + BETWEEN + 3, level));
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
