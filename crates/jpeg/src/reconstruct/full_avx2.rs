#![allow(unsafe_code)]
//! The inverse DCT of `full.rs` with the same results: one block at a time, eight sums at once.
//!
//! There is no shorter way for blocks without AC coefficients: of photos, the time is the same with one.

use std::arch::x86_64::{
    __m256i, _mm_storel_epi64, _mm_unpackhi_epi64, _mm256_add_epi32, _mm256_castsi256_si128, _mm256_extracti128_si256,
    _mm256_loadu_si256, _mm256_madd_epi16, _mm256_mullo_epi16, _mm256_packs_epi32, _mm256_packus_epi16,
    _mm256_permute2x128_si256, _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_setr_epi32, _mm256_srai_epi32,
    _mm256_sub_epi32, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
};

use super::full::{COS, SHIFTS, bias};

/// Makes samples of a row of blocks; gives how many are done: all, if there is room for them.
///
/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn full(blocks: &[[i16; 64]], factors: &[i16; 64], samples: &mut [u8], stride: usize) -> usize {
    let fits = 8 * blocks.len() <= stride && stride.checked_mul(8).is_some_and(|bytes| bytes <= samples.len());
    if !fits {
        return 0;
    }
    let factors = pairs(factors);
    let biases = _mm256_setr_epi32(bias(0), bias(4), bias(2), bias(6), bias(1), bias(3), bias(5), bias(7));
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    for (index, block) in blocks.iter().enumerate() {
        let [a, b, c, d] = pairs(block);
        let [f, g, h, i] = factors;
        let first =
            [_mm256_mullo_epi16(a, f), _mm256_mullo_epi16(b, g), _mm256_mullo_epi16(c, h), _mm256_mullo_epi16(d, i)];
        let rows = pass::<{ SHIFTS[0] as i32 }>(first, |sum| _mm256_add_epi32(sum, biases));
        let [x0, x1, x2, x3, x4, x5, x6, x7] = pass::<{ SHIFTS[1] as i32 }>(turn(rows), |sum| sum);
        // In each half, four columns of four rows.
        let upper = _mm256_packus_epi16(_mm256_packs_epi32(x0, x1), _mm256_packs_epi32(x2, x3));
        let lower = _mm256_packus_epi16(_mm256_packs_epi32(x4, x5), _mm256_packs_epi32(x6, x7));
        let upper = _mm256_permutevar8x32_epi32(upper, order);
        let lower = _mm256_permutevar8x32_epi32(lower, order);
        let rows = [
            _mm256_castsi256_si128(upper),
            _mm256_extracti128_si256::<1>(upper),
            _mm256_castsi256_si128(lower),
            _mm256_extracti128_si256::<1>(lower),
        ];
        for (y, two) in rows.into_iter().enumerate() {
            // SAFETY: there are 8 rows of `stride` bytes, each with 8 bytes for every block, both by `fits`; the stores
            // need no alignment.
            unsafe {
                let to = samples.as_mut_ptr().add(2 * y * stride + 8 * index);
                _mm_storel_epi64(to.cast(), two);
                _mm_storel_epi64(to.add(stride).cast(), _mm_unpackhi_epi64(two, two));
            }
        }
    }
    blocks.len()
}

/// The four pairs of columns of a block's slots.
#[target_feature(enable = "avx2")]
fn pairs(slots: &[i16; 64]) -> [__m256i; 4] {
    // SAFETY: 128 bytes are there, and loads need no alignment.
    unsafe { [0, 16, 32, 48].map(|first| _mm256_loadu_si256(slots.as_ptr().add(first).cast())) }
}

/// Two weights, as often as they fit.
#[target_feature(enable = "avx2")]
fn weights(first: i16, second: i16) -> __m256i {
    _mm256_set1_epi32(i32::from(second) << 16 | i32::from(first as u16))
}

/// Eight inverse DCTs of eight points side by side, as in the portable code. Points come in pairs: 0 and 4, 2 and 6, 1
/// and 3, 5 and 7.
#[target_feature(enable = "avx2")]
fn pass<const SHIFT: i32>([a, b, c, d]: [__m256i; 4], biased: impl Fn(__m256i) -> __m256i) -> [__m256i; 8] {
    let [c0, c1, c2, c3, _, c5, c6, c7] = COS;
    let times = |pair: __m256i, first: i16, second: i16| _mm256_madd_epi16(pair, weights(first, second));
    let (sum, difference) = (biased(times(a, c0, c0)), biased(times(a, c0, -c0)));
    let (outer, inner) = (times(b, c2, c6), times(b, c6, -c2));
    let even = [
        _mm256_add_epi32(sum, outer),
        _mm256_add_epi32(difference, inner),
        _mm256_sub_epi32(difference, inner),
        _mm256_sub_epi32(sum, outer),
    ];
    let odd = [
        _mm256_add_epi32(times(c, c1, c3), times(d, c5, c7)),
        _mm256_add_epi32(times(c, c3, -c7), times(d, -c1, -c5)),
        _mm256_add_epi32(times(c, c5, -c1), times(d, c7, c3)),
        _mm256_add_epi32(times(c, c7, -c5), times(d, c3, -c1)),
    ];
    let plus = |x: usize| _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(even[x], odd[x]));
    let minus = |x: usize| _mm256_srai_epi32::<SHIFT>(_mm256_sub_epi32(even[x], odd[x]));
    [plus(0), plus(1), plus(2), plus(3), minus(3), minus(2), minus(1), minus(0)]
}

/// Pairs of rows from columns of 32-bit numbers, whose rows are in the order 0, 4, 2, 6, 1, 3, 5, 7.
#[target_feature(enable = "avx2")]
fn turn([x0, x1, x2, x3, x4, x5, x6, x7]: [__m256i; 8]) -> [__m256i; 4] {
    // Columns 0 to 3, or 4 to 7: their first and third pair of rows, and their second and fourth.
    let four = |x0: __m256i, x1: __m256i, x2: __m256i, x3: __m256i| {
        let (even, odd) = (_mm256_packs_epi32(x0, x2), _mm256_packs_epi32(x1, x3));
        let (left, right) = (_mm256_unpacklo_epi32(even, odd), _mm256_unpackhi_epi32(even, odd));
        (_mm256_unpacklo_epi64(left, right), _mm256_unpackhi_epi64(left, right))
    };
    let ((left, left_next), (right, right_next)) = (four(x0, x1, x2, x3), four(x4, x5, x6, x7));
    [
        _mm256_permute2x128_si256::<0x20>(left, right),
        _mm256_permute2x128_si256::<0x20>(left_next, right_next),
        _mm256_permute2x128_si256::<0x31>(left, right),
        _mm256_permute2x128_si256::<0x31>(left_next, right_next),
    ]
}
