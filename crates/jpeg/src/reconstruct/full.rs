use super::Dequantiser;
use super::inverse::{FRACTION, sample};
use crate::cpu::Instructions;
use crate::zigzag;

/// √2·cos(kπ/16), times 2^13; 1 for k of 0.
pub(super) const COS: [i16; 8] = [8192, 11363, 10703, 9633, 8192, 6436, 4433, 2260];
/// Fraction bits between the two passes.
const BETWEEN: u32 = 2;
/// Bits that each pass takes off.
pub(super) const SHIFTS: [u32; 2] = [FRACTION - BETWEEN, FRACTION + BETWEEN + 3];

/// What is added in the first pass to the sums of each row of coefficients: its rounding, and to those of row 0, which
/// goes into all samples, the level shift and the rounding of the second pass.
pub(super) const fn bias(row: usize) -> i32 {
    let second = if row == 0 { (128 << (BETWEEN + 3)) + (1 << (BETWEEN + 2)) } else { 0 };
    (second << SHIFTS[0]) + (1 << (SHIFTS[0] - 1))
}

/// Samples of a row of whole blocks, whose slots are those of [`zigzag::slot`].
///
/// Numbers have 16 bits but for sums, which fit in 32: the weights of a sum are 61212 together. What coefficients of
/// 8-bit samples never reach wraps around when it is multiplied with the quantisation step, and is clamped between the
/// passes.
#[inline(always)]
pub(super) fn full<I: Instructions>(
    coefficients: &[i16],
    dequantiser: &Dequantiser,
    samples: &mut [u8],
    stride: usize,
) {
    let blocks = coefficients.as_chunks::<64>().0;
    let factors = dequantiser.factors.map(|factor| factor as i16);
    let done = I::full(blocks, &factors, samples, stride);
    for (index, block) in blocks.iter().enumerate().skip(done) {
        let value = |row: usize, column: usize| {
            let slot = zigzag::slot(8, row, column);
            i32::from(block[slot].wrapping_mul(factors[slot]))
        };
        let rows = std::array::from_fn(|row| {
            let sums = pass(std::array::from_fn(|column| value(row, column)), bias(row));
            sums.map(|sum| (sum >> SHIFTS[0]).clamp(i16::MIN.into(), i16::MAX.into()))
        });
        let columns: [[i32; 8]; 8] = transpose(rows).map(|column| pass(column, 0).map(|sum| sum >> SHIFTS[1]));
        for (row, line) in samples.chunks_exact_mut(stride).zip(transpose(columns)) {
            row[8 * index..][..8].copy_from_slice(&line.map(sample));
        }
    }
}

/// An inverse DCT of eight points.
#[inline(always)]
fn pass([a, b, c, d, e, f, g, h]: [i32; 8], bias: i32) -> [i32; 8] {
    let [c0, c1, c2, c3, _, c5, c6, c7] = COS.map(i32::from);
    let (sum, difference) = ((a + e) * c0 + bias, (a - e) * c0 + bias);
    let (outer, inner) = (c * c2 + g * c6, c * c6 - g * c2);
    let even = [sum + outer, difference + inner, difference - inner, sum - outer];
    let odd = [
        b * c1 + d * c3 + f * c5 + h * c7,
        b * c3 - d * c7 - f * c1 - h * c5,
        b * c5 - d * c1 + f * c7 + h * c3,
        b * c7 - d * c5 + f * c3 - h * c1,
    ];
    std::array::from_fn(|x| if x < 4 { even[x] + odd[x] } else { even[7 - x] - odd[7 - x] })
}

#[inline(always)]
fn transpose(lines: [[i32; 8]; 8]) -> [[i32; 8]; 8] {
    std::array::from_fn(|y| std::array::from_fn(|x| lines[x][y]))
}
