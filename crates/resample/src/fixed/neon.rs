#![allow(unsafe_code)]
#![allow(clippy::wildcard_imports, reason = "intrinsics")]

use std::arch::aarch64::*;

use super::{ACROSS_HALF, ACROSS_SHIFT, DOWN_HALF, DOWN_SHIFT, scalar};
use crate::Kernel;

/// # Safety
/// The processor has NEON; `rows` are each as long as `line`, with a weight each.
#[target_feature(enable = "neon")]
pub unsafe fn mix_down(rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
    let mut x = 0;
    while x + 16 <= line.len() {
        let mut sums = [vdupq_n_s32(DOWN_HALF); 4];
        for (row, weight) in rows.iter().zip(weights) {
            // SAFETY: 16 samples from `x` on are within the row.
            let row = unsafe { vld1q_u8(row.as_ptr().add(x)) };
            let first = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(row)));
            let second = vreinterpretq_s16_u16(vmovl_u8(vget_high_u8(row)));
            let [a, b, c, d] = sums;
            sums = [
                vmlal_n_s16(a, vget_low_s16(first), *weight),
                vmlal_n_s16(b, vget_high_s16(first), *weight),
                vmlal_n_s16(c, vget_low_s16(second), *weight),
                vmlal_n_s16(d, vget_high_s16(second), *weight),
            ];
        }
        let [a, b, c, d] = sums.map(|sum| vqmovn_s32(vshrq_n_s32::<{ DOWN_SHIFT as i32 }>(sum)));
        // SAFETY: 16 samples from `x` on are within the line.
        unsafe {
            let to = line.as_mut_ptr().add(x);
            vst1q_s16(to, vcombine_s16(a, b));
            vst1q_s16(to.add(8), vcombine_s16(c, d));
        }
        x += 16;
    }
    scalar::mix_down(rows, weights, line, x);
}

/// # Safety
/// As of [`mix_down`].
#[target_feature(enable = "neon")]
pub unsafe fn mix_down_lines(rows: &[&[i16]], weights: &[i16], line: &mut [i16]) {
    let mut x = 0;
    while x + 8 <= line.len() {
        let mut sums = [vdupq_n_s32(ACROSS_HALF); 2];
        for (row, weight) in rows.iter().zip(weights) {
            // SAFETY: 8 samples from `x` on are within the row.
            let row = unsafe { vld1q_s16(row.as_ptr().add(x)) };
            let [first, second] = sums;
            sums = [vmlal_n_s16(first, vget_low_s16(row), *weight), vmlal_n_s16(second, vget_high_s16(row), *weight)];
        }
        let [first, second] = sums.map(|sum| vqmovn_s32(vshrq_n_s32::<{ ACROSS_SHIFT as i32 }>(sum)));
        // SAFETY: 8 samples from `x` on are within the line.
        unsafe { vst1q_s16(line.as_mut_ptr().add(x), vcombine_s16(first, second)) };
        x += 8;
    }
    scalar::mix_down_lines(rows, weights, line, x);
}

/// # Safety
/// The processor has NEON; the lines are as long as [`super::mix_across`] asserts.
#[target_feature(enable = "neon")]
pub unsafe fn mix_across<const CHANNELS: usize>(line: &[i16], kernel: &Kernel, mixed: &mut [i16]) {
    for index in 0..kernel.result() as usize {
        // SAFETY: the line reaches as far as the padded weights.
        let from = unsafe { line.as_ptr().add(kernel.start(index) * CHANNELS) };
        let weights = kernel.fixed(index);
        if CHANNELS == 1 {
            let mut sums = vdupq_n_s32(0);
            for (group, weights) in weights.as_chunks::<8>().0.iter().enumerate() {
                // SAFETY: as above.
                let (from, by) = unsafe { (vld1q_s16(from.add(group * 8)), vld1q_s16(weights.as_ptr())) };
                sums = vmlal_s16(sums, vget_low_s16(from), vget_low_s16(by));
                sums = vmlal_high_s16(sums, from, by);
            }
            let sum = (vaddvq_s32(sums) + ACROSS_HALF) >> ACROSS_SHIFT;
            mixed[index] = sum.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        } else {
            let mut sums = vdupq_n_s32(ACROSS_HALF);
            for (tap, weight) in weights[..kernel.taps()].iter().enumerate() {
                // SAFETY: as above; of 3 channels the fourth lane is the next pixel's, or padding.
                let pixel = unsafe { vld1_s16(from.add(tap * CHANNELS)) };
                sums = vmlal_n_s16(sums, pixel, *weight);
            }
            let pixel = vqmovn_s32(vshrq_n_s32::<{ ACROSS_SHIFT as i32 }>(sums));
            // SAFETY: the line has room for a sample beyond its end; the next pixel overwrites it.
            unsafe { vst1_s16(mixed.as_mut_ptr().add(index * CHANNELS), pixel) };
        }
    }
}
