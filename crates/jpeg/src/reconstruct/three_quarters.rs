use super::Dequantiser;
use super::inverse::{BETWEEN, FRACTION, LEVEL, sample};
use crate::cpu::Instructions;

/// √2·cos(π/12) − 1, times 2^13. √2·cos(5π/12) is the same number.
pub(super) const COS_1_LESS_1: i32 = 2998;
/// √2·cos(π/6), times 2^13.
pub(super) const COS_2: i32 = 10033;
/// √2·cos(π/3), times 2^13.
pub(super) const COS_4: i32 = 5793;

/// Samples of a row of blocks reduced to 6×6. A block's rows have 8 slots, of which the last two are 0.
#[inline(always)]
pub(super) fn three_quarters<I: Instructions, const MIDDLES: bool>(
    coefficients: &[i16],
    dequantiser: &Dequantiser,
    samples: &mut [u8],
    stride: usize,
) {
    let blocks = coefficients.as_chunks::<48>().0;
    let Some(rows) = split(samples, stride) else { return };
    let done = I::three_quarters::<MIDDLES>(blocks, dequantiser, rows);
    for (index, block) in blocks.iter().enumerate().skip(done) {
        let line = |y: usize| -> [i32; 6] { std::array::from_fn(|x| dequantiser.value::<MIDDLES>(block, 8 * y + x)) };
        let columns = pass(std::array::from_fn(line), FRACTION - BETWEEN, 0);
        let lines = transpose(pass(transpose(columns), FRACTION + BETWEEN + 3, LEVEL));
        for (row, line) in samples.chunks_exact_mut(stride).zip(lines) {
            row[6 * index..][..6].copy_from_slice(&line.map(sample));
        }
    }
}

/// The six rows of a row of blocks.
#[inline(always)]
fn split(samples: &mut [u8], stride: usize) -> Option<[&mut [u8]; 6]> {
    let mut rows = samples.chunks_exact_mut(stride);
    Some([rows.next()?, rows.next()?, rows.next()?, rows.next()?, rows.next()?, rows.next()?])
}

/// Six inverse DCTs of six points side by side, with `level` added, rounded to so many bits less.
#[inline(always)]
fn pass([a, b, c, d, e, f]: [[i32; 6]; 6], shift: u32, level: i32) -> [[i32; 6]; 6] {
    let mut result = [[0; 6]; 6];
    let up = |value: i32| value.wrapping_shl(FRACTION);
    for i in 0..6 {
        let base = up(a[i]).wrapping_add(level + (1 << (shift - 1)));
        let (fourth, second) = (e[i].wrapping_mul(COS_4), c[i].wrapping_mul(COS_2));
        let sides = base.wrapping_add(fourth);
        let even =
            [sides.wrapping_add(second), base.wrapping_sub(fourth.wrapping_add(fourth)), sides.wrapping_sub(second)];
        let both = b[i].wrapping_add(f[i]).wrapping_mul(COS_1_LESS_1);
        let odd = [
            both.wrapping_add(up(b[i].wrapping_add(d[i]))),
            up(b[i].wrapping_sub(d[i]).wrapping_sub(f[i])),
            both.wrapping_add(up(f[i].wrapping_sub(d[i]))),
        ];
        for x in 0..3 {
            result[x][i] = even[x].wrapping_add(odd[x]) >> shift;
            result[5 - x][i] = even[x].wrapping_sub(odd[x]) >> shift;
        }
    }
    result
}

#[inline(always)]
fn transpose(lines: [[i32; 6]; 6]) -> [[i32; 6]; 6] {
    std::array::from_fn(|y| std::array::from_fn(|x| lines[x][y]))
}
