#![allow(unsafe_code)]
//! The inverse DCTs of `inverse.rs` for several blocks at once, with the same results.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_cvtsi128_si64, _mm_extract_epi64, _mm_loadu_si128, _mm_unpackhi_epi32, _mm_unpackhi_epi64,
    _mm_unpacklo_epi16, _mm_unpacklo_epi32, _mm_unpacklo_epi64, _mm256_add_epi32, _mm256_castsi256_si128,
    _mm256_cvtepi16_epi32, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_mullo_epi32, _mm256_packs_epi32,
    _mm256_packus_epi16, _mm256_permute2x128_si256, _mm256_set1_epi32, _mm256_setr_epi8, _mm256_setr_epi32,
    _mm256_shuffle_epi8, _mm256_shuffle_epi32, _mm256_sign_epi32, _mm256_slli_epi32, _mm256_srai_epi32,
    _mm256_sub_epi32, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
};

use super::Dequantiser;
use super::dequantiser::MOST_SLOTS;
use super::inverse::{BETWEEN, BIAS, COS_1, COS_3, FRACTION, LEVEL};
use super::three_quarters::{COS_1_LESS_1, COS_2, COS_4};

/// Eight numbers from memory.
#[target_feature(enable = "avx2")]
fn load(numbers: [i32; 8]) -> __m256i {
    // SAFETY: 32 bytes are there, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) }
}

/// Eight of the coefficients.
#[target_feature(enable = "avx2")]
fn coefficients<const FIRST: usize, const SLOTS: usize>(block: &[i16; SLOTS]) -> __m128i {
    const { assert!(FIRST + 8 <= SLOTS) };
    // SAFETY: 16 bytes are there by the assertion, and the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().add(FIRST).cast()) }
}

/// Multiplies coefficients, and moves them to the middle of what they may be.
#[target_feature(enable = "avx2")]
fn dequantise<const MIDDLES: bool>(quantised: __m128i, factors: __m256i, middles: __m256i) -> __m256i {
    let quantised = _mm256_cvtepi16_epi32(quantised);
    let value = _mm256_mullo_epi32(quantised, factors);
    if MIDDLES { _mm256_add_epi32(value, _mm256_sign_epi32(middles, quantised)) } else { value }
}

/// Blocks reduced to 4×4, two at a time; gives how many are done.
///
/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn half<const MIDDLES: bool>(
    blocks: &[[i16; 16]],
    dequantiser: &Dequantiser,
    [row0, row1, row2, row3]: [&mut [u8]; 4],
) -> usize {
    let twice = |numbers: &[i32; MOST_SLOTS], y: usize| load(std::array::from_fn(|i| numbers[4 * y + i % 4]));
    let factors = [0, 1, 2, 3].map(|y| twice(&dequantiser.factors, y));
    let middles = [0, 1, 2, 3].map(|y| twice(&dequantiser.middles, y));
    // The sixteen samples of a block come column by column.
    let turn = _mm256_setr_epi8(
        0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,
    );
    let upper = row0.as_chunks_mut::<8>().0.iter_mut().zip(row1.as_chunks_mut::<8>().0);
    let rows = upper.zip(row2.as_chunks_mut::<8>().0.iter_mut().zip(row3.as_chunks_mut::<8>().0));
    let pairs = blocks.as_chunks::<2>().0;
    for ([left, right], ((row0, row1), (row2, row3))) in pairs.iter().zip(rows) {
        let (a, b) = (coefficients::<0, 16>(left), coefficients::<0, 16>(right));
        let (c, d) = (coefficients::<8, 16>(left), coefficients::<8, 16>(right));
        let lines = [
            dequantise::<MIDDLES>(_mm_unpacklo_epi64(a, b), factors[0], middles[0]),
            dequantise::<MIDDLES>(_mm_unpackhi_epi64(a, b), factors[1], middles[1]),
            dequantise::<MIDDLES>(_mm_unpacklo_epi64(c, d), factors[2], middles[2]),
            dequantise::<MIDDLES>(_mm_unpackhi_epi64(c, d), factors[3], middles[3]),
        ];
        let columns = pass::<{ (FRACTION - BETWEEN) as i32 }>(lines, 0);
        let [x0, x1, x2, x3] = pass::<{ (FRACTION + BETWEEN + 3) as i32 }>(transpose(columns), LEVEL);
        let samples = _mm256_packus_epi16(_mm256_packs_epi32(x0, x1), _mm256_packs_epi32(x2, x3));
        let samples = _mm256_shuffle_epi8(samples, turn);
        let (left, right) = (_mm256_castsi256_si128(samples), _mm256_extracti128_si256::<1>(samples));
        let (upper, lower) = (_mm_unpacklo_epi32(left, right), _mm_unpackhi_epi32(left, right));
        *row0 = _mm_cvtsi128_si64(upper).to_le_bytes();
        *row1 = _mm_extract_epi64::<1>(upper).to_le_bytes();
        *row2 = _mm_cvtsi128_si64(lower).to_le_bytes();
        *row3 = _mm_extract_epi64::<1>(lower).to_le_bytes();
    }
    2 * pairs.len()
}

/// Eight inverse DCTs of four points side by side, as in the portable code.
#[target_feature(enable = "avx2")]
fn pass<const SHIFT: i32>([a, b, c, d]: [__m256i; 4], level: i32) -> [__m256i; 4] {
    let (cos1, cos3) = (_mm256_set1_epi32(COS_1), _mm256_set1_epi32(COS_3));
    let rounding = _mm256_set1_epi32(level + (1 << (SHIFT - 1)));
    let up = |sum: __m256i| _mm256_add_epi32(_mm256_slli_epi32::<{ FRACTION as i32 }>(sum), rounding);
    let (even, odd) = (up(_mm256_add_epi32(a, c)), up(_mm256_sub_epi32(a, c)));
    let outer = _mm256_add_epi32(_mm256_mullo_epi32(b, cos1), _mm256_mullo_epi32(d, cos3));
    let inner = _mm256_sub_epi32(_mm256_mullo_epi32(b, cos3), _mm256_mullo_epi32(d, cos1));
    [
        _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(even, outer)),
        _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(odd, inner)),
        _mm256_srai_epi32::<SHIFT>(_mm256_sub_epi32(odd, inner)),
        _mm256_srai_epi32::<SHIFT>(_mm256_sub_epi32(even, outer)),
    ]
}

/// Two transpositions of 4×4 numbers, in the lower and the upper half.
#[target_feature(enable = "avx2")]
fn transpose([a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
    let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
    let (ab_high, cd_high) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
    [
        _mm256_unpacklo_epi64(ab, cd),
        _mm256_unpackhi_epi64(ab, cd),
        _mm256_unpacklo_epi64(ab_high, cd_high),
        _mm256_unpackhi_epi64(ab_high, cd_high),
    ]
}

/// Blocks reduced to 2×2, four at a time; gives how many are done.
///
/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn quarter<const MIDDLES: bool>(
    blocks: &[[i16; 4]],
    dequantiser: &Dequantiser,
    [upper, lower]: [&mut [u8]; 2],
) -> usize {
    let factors = load(std::array::from_fn(|i| dequantiser.factors[i % 4]));
    let middles = load(std::array::from_fn(|i| dequantiser.middles[i % 4]));
    let bias = _mm256_setr_epi32(BIAS, 0, 0, 0, BIAS, 0, 0, 0);
    let (across, down) = (_mm256_setr_epi32(1, -1, 1, -1, 1, -1, 1, -1), _mm256_setr_epi32(1, 1, -1, -1, 1, 1, -1, -1));
    let sums = |quantised: __m128i| {
        let value = _mm256_add_epi32(dequantise::<MIDDLES>(quantised, factors, middles), bias);
        // Neighbours plus and minus each other, first in a row, then in a column.
        let neighbour = _mm256_shuffle_epi32::<0b10_11_00_01>(value);
        let value = _mm256_add_epi32(neighbour, _mm256_sign_epi32(value, across));
        let neighbour = _mm256_shuffle_epi32::<0b01_00_11_10>(value);
        _mm256_srai_epi32::<3>(_mm256_add_epi32(neighbour, _mm256_sign_epi32(value, down)))
    };
    // In each half: the upper samples of its two blocks, then the lower ones.
    let rows = _mm256_setr_epi8(
        0, 1, 4, 5, 2, 3, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 4, 5, 2, 3, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1,
    );
    let fours = blocks.as_chunks::<4>().0;
    let samples = upper.as_chunks_mut::<8>().0.iter_mut().zip(lower.as_chunks_mut::<8>().0);
    for (four, (upper, lower)) in fours.iter().zip(samples) {
        let Some(four) = four.as_flattened().first_chunk::<16>() else { break };
        let (left, right) = (sums(coefficients::<0, 16>(four)), sums(coefficients::<8, 16>(four)));
        // Halves: blocks 0 and 2, and blocks 1 and 3.
        let words = _mm256_packs_epi32(left, right);
        let samples = _mm256_shuffle_epi8(_mm256_packus_epi16(words, words), rows);
        let samples = _mm_unpacklo_epi16(_mm256_castsi256_si128(samples), _mm256_extracti128_si256::<1>(samples));
        *upper = _mm_cvtsi128_si64(samples).to_le_bytes();
        *lower = _mm_extract_epi64::<1>(samples).to_le_bytes();
    }
    4 * fours.len()
}

/// Blocks reduced to 6×6, one at a time; gives how many are done: all but the last, as rows are stored with two bytes of
/// the next block's.
///
/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn three_quarters<const MIDDLES: bool>(
    blocks: &[[i16; 48]],
    dequantiser: &Dequantiser,
    rows: [&mut [u8]; 6],
) -> usize {
    let line = |numbers: &[i32; MOST_SLOTS], y: usize| load(std::array::from_fn(|x| numbers[8 * y + x]));
    let factors = [0, 1, 2, 3, 4, 5].map(|y| line(&dequantiser.factors, y));
    let middles = [0, 1, 2, 3, 4, 5].map(|y| line(&dequantiser.middles, y));
    // Samples come column by column: four columns at once, and the two others.
    let turn = _mm256_setr_epi8(
        0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,
    );
    let turn_two = _mm256_setr_epi8(
        0, 4, -1, -1, 1, 5, -1, -1, 2, 6, -1, -1, 3, 7, -1, -1, 0, 4, -1, -1, 1, 5, -1, -1, 2, 6, -1, -1, 3, 7, -1, -1,
    );
    let [row0, row1, row2, row3, row4, row5] = rows;
    let mut done = 0;
    for block in &blocks[..blocks.len().saturating_sub(1)] {
        let lines = [
            dequantise::<MIDDLES>(coefficients::<0, 48>(block), factors[0], middles[0]),
            dequantise::<MIDDLES>(coefficients::<8, 48>(block), factors[1], middles[1]),
            dequantise::<MIDDLES>(coefficients::<16, 48>(block), factors[2], middles[2]),
            dequantise::<MIDDLES>(coefficients::<24, 48>(block), factors[3], middles[3]),
            dequantise::<MIDDLES>(coefficients::<32, 48>(block), factors[4], middles[4]),
            dequantise::<MIDDLES>(coefficients::<40, 48>(block), factors[5], middles[5]),
        ];
        let columns = pass_of_six::<{ (FRACTION - BETWEEN) as i32 }>(lines, 0);
        let [x0, x1, x2, x3, x4, x5] =
            pass_of_six::<{ (FRACTION + BETWEEN + 3) as i32 }>(transpose_six(columns), LEVEL);
        let two = _mm256_packs_epi32(x4, x5);
        let four = _mm256_packus_epi16(_mm256_packs_epi32(x0, x1), _mm256_packs_epi32(x2, x3));
        let four = _mm256_shuffle_epi8(four, turn);
        let two = _mm256_shuffle_epi8(_mm256_packus_epi16(two, two), turn_two);
        // Lower half: rows 0 and 1, and rows 2 and 3; upper half: rows 4 and 5, and nothing.
        let (outer, middle) = (_mm256_unpacklo_epi32(four, two), _mm256_unpackhi_epi32(four, two));
        let (upper, lower) = (_mm256_castsi256_si128(outer), _mm256_extracti128_si256::<1>(outer));
        let middle = _mm256_castsi256_si128(middle);
        let samples = [
            (&mut *row0, _mm_cvtsi128_si64(upper)),
            (&mut *row1, _mm_extract_epi64::<1>(upper)),
            (&mut *row2, _mm_cvtsi128_si64(middle)),
            (&mut *row3, _mm_extract_epi64::<1>(middle)),
            (&mut *row4, _mm_cvtsi128_si64(lower)),
            (&mut *row5, _mm_extract_epi64::<1>(lower)),
        ];
        for (row, samples) in samples {
            if let Some(to) = row.get_mut(6 * done..).and_then(<[u8]>::first_chunk_mut::<8>) {
                *to = samples.to_le_bytes();
            }
        }
        done += 1;
    }
    done
}

/// Eight inverse DCTs of six points side by side, as in the portable code.
#[target_feature(enable = "avx2")]
fn pass_of_six<const SHIFT: i32>([a, b, c, d, e, f]: [__m256i; 6], level: i32) -> [__m256i; 6] {
    let times = |value: __m256i, factor: i32| _mm256_mullo_epi32(value, _mm256_set1_epi32(factor));
    let up = |value: __m256i| _mm256_slli_epi32::<{ FRACTION as i32 }>(value);
    let base = _mm256_add_epi32(up(a), _mm256_set1_epi32(level + (1 << (SHIFT - 1))));
    let (fourth, second) = (times(e, COS_4), times(c, COS_2));
    let sides = _mm256_add_epi32(base, fourth);
    let even = [
        _mm256_add_epi32(sides, second),
        _mm256_sub_epi32(base, _mm256_add_epi32(fourth, fourth)),
        _mm256_sub_epi32(sides, second),
    ];
    let both = times(_mm256_add_epi32(b, f), COS_1_LESS_1);
    let odd = [
        _mm256_add_epi32(both, up(_mm256_add_epi32(b, d))),
        up(_mm256_sub_epi32(_mm256_sub_epi32(b, d), f)),
        _mm256_add_epi32(both, up(_mm256_sub_epi32(f, d))),
    ];
    let plus = |i: usize| _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(even[i], odd[i]));
    let minus = |i: usize| _mm256_srai_epi32::<SHIFT>(_mm256_sub_epi32(even[i], odd[i]));
    [plus(0), plus(1), plus(2), minus(2), minus(1), minus(0)]
}

/// Six columns of six numbers from six lines of eight; the last two numbers of each mean nothing.
#[target_feature(enable = "avx2")]
fn transpose_six([a, b, c, d, e, f]: [__m256i; 6]) -> [__m256i; 6] {
    let (ab, cd, ef) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d), _mm256_unpacklo_epi32(e, f));
    let (ab_high, cd_high) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
    let ef_high = _mm256_unpackhi_epi32(e, f);
    // Columns 0 and 4, 1 and 5, 2, and 3: their first four numbers, and beside them the others.
    let (first, second) = (_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
    let (third, fourth) = (_mm256_unpacklo_epi64(ab_high, cd_high), _mm256_unpackhi_epi64(ab_high, cd_high));
    let (second_end, fourth_end) = (_mm256_unpackhi_epi64(ef, ef), _mm256_unpackhi_epi64(ef_high, ef_high));
    [
        _mm256_permute2x128_si256::<0x20>(first, ef),
        _mm256_permute2x128_si256::<0x20>(second, second_end),
        _mm256_permute2x128_si256::<0x20>(third, ef_high),
        _mm256_permute2x128_si256::<0x20>(fourth, fourth_end),
        _mm256_permute2x128_si256::<0x31>(first, ef),
        _mm256_permute2x128_si256::<0x31>(second, second_end),
    ]
}
