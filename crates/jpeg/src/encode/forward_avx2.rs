#![allow(unsafe_code)]
//! The DCT and quantisation of `forward.rs` with the same results: two blocks at a time, one in each half of a register.

use std::arch::x86_64::{
    __m256i, _mm_loadl_epi64, _mm_loadu_si128, _mm_storeu_si128, _mm_unpacklo_epi64, _mm256_abs_epi16,
    _mm256_add_epi16, _mm256_add_epi32, _mm256_broadcastsi128_si256, _mm256_castsi256_si128, _mm256_cmpeq_epi16,
    _mm256_cvtepu8_epi16, _mm256_extracti128_si256, _mm256_madd_epi16, _mm256_movemask_epi8, _mm256_mulhi_epu16,
    _mm256_or_si256, _mm256_packs_epi16, _mm256_packs_epi32, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_sign_epi16, _mm256_srai_epi32, _mm256_sub_epi16,
    _mm256_sub_epi32, _mm256_unpackhi_epi16, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi16,
    _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
};

use super::Quantiser;
use super::forward::{Block, COS, SHIFTS, Samples};
use crate::zigzag::NATURAL;

/// The first and the last column that eight coefficients in zigzag order come from.
const COLUMNS: [(usize, usize); 8] = [(0, 3), (0, 5), (0, 4), (3, 7), (0, 4), (3, 7), (2, 7), (4, 7)];

/// For each eight coefficients, and each column: which of its bytes go where.
static SHUFFLES: [[[u8; 16]; 8]; 8] = shuffles();

const fn shuffles() -> [[[u8; 16]; 8]; 8] {
    let mut shuffles = [[[0x80; 16]; 8]; 8];
    let mut k = 0;
    while k < 64 {
        let (row, column) = (NATURAL[k] / 8, NATURAL[k] as usize % 8);
        assert!(column >= COLUMNS[k / 8].0 && column <= COLUMNS[k / 8].1);
        shuffles[k / 8][column][k % 8 * 2] = row * 2;
        shuffles[k / 8][column][k % 8 * 2 + 1] = row * 2 + 1;
        k += 1;
    }
    shuffles
}

/// Makes coefficients of two blocks, and gives for each which are not 0; `None` where samples are missing.
///
/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn forward(
    [left, right]: [Samples<'_>; 2],
    quantiser: &Quantiser,
    blocks: &mut [Block; 2],
) -> Option<[u64; 2]> {
    let fits = |samples: &Samples<'_>| {
        samples.stride.checked_mul(7).and_then(|last| last.checked_add(8)).is_some_and(|end| end <= samples.bytes.len())
    };
    if !fits(&left) || !fits(&right) {
        return None;
    }
    let middle = _mm256_set1_epi16(128);
    let rows = [0, 1, 2, 3, 4, 5, 6, 7].map(|y| {
        // SAFETY: row 7 ends within the samples, both by `fits`; loads need no alignment.
        let (left, right) = unsafe {
            (
                _mm_loadl_epi64(left.bytes.as_ptr().add(y * left.stride).cast()),
                _mm_loadl_epi64(right.bytes.as_ptr().add(y * right.stride).cast()),
            )
        };
        _mm256_sub_epi16(_mm256_cvtepu8_epi16(_mm_unpacklo_epi64(left, right)), middle)
    });
    let columns = pass::<{ SHIFTS[1] as i32 }>(transpose(pass::<{ SHIFTS[0] as i32 }>(rows)));
    let mut quantised = columns;
    for (u, column) in quantised.iter_mut().enumerate() {
        *column = quantise(*column, quantiser, u);
    }
    let zigzag = [
        gather::<0>(&quantised),
        gather::<1>(&quantised),
        gather::<2>(&quantised),
        gather::<3>(&quantised),
        gather::<4>(&quantised),
        gather::<5>(&quantised),
        gather::<6>(&quantised),
        gather::<7>(&quantised),
    ];
    let zero = _mm256_setzero_si256();
    let [left, right] = blocks;
    let mut set = [0, 0];
    for (i, pair) in zigzag.as_chunks::<2>().0.iter().enumerate() {
        for (j, eight) in pair.iter().enumerate() {
            let at = 16 * i + 8 * j;
            // SAFETY: 16 bytes are there behind each place, as it is 56 at most; stores need no alignment.
            unsafe {
                _mm_storeu_si128(left.as_mut_ptr().add(at).cast(), _mm256_castsi256_si128(*eight));
                _mm_storeu_si128(right.as_mut_ptr().add(at).cast(), _mm256_extracti128_si256::<1>(*eight));
            }
        }
        let zeros = _mm256_packs_epi16(_mm256_cmpeq_epi16(pair[0], zero), _mm256_cmpeq_epi16(pair[1], zero));
        let bits = !(_mm256_movemask_epi8(zeros) as u32);
        set[0] |= u64::from(bits & 0xFFFF) << (16 * i);
        set[1] |= u64::from(bits >> 16) << (16 * i);
    }
    Some(set)
}

/// Two weights, as often as they fit.
#[target_feature(enable = "avx2")]
fn weights(first: i16, second: i16) -> __m256i {
    _mm256_set1_epi32(i32::from(second) << 16 | i32::from(first as u16))
}

/// Sixteen DCTs of eight points side by side, as in the portable code.
#[target_feature(enable = "avx2")]
fn pass<const SHIFT: i32>(points: [__m256i; 8]) -> [__m256i; 8] {
    let [c0, c1, c2, c3, _, c5, c6, c7] = COS;
    let sum = |i: usize| _mm256_add_epi16(points[i], points[7 - i]);
    let difference = |i: usize| _mm256_sub_epi16(points[i], points[7 - i]);
    // Pairs of numbers that are multiplied and added at once: of the lower and of the upper columns of each half.
    let pairs = |x: __m256i, y: __m256i| [_mm256_unpacklo_epi16(x, y), _mm256_unpackhi_epi16(x, y)];
    let (outer, inner) = (pairs(sum(0), sum(3)), pairs(sum(1), sum(2)));
    let (ab, cd) = (pairs(difference(0), difference(1)), pairs(difference(2), difference(3)));
    let times = |x: [__m256i; 2], first: i16, second: i16| x.map(|x| _mm256_madd_epi16(x, weights(first, second)));
    let rounding = _mm256_set1_epi32(1 << (SHIFT - 1));
    let down = |x: [__m256i; 2]| {
        let [lower, upper] = x.map(|x| _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(x, rounding)));
        _mm256_packs_epi32(lower, upper)
    };
    let plus = |x: [__m256i; 2], y: [__m256i; 2]| [_mm256_add_epi32(x[0], y[0]), _mm256_add_epi32(x[1], y[1])];
    let minus = |x: [__m256i; 2], y: [__m256i; 2]| [_mm256_sub_epi32(x[0], y[0]), _mm256_sub_epi32(x[1], y[1])];
    let (outer_sum, inner_sum) = (times(outer, c0, c0), times(inner, c0, c0));
    [
        down(plus(outer_sum, inner_sum)),
        down(plus(times(ab, c1, c3), times(cd, c5, c7))),
        down(plus(times(outer, c2, -c2), times(inner, c6, -c6))),
        down(plus(times(ab, c3, -c7), times(cd, -c1, -c5))),
        down(minus(outer_sum, inner_sum)),
        down(plus(times(ab, c5, -c1), times(cd, c7, c3))),
        down(plus(times(outer, c6, -c6), times(inner, -c2, c2))),
        down(plus(times(ab, c7, -c5), times(cd, c3, -c1))),
    ]
}

/// Exchanges rows and columns of both blocks.
#[target_feature(enable = "avx2")]
fn transpose([a, b, c, d, e, f, g, h]: [__m256i; 8]) -> [__m256i; 8] {
    let words = |x, y| (_mm256_unpacklo_epi16(x, y), _mm256_unpackhi_epi16(x, y));
    let doubles = |x, y| (_mm256_unpacklo_epi32(x, y), _mm256_unpackhi_epi32(x, y));
    let quads = |x, y| (_mm256_unpacklo_epi64(x, y), _mm256_unpackhi_epi64(x, y));
    let ((ab0, ab4), (cd0, cd4), (ef0, ef4), (gh0, gh4)) = (words(a, b), words(c, d), words(e, f), words(g, h));
    let ((ad0, ad2), (eh0, eh2)) = (doubles(ab0, cd0), doubles(ef0, gh0));
    let ((ad4, ad6), (eh4, eh6)) = (doubles(ab4, cd4), doubles(ef4, gh4));
    let ((x0, x1), (x2, x3)) = (quads(ad0, eh0), quads(ad2, eh2));
    let ((x4, x5), (x6, x7)) = (quads(ad4, eh4), quads(ad6, eh6));
    [x0, x1, x2, x3, x4, x5, x6, x7]
}

/// One column of both blocks, divided by its steps.
#[target_feature(enable = "avx2")]
fn quantise(column: __m256i, quantiser: &Quantiser, u: usize) -> __m256i {
    let load = |numbers: &[u16; 64]| {
        let eight = &numbers.as_chunks::<8>().0[u];
        // SAFETY: 16 bytes are there, and loads need no alignment.
        _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(eight.as_ptr().cast()) })
    };
    let sum = _mm256_add_epi16(_mm256_abs_epi16(column), load(&quantiser.halves));
    let quotient = _mm256_mulhi_epu16(_mm256_mulhi_epu16(sum, load(&quantiser.reciprocals)), load(&quantiser.scales));
    _mm256_sign_epi16(quotient, column)
}

/// Eight coefficients in zigzag order, of both blocks.
#[target_feature(enable = "avx2")]
fn gather<const EIGHT: usize>(columns: &[__m256i; 8]) -> __m256i {
    let (first, last) = COLUMNS[EIGHT];
    let mut gathered = _mm256_setzero_si256();
    for column in first..=last {
        // SAFETY: 16 bytes are there, and loads need no alignment.
        let places = unsafe { _mm_loadu_si128(SHUFFLES[EIGHT][column].as_ptr().cast()) };
        let some = _mm256_shuffle_epi8(columns[column], _mm256_broadcastsi128_si256(places));
        gathered = _mm256_or_si256(gathered, some);
    }
    gathered
}
