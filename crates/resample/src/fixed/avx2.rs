#![allow(unsafe_code)]
#![allow(clippy::wildcard_imports, reason = "intrinsics")]
#![allow(clippy::cast_ptr_alignment, reason = "loads and stores are unaligned")]

use std::arch::x86_64::*;

use super::{ACROSS_HALF, ACROSS_SHIFT, ALPHA_SCALE, DOWN_HALF, DOWN_SHIFT, LEAST, scalar, sse41};
use crate::Kernel;

/// As many lines as there are lists of weights, from the same rows: the more, the less often they are unpacked.
///
/// # Safety
/// The processor has AVX2; `rows` are an even number, each as long as the lines, with a weight each for every line.
#[target_feature(enable = "avx2")]
pub unsafe fn mix_down<const LINES: usize>(rows: &[&[u8]], weights: [&[i16]; LINES], mut lines: [&mut [i16]; LINES]) {
    let length = lines[0].len();
    let zero = _mm256_setzero_si256();
    let mut x = 0;
    while x + 32 <= length {
        let mut sums = [[_mm256_set1_epi32(DOWN_HALF); 4]; LINES];
        for (pair, rows) in rows.as_chunks::<2>().0.iter().enumerate() {
            // SAFETY: 32 samples from `x` on are within the rows.
            let (upper, lower) = unsafe {
                let [upper, lower] = rows.map(|row| row.as_ptr().add(x).cast());
                (_mm256_loadu_si256(upper), _mm256_loadu_si256(lower))
            };
            let (first, second) = (_mm256_unpacklo_epi8(upper, lower), _mm256_unpackhi_epi8(upper, lower));
            let pairs = [
                _mm256_unpacklo_epi8(first, zero),
                _mm256_unpackhi_epi8(first, zero),
                _mm256_unpacklo_epi8(second, zero),
                _mm256_unpackhi_epi8(second, zero),
            ];
            for (sums, weights) in sums.iter_mut().zip(weights) {
                // SAFETY: there are as many weights as rows.
                let weights = unsafe { weights.as_ptr().add(pair * 2).cast::<i32>().read_unaligned() };
                let weights = _mm256_set1_epi32(weights);
                for (sum, pairs) in sums.iter_mut().zip(pairs) {
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, weights));
                }
            }
        }
        for (sums, line) in sums.iter().zip(&mut lines) {
            let [a, b, c, d] = sums.map(|sum| _mm256_srai_epi32::<{ DOWN_SHIFT as i32 }>(sum));
            // Each half holds columns of its own half of the 32.
            let (first, second) = (_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
            // SAFETY: 32 samples from `x` on are within the line.
            unsafe {
                let to = line.as_mut_ptr().add(x);
                _mm256_storeu_si256(to.cast(), _mm256_permute2x128_si256::<0x20>(first, second));
                _mm256_storeu_si256(to.add(16).cast(), _mm256_permute2x128_si256::<0x31>(first, second));
            }
        }
        x += 32;
    }
    for (line, weights) in lines.into_iter().zip(weights) {
        scalar::mix_down(rows, weights, line, x);
    }
}

/// As [`mix_down`], of rows that are lines already.
///
/// # Safety
/// As of [`mix_down`].
#[target_feature(enable = "avx2")]
pub unsafe fn mix_down_lines<const LINES: usize>(
    rows: &[&[i16]],
    weights: [&[i16]; LINES],
    mut lines: [&mut [i16]; LINES],
) {
    let length = lines[0].len();
    let mut x = 0;
    while x + 32 <= length {
        let mut sums = [[_mm256_set1_epi32(ACROSS_HALF); 4]; LINES];
        for (pair, [upper, lower]) in rows.as_chunks::<2>().0.iter().enumerate() {
            // SAFETY: 32 samples from `x` on are within the rows.
            let pairs = unsafe {
                let (upper, lower) = (upper.as_ptr().add(x), lower.as_ptr().add(x));
                let (a, b) = (_mm256_loadu_si256(upper.cast()), _mm256_loadu_si256(lower.cast()));
                let (c, d) = (_mm256_loadu_si256(upper.add(16).cast()), _mm256_loadu_si256(lower.add(16).cast()));
                [
                    _mm256_unpacklo_epi16(a, b),
                    _mm256_unpackhi_epi16(a, b),
                    _mm256_unpacklo_epi16(c, d),
                    _mm256_unpackhi_epi16(c, d),
                ]
            };
            for (sums, weights) in sums.iter_mut().zip(weights) {
                // SAFETY: there are as many weights as rows.
                let weights = unsafe { weights.as_ptr().add(pair * 2).cast::<i32>().read_unaligned() };
                let weights = _mm256_set1_epi32(weights);
                for (sum, pairs) in sums.iter_mut().zip(pairs) {
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, weights));
                }
            }
        }
        for (sums, line) in sums.iter().zip(&mut lines) {
            let [a, b, c, d] = sums.map(|sum| _mm256_srai_epi32::<{ ACROSS_SHIFT as i32 }>(sum));
            // SAFETY: 32 samples from `x` on are within the line.
            unsafe {
                let to = line.as_mut_ptr().add(x);
                _mm256_storeu_si256(to.cast(), _mm256_packs_epi32(a, b));
                _mm256_storeu_si256(to.add(16).cast(), _mm256_packs_epi32(c, d));
            }
        }
        x += 32;
    }
    for (line, weights) in lines.into_iter().zip(weights) {
        scalar::mix_down_lines(rows, weights, line, x);
    }
}

/// As many lines as there are, so that they share the unpacking of weights.
///
/// # Safety
/// The processor has AVX2; the lines are as long as [`super::mix_across`] asserts.
#[target_feature(enable = "avx2")]
pub unsafe fn mix_across<const CHANNELS: usize, const LINES: usize>(
    lines: [&[i16]; LINES],
    kernel: &Kernel,
    mut mixed: [&mut [i16]; LINES],
) {
    let count = kernel.result() as usize;
    if CHANNELS == 1 {
        for (line, mixed) in lines.into_iter().zip(mixed) {
            // SAFETY: as the caller's.
            unsafe { mix_singles(line, kernel, mixed) };
        }
        return;
    }
    for index in 0..count {
        // SAFETY: as the caller's.
        let pixels = unsafe { pixels::<CHANNELS, LINES>(lines, kernel, index) };
        for (mixed, pixel) in mixed.iter_mut().zip(pixels) {
            // SAFETY: the line has room for a sample beyond its end; the next pixel overwrites it.
            unsafe { _mm_storel_epi64(mixed.as_mut_ptr().add(index * CHANNELS).cast(), pixel) };
        }
    }
}

/// # Safety
/// As of [`mix_across`].
#[target_feature(enable = "avx2")]
unsafe fn mix_singles(line: &[i16], kernel: &Kernel, mixed: &mut [i16]) {
    let count = kernel.result() as usize;
    let half = _mm_set1_epi32(ACROSS_HALF);
    for index in (0..count).step_by(4) {
        // SAFETY: as the caller's; the last result may be computed several times.
        let [a, b, c, d] = [0, 1, 2, 3].map(|more| unsafe { single(line, kernel, (index + more).min(count - 1)) });
        let sums = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
        let sums = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
        let sums = _mm_srai_epi32::<{ ACROSS_SHIFT as i32 }>(_mm_add_epi32(sums, half));
        // SAFETY: the line has room for 4 samples beyond its end.
        unsafe { _mm_storel_epi64(mixed.as_mut_ptr().add(index).cast(), _mm_packs_epi32(sums, sums)) };
    }
}

/// Eight partial sums of a result of one channel.
#[target_feature(enable = "avx2")]
unsafe fn single(line: &[i16], kernel: &Kernel, index: usize) -> __m256i {
    let weights = kernel.fixed(index);
    let mut sums = _mm256_setzero_si256();
    // SAFETY: the line reaches as far as the padded weights.
    unsafe {
        let (from, by) = (line.as_ptr().add(kernel.start(index)), weights.as_ptr());
        let mut tap = 0;
        while tap + 16 <= weights.len() {
            let (from, by) = (_mm256_loadu_si256(from.add(tap).cast()), _mm256_loadu_si256(by.add(tap).cast()));
            sums = _mm256_add_epi32(sums, _mm256_madd_epi16(from, by));
            tap += 16;
        }
        if tap < weights.len() {
            let (from, by) = (_mm_loadu_si128(from.add(tap).cast()), _mm_loadu_si128(by.add(tap).cast()));
            sums = _mm256_add_epi32(sums, _mm256_zextsi128_si256(_mm_madd_epi16(from, by)));
        }
    }
    sums
}

/// A result of 3 or 4 channels of each line, in the lower half; of 3 with one more.
#[target_feature(enable = "avx2")]
unsafe fn pixels<const CHANNELS: usize, const LINES: usize>(
    lines: [&[i16]; LINES],
    kernel: &Kernel,
    index: usize,
) -> [__m128i; LINES] {
    let weights = kernel.fixed(index);
    let start = kernel.start(index) * CHANNELS;
    let order = _mm256_broadcastsi128_si256(sse41::order::<CHANNELS>());
    let spread = _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1);
    let mut sums = [_mm256_zextsi128_si256(_mm_set1_epi32(ACROSS_HALF)); LINES];
    for (group, weights) in weights[..kernel.taps().next_multiple_of(4)].as_chunks::<4>().0.iter().enumerate() {
        // SAFETY: four weights are 64 bits.
        let weights = unsafe { _mm_loadl_epi64(weights.as_ptr().cast()) };
        let weights = _mm256_permutevar8x32_epi32(_mm256_castsi128_si256(weights), spread);
        for (sum, line) in sums.iter_mut().zip(lines) {
            // SAFETY: the line reaches as far as the padded weights, and one vector further.
            let pixels = unsafe {
                let from = line.as_ptr().add(start + group * 4 * CHANNELS);
                if CHANNELS == 4 {
                    _mm256_loadu_si256(from.cast())
                } else {
                    _mm256_loadu2_m128i(from.add(2 * CHANNELS).cast(), from.cast())
                }
            };
            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, order), weights));
        }
    }
    sums.map(|sum| {
        let sum = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256::<1>(sum));
        let sum = _mm_srai_epi32::<{ ACROSS_SHIFT as i32 }>(sum);
        _mm_packs_epi32(sum, sum)
    })
}

/// What [`scalar::premultiply`] does.
///
/// # Safety
/// The processor has AVX2; `line` is as long as `row`.
#[target_feature(enable = "avx2")]
pub unsafe fn premultiply(row: &[u8], line: &mut [i16]) {
    // Of two pixels in each half: alpha for the colours, and a place for 255.
    let spread = _mm256_broadcastsi128_si256(_mm_setr_epi8(6, 7, 6, 7, 6, 7, -1, -1, 14, 15, 14, 15, 14, 15, -1, -1));
    let (opaque, half) = (_mm256_set1_epi64x(255 << 48), _mm256_set1_epi16(2));
    let mut x = 0;
    while x + 16 <= row.len() {
        // SAFETY: 16 samples from `x` on are within row and line.
        unsafe {
            let pixels = _mm256_cvtepu8_epi16(_mm_loadu_si128(row.as_ptr().add(x).cast()));
            let alpha = _mm256_shuffle_epi8(pixels, spread);
            // A pixel's last sample is alpha itself, times 255.
            let products = _mm256_mullo_epi16(pixels, _mm256_or_si256(alpha, opaque));
            let products = _mm256_add_epi16(products, _mm256_add_epi16(_mm256_srli_epi16::<8>(products), half));
            let products = _mm256_srli_epi16::<2>(products);
            _mm256_storeu_si256(line.as_mut_ptr().add(x).cast(), products);
        }
        x += 16;
    }
    scalar::premultiply(&row[x..], &mut line[x..]);
}

/// What [`scalar::unpremultiply`] does.
///
/// # Safety
/// The processor has AVX2; `row` is as long as `line`.
#[target_feature(enable = "avx2")]
pub unsafe fn unpremultiply(line: &[i16], row: &mut [u8]) {
    let (opaque, half) = (_mm256_set1_ps(255.0), _mm256_set1_ps(0.5));
    let (least, of_alpha) = (_mm256_set1_ps(f32::from(LEAST)), _mm256_set1_ps(ALPHA_SCALE));
    let mut x = 0;
    while x + 16 <= line.len() {
        // SAFETY: 16 samples from `x` on are within the line.
        let pixels = unsafe { _mm256_loadu_si256(line.as_ptr().add(x).cast()) };
        // Pixels 0 and 2, and pixels 1 and 3.
        let even = _mm256_cvtepi32_ps(_mm256_srai_epi32::<16>(_mm256_unpacklo_epi16(pixels, pixels)));
        let odd = _mm256_cvtepi32_ps(_mm256_srai_epi32::<16>(_mm256_unpackhi_epi16(pixels, pixels)));
        // Twice alpha of an even pixel, twice of the odd one beside it.
        let alpha = _mm256_shuffle_ps::<0b11_11_11_11>(even, odd);
        let seen = _mm256_cmp_ps::<_CMP_GE_OQ>(alpha, least);
        let scale = _mm256_and_ps(_mm256_div_ps(opaque, alpha), seen);
        let even_scale = _mm256_blend_ps::<0b1000_1000>(_mm256_permute_ps::<0b00_00_00_00>(scale), of_alpha);
        let odd_scale = _mm256_blend_ps::<0b1000_1000>(_mm256_permute_ps::<0b10_10_10_10>(scale), of_alpha);
        let even = _mm256_cvttps_epi32(_mm256_add_ps(_mm256_mul_ps(even, even_scale), half));
        let odd = _mm256_cvttps_epi32(_mm256_add_ps(_mm256_mul_ps(odd, odd_scale), half));
        let samples = _mm256_packs_epi32(even, odd);
        let samples = _mm256_permute4x64_epi64::<0b00_00_10_00>(_mm256_packus_epi16(samples, samples));
        // SAFETY: 16 samples from `x` on are within the row.
        unsafe { _mm_storeu_si128(row.as_mut_ptr().add(x).cast(), _mm256_castsi256_si128(samples)) };
        x += 16;
    }
    scalar::unpremultiply(&line[x..], &mut row[x..]);
}
