#![allow(unsafe_code)]
#![allow(clippy::wildcard_imports, reason = "intrinsics")]
#![allow(clippy::cast_ptr_alignment, reason = "loads and stores are unaligned")]

use std::arch::x86_64::*;

use super::{ACROSS_HALF, ACROSS_SHIFT, DOWN_HALF, DOWN_SHIFT, scalar};
use crate::Kernel;

/// # Safety
/// The processor has SSE4.1; `rows` are an even number, each as long as `line`, with a weight each.
#[target_feature(enable = "sse4.1")]
pub unsafe fn mix_down(rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
    let (zero, half) = (_mm_setzero_si128(), _mm_set1_epi32(DOWN_HALF));
    let mut x = 0;
    while x + 16 <= line.len() {
        let mut sums = [half; 4];
        for (rows, weights) in rows.as_chunks::<2>().0.iter().zip(weights.as_chunks::<2>().0) {
            let weights = _mm_set1_epi32(pair(*weights));
            // SAFETY: 16 samples from `x` on are within the rows.
            let (upper, lower) = unsafe {
                let [upper, lower] = rows.map(|row| row.as_ptr().add(x).cast());
                (_mm_loadu_si128(upper), _mm_loadu_si128(lower))
            };
            let (first, second) = (_mm_unpacklo_epi8(upper, lower), _mm_unpackhi_epi8(upper, lower));
            let pairs = [
                _mm_unpacklo_epi8(first, zero),
                _mm_unpackhi_epi8(first, zero),
                _mm_unpacklo_epi8(second, zero),
                _mm_unpackhi_epi8(second, zero),
            ];
            for (sum, pairs) in sums.iter_mut().zip(pairs) {
                *sum = _mm_add_epi32(*sum, _mm_madd_epi16(pairs, weights));
            }
        }
        let [a, b, c, d] = sums.map(|sum| _mm_srai_epi32::<{ DOWN_SHIFT as i32 }>(sum));
        // SAFETY: 16 samples from `x` on are within the line.
        unsafe {
            let to = line.as_mut_ptr().add(x);
            _mm_storeu_si128(to.cast(), _mm_packs_epi32(a, b));
            _mm_storeu_si128(to.add(8).cast(), _mm_packs_epi32(c, d));
        }
        x += 16;
    }
    scalar::mix_down(rows, weights, line, x);
}

/// # Safety
/// As of [`mix_down`].
#[target_feature(enable = "sse4.1")]
pub unsafe fn mix_down_lines(rows: &[&[i16]], weights: &[i16], line: &mut [i16]) {
    let half = _mm_set1_epi32(ACROSS_HALF);
    let mut x = 0;
    while x + 8 <= line.len() {
        let (mut first, mut second) = (half, half);
        for (rows, weights) in rows.as_chunks::<2>().0.iter().zip(weights.as_chunks::<2>().0) {
            let weights = _mm_set1_epi32(pair(*weights));
            // SAFETY: 8 samples from `x` on are within the rows.
            let (upper, lower) = unsafe {
                let [upper, lower] = rows.map(|row| row.as_ptr().add(x).cast());
                (_mm_loadu_si128(upper), _mm_loadu_si128(lower))
            };
            first = _mm_add_epi32(first, _mm_madd_epi16(_mm_unpacklo_epi16(upper, lower), weights));
            second = _mm_add_epi32(second, _mm_madd_epi16(_mm_unpackhi_epi16(upper, lower), weights));
        }
        let first = _mm_srai_epi32::<{ ACROSS_SHIFT as i32 }>(first);
        let second = _mm_srai_epi32::<{ ACROSS_SHIFT as i32 }>(second);
        // SAFETY: 8 samples from `x` on are within the line.
        unsafe { _mm_storeu_si128(line.as_mut_ptr().add(x).cast(), _mm_packs_epi32(first, second)) };
        x += 8;
    }
    scalar::mix_down_lines(rows, weights, line, x);
}

/// Two weights in one 32-bit lane.
pub fn pair([first, second]: [i16; 2]) -> i32 {
    i32::from(first as u16) | i32::from(second) << 16
}

/// Brings the same channels of two pixels beside each other.
#[target_feature(enable = "sse4.1")]
pub fn order<const CHANNELS: usize>() -> __m128i {
    if CHANNELS == 3 {
        _mm_setr_epi8(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1)
    } else {
        _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)
    }
}

/// # Safety
/// The processor has SSE4.1; the lines are as long as [`super::mix_across`] asserts.
#[target_feature(enable = "sse4.1")]
pub unsafe fn mix_across<const CHANNELS: usize>(line: &[i16], kernel: &Kernel, mixed: &mut [i16]) {
    let count = kernel.result() as usize;
    if CHANNELS == 1 {
        let half = _mm_set1_epi32(ACROSS_HALF);
        let mut index = 0;
        while index < count {
            // SAFETY: as the caller's; the last result may be computed several times.
            let [a, b, c, d] = [0, 1, 2, 3].map(|more| unsafe { single(line, kernel, (index + more).min(count - 1)) });
            let sums = _mm_hadd_epi32(_mm_hadd_epi32(a, b), _mm_hadd_epi32(c, d));
            let sums = _mm_srai_epi32::<{ ACROSS_SHIFT as i32 }>(_mm_add_epi32(sums, half));
            // SAFETY: the line has room for 4 samples beyond its end.
            unsafe { _mm_storel_epi64(mixed.as_mut_ptr().add(index).cast(), _mm_packs_epi32(sums, sums)) };
            index += 4;
        }
    } else {
        for index in 0..count {
            // SAFETY: as the caller's.
            let sums = unsafe { pixel::<CHANNELS>(line, kernel, index) };
            // SAFETY: the line has room for a sample beyond its end; the next pixel overwrites it.
            unsafe { _mm_storel_epi64(mixed.as_mut_ptr().add(index * CHANNELS).cast(), sums) };
        }
    }
}

/// Four partial sums of a result of one channel.
#[target_feature(enable = "sse4.1")]
unsafe fn single(line: &[i16], kernel: &Kernel, index: usize) -> __m128i {
    let weights = kernel.fixed(index);
    let mut sums = _mm_setzero_si128();
    for (group, weights) in weights.as_chunks::<8>().0.iter().enumerate() {
        // SAFETY: the line reaches as far as the padded weights.
        let (from, by) = unsafe {
            let from = line.as_ptr().add(kernel.start(index) + group * 8);
            (_mm_loadu_si128(from.cast()), _mm_loadu_si128(weights.as_ptr().cast()))
        };
        sums = _mm_add_epi32(sums, _mm_madd_epi16(from, by));
    }
    sums
}

/// A result of 3 or 4 channels in the lower half; of 3 with one more.
#[target_feature(enable = "sse4.1")]
unsafe fn pixel<const CHANNELS: usize>(line: &[i16], kernel: &Kernel, index: usize) -> __m128i {
    let weights = kernel.fixed(index);
    let order = order::<CHANNELS>();
    let mut sums = _mm_set1_epi32(ACROSS_HALF);
    for (group, weights) in weights[..kernel.taps().next_multiple_of(2)].as_chunks::<2>().0.iter().enumerate() {
        // SAFETY: the line reaches as far as the padded weights, and one vector further.
        let pixels = unsafe { _mm_loadu_si128(line.as_ptr().add((kernel.start(index) + group * 2) * CHANNELS).cast()) };
        sums = _mm_add_epi32(sums, _mm_madd_epi16(_mm_shuffle_epi8(pixels, order), _mm_set1_epi32(pair(*weights))));
    }
    let sums = _mm_srai_epi32::<{ ACROSS_SHIFT as i32 }>(sums);
    _mm_packs_epi32(sums, sums)
}
