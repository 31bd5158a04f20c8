//! Samples as 32-bit floats: for 16 bits and very wide kernels, where integers are too coarse.
//!
//! Each source row is lifted to floats and mixed across, and as many of these narrow rows are held as a kernel is high.
//! Sums are taken in one order and products are never fused with sums, so that vectors of any width give the same bits.

use crate::flow::{Kernels, Mixer};
use crate::ring::Ring;
use crate::{Kernel, Path};

/// Floats that are summed at a time, so that the sums stay in registers.
const BLOCK: usize = 32;

/// How rows become floats, and the reverse.
pub trait Lift {
    /// The samples of a row as floats, premultiplied where they have alpha; pixels of 3 channels get a fourth of 0.
    fn lift(&self, row: &[u8], floats: &mut [f32]);

    /// The reverse, rounded.
    fn lower(&self, floats: &[f32], row: &mut [u8]);
}

/// Mixes samples as `lift` sees them.
pub struct Floats<L> {
    lift: L,
    path: Path,
    /// Floats of a pixel.
    lanes: usize,
    row: Vec<f32>,
    narrow: Ring<f32>,
    mixed: Vec<f32>,
}

impl<L: Lift> Floats<L> {
    pub fn new(path: Path, channels: usize, lift: L, kernels: Kernels<'_>) -> Self {
        let Kernels { across, down } = kernels;
        let lanes = if channels == 1 { 1 } else { 4 };
        let narrow = (across.result() as usize * lanes).next_multiple_of(BLOCK);
        let held = down.taps().min(down.source() as usize);
        // Behind the row, the padding of the last kernel meets zeros.
        let row = vec![0.0; (across.source() as usize + across.real(0).len()) * lanes];
        Self { lift, path, lanes, row, narrow: Ring::new(held, narrow), mixed: vec![0.0; narrow] }
    }
}

impl<L: Lift> Mixer for Floats<L> {
    fn group(&self) -> usize {
        1
    }

    fn take(&mut self, kernels: Kernels<'_>, y: usize, row: &[u8]) {
        self.lift.lift(row, &mut self.row[..kernels.across.source() as usize * self.lanes]);
        let narrow = self.narrow.row_mut(y);
        match self.lanes {
            1 => mix_across::<1>(self.path, &self.row, kernels.across, narrow),
            _ => mix_across::<4>(self.path, &self.row, kernels.across, narrow),
        }
    }

    fn give(&mut self, kernels: Kernels<'_>, y: usize, to: &mut [u8]) {
        let rows: Vec<&[f32]> = (kernels.down.start(y)..kernels.end(y)).map(|y| self.narrow.row(y)).collect();
        mix_down(self.path, &rows, kernels.down.real(y), &mut self.mixed);
        self.lift.lower(&self.mixed[..kernels.across.result() as usize * self.lanes], to);
    }
}

#[allow(unsafe_code)]
fn mix_across<const LANES: usize>(path: Path, row: &[f32], kernel: &Kernel, mixed: &mut [f32]) {
    match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has this path.
        Path::Avx2 => unsafe { mix_across_avx2::<LANES>(row, kernel, mixed) },
        _ => mix_across_anywhere::<LANES>(row, kernel, mixed),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn mix_across_avx2<const LANES: usize>(row: &[f32], kernel: &Kernel, mixed: &mut [f32]) {
    mix_across_anywhere::<LANES>(row, kernel, mixed);
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "compiled anew for each instruction set")]
fn mix_across_anywhere<const LANES: usize>(row: &[f32], kernel: &Kernel, mixed: &mut [f32]) {
    for (index, pixel) in mixed.as_chunks_mut::<LANES>().0.iter_mut().take(kernel.result() as usize).enumerate() {
        let weights = kernel.real(index);
        let from = &row[kernel.start(index) * LANES..][..weights.len() * LANES];
        let mut sums = [0.0f32; 8];
        if LANES == 1 {
            for (from, weights) in from.as_chunks::<8>().0.iter().zip(weights.as_chunks::<8>().0) {
                for ((sum, from), weight) in sums.iter_mut().zip(from).zip(weights) {
                    *sum += from * weight;
                }
            }
            let [a, b, c, d, e, f, g, h] = sums;
            pixel[0] = ((a + e) + (c + g)) + ((b + f) + (d + h));
        } else {
            for (pair, [first, second]) in from.as_chunks::<8>().0.iter().zip(weights.as_chunks::<2>().0) {
                let weights = [*first, *first, *first, *first, *second, *second, *second, *second];
                for ((sum, from), weight) in sums.iter_mut().zip(pair).zip(weights) {
                    *sum += from * weight;
                }
            }
            for (lane, to) in pixel.iter_mut().enumerate() {
                *to = sums[lane] + sums[lane + 4];
            }
        }
    }
}

#[allow(unsafe_code)]
fn mix_down(path: Path, rows: &[&[f32]], weights: &[f32], mixed: &mut [f32]) {
    match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has this path.
        Path::Avx2 => unsafe { mix_down_avx2(rows, weights, mixed) },
        _ => mix_down_anywhere(rows, weights, mixed),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn mix_down_avx2(rows: &[&[f32]], weights: &[f32], mixed: &mut [f32]) {
    mix_down_anywhere(rows, weights, mixed);
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "compiled anew for each instruction set")]
fn mix_down_anywhere(rows: &[&[f32]], weights: &[f32], mixed: &mut [f32]) {
    for (index, to) in mixed.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let mut sums = [0.0f32; BLOCK];
        for (row, weight) in rows.iter().zip(weights) {
            let from = &row[index * BLOCK..][..BLOCK];
            for (sum, from) in sums.iter_mut().zip(from) {
                *sum += from * weight;
            }
        }
        *to = sums;
    }
}
