use super::{ACROSS_HALF, ACROSS_SHIFT, ALPHA_SCALE, DOWN_HALF, DOWN_SHIFT, LEAST};
use crate::Kernel;

/// Columns from `first` on.
pub fn mix_down(rows: &[&[u8]], weights: &[i16], line: &mut [i16], first: usize) {
    for (x, to) in line.iter_mut().enumerate().skip(first) {
        let products = rows.iter().zip(weights).map(|(row, weight)| i32::from(row[x]) * i32::from(*weight));
        *to = saturated((DOWN_HALF + products.sum::<i32>()) >> DOWN_SHIFT);
    }
}

/// As [`mix_down`], of lines.
pub fn mix_down_lines(rows: &[&[i16]], weights: &[i16], line: &mut [i16], first: usize) {
    for (x, to) in line.iter_mut().enumerate().skip(first) {
        let products = rows.iter().zip(weights).map(|(row, weight)| i32::from(row[x]) * i32::from(*weight));
        *to = saturated((ACROSS_HALF + products.sum::<i32>()) >> ACROSS_SHIFT);
    }
}

pub fn mix_across<const CHANNELS: usize>(line: &[i16], kernel: &Kernel, mixed: &mut [i16]) {
    for (index, pixel) in mixed.as_chunks_mut::<CHANNELS>().0.iter_mut().take(kernel.result() as usize).enumerate() {
        let from = line[kernel.start(index) * CHANNELS..].as_chunks::<CHANNELS>().0;
        let mut sums = [ACROSS_HALF; CHANNELS];
        for (from, weight) in from.iter().zip(kernel.fixed(index)) {
            for (sum, from) in sums.iter_mut().zip(from) {
                *sum += i32::from(*from) * i32::from(*weight);
            }
        }
        *pixel = sums.map(|sum| saturated(sum >> ACROSS_SHIFT));
    }
}

/// Pixels of four samples, colours times alpha / 255, with [`LINE_BITS`](super::LINE_BITS) behind the point.
pub fn premultiply(row: &[u8], line: &mut [i16]) {
    for (to, [r, g, b, alpha]) in line.as_chunks_mut::<4>().0.iter_mut().zip(row.as_chunks::<4>().0) {
        *to = [*r, *g, *b, 255].map(|colour| {
            let product = u16::from(colour) * u16::from(*alpha);
            // 64/255 = (1 + 1/255)/4. That 1/255 is 1/256 here makes less than one of a quarter, and nothing of opaque colours.
            ((product + (product >> 8) + 2) >> 2) as i16
        });
    }
}

/// The reverse; alphas below [`LEAST`] have no colour.
pub fn unpremultiply(line: &[i16], row: &mut [u8]) {
    for (to, [r, g, b, alpha]) in row.as_chunks_mut::<4>().0.iter_mut().zip(line.as_chunks::<4>().0) {
        let scale = if *alpha >= LEAST { 255.0 / f32::from(*alpha) } else { 0.0 };
        // Float casts saturate.
        let [r, g, b] = [r, g, b].map(|colour| (f32::from(*colour) * scale + 0.5) as u8);
        *to = [r, g, b, (f32::from(*alpha) * ALPHA_SCALE + 0.5) as u8];
    }
}

fn saturated(value: i32) -> i16 {
    value.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}
