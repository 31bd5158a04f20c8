use super::Quantiser;
use super::quantiser::place;
use crate::cpu::Instructions;
use crate::zigzag::NATURAL;

/// √2·cos(kπ/16), times 2^13; 1 for k of 0.
pub(super) const COS: [i16; 8] = [8192, 11363, 10703, 9633, 8192, 6436, 4433, 2260];
/// Fraction bits between the two passes: what fills 16 bits when two numbers are added.
const BETWEEN: u32 = 4;
/// Bits that each pass takes off. What is left are coefficients (ITU-T T.81, section A.3.3) times 16.
pub(super) const SHIFTS: [u32; 2] = [13 - BETWEEN, 13 + BETWEEN + 3 - 4];

/// Quantised coefficients in zigzag order.
pub(super) type Block = [i16; 64];

/// Samples of an 8×8 block: its rows begin `stride` bytes after each other.
#[derive(Clone, Copy)]
pub(crate) struct Samples<'a> {
    pub bytes: &'a [u8],
    pub stride: usize,
}

/// Makes coefficients of two blocks, and gives for each which are not 0, as bits.
#[inline(always)]
pub(super) fn forward<I: Instructions>(
    samples: [Samples<'_>; 2],
    quantiser: &Quantiser,
    blocks: &mut [Block; 2],
) -> [u64; 2] {
    if let Some(set) = I::forward(samples, quantiser, blocks) {
        return set;
    }
    let [left, right] = blocks;
    [one(samples[0], quantiser, left), one(samples[1], quantiser, right)]
}

#[inline(always)]
fn one(samples: Samples<'_>, quantiser: &Quantiser, block: &mut Block) -> u64 {
    let columns: [[i32; 8]; 8] = std::array::from_fn(|x| {
        pass::<{ SHIFTS[0] }>(std::array::from_fn(|y| i32::from(samples.bytes[y * samples.stride + x]) - 128))
    });
    let rows: [[i32; 8]; 8] = std::array::from_fn(|v| pass::<{ SHIFTS[1] }>(std::array::from_fn(|x| columns[x][v])));
    let mut set = 0;
    for (k, natural) in NATURAL.into_iter().enumerate() {
        let (row, column) = (usize::from(natural) / 8, usize::from(natural) % 8);
        block[k] = quantiser.quantise(place(row, column), rows[row][column]);
        set |= u64::from(block[k] != 0) << k;
    }
    set
}

/// A DCT of eight points, times √8.
#[inline(always)]
fn pass<const SHIFT: u32>(points: [i32; 8]) -> [i32; 8] {
    let [c0, c1, c2, c3, _, c5, c6, c7] = COS.map(i32::from);
    let [s, t, u, v] = std::array::from_fn(|i| points[i] + points[7 - i]);
    let [a, b, c, d] = std::array::from_fn(|i| points[i] - points[7 - i]);
    let sums = [
        (s + v) * c0 + (t + u) * c0,
        a * c1 + b * c3 + c * c5 + d * c7,
        (s - v) * c2 + (t - u) * c6,
        a * c3 - b * c7 - c * c1 - d * c5,
        (s + v) * c0 - (t + u) * c0,
        a * c5 - b * c1 + c * c7 + d * c3,
        (s - v) * c6 - (t - u) * c2,
        a * c7 - b * c5 + c * c3 - d * c1,
    ];
    sums.map(|sum| (sum + (1 << (SHIFT - 1))) >> SHIFT)
}
