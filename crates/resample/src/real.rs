//! Samples as 32-bit floats: for 16 bits and very wide kernels, where integers are too coarse.
//!
//! Each source row is lifted to floats and mixed across, and as many of these narrow rows are held as a kernel is high.
//! Sums are taken in one order and products are never fused with sums, so that vectors of any width give the same bits.

use crate::{Error, Kernel, Path, Samples};

/// Floats that are summed at a time, so that the sums stay in registers.
const BLOCK: usize = 32;

/// How rows become floats, and the reverse.
pub trait Lift {
    /// Bytes of a sample.
    const BYTES: usize;

    /// The samples of a row as floats, premultiplied where they have alpha; pixels of 3 channels get a fourth of 0.
    fn lift(&self, row: &[u8], floats: &mut [f32]);

    /// The reverse, rounded.
    fn lower(&self, floats: &[f32], row: &mut [u8]);
}

/// Resamples `source`, which [`Samples::check`] found right for the kernels.
pub fn resample<L: Lift>(
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    lift: &L,
    path: Path,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    let (width, height) = (across.result() as usize, down.result() as usize);
    let lanes = if source.channels == 1 { 1 } else { 4 };
    let length = width * source.channels * L::BYTES;
    let mut result = vec![0; length * height];
    // Behind the row, the padding of the last kernel meets zeros.
    let columns = source.width as usize * lanes;
    let mut floats = vec![0.0f32; columns + across.real(0).len() * lanes];
    let narrow = (width * lanes).next_multiple_of(BLOCK);
    let held = down.taps().min(source.height as usize);
    let mut ring = vec![0.0f32; held * narrow];
    let mut mixed = vec![0.0f32; narrow];
    let mut read = 0;
    for (y, to) in result.chunks_exact_mut(length).enumerate() {
        let start = down.start(y);
        let end = (start + down.taps()).min(source.height as usize);
        // Rows before the first kernel are needed by none.
        read = read.max(start);
        while read < end {
            if stop() {
                return Err(Error::Stopped);
            }
            lift.lift(source.row(read, L::BYTES), &mut floats[..columns]);
            let row = &mut ring[read % held * narrow..][..narrow];
            match lanes {
                1 => mix_across::<1>(path, &floats, across, row),
                _ => mix_across::<4>(path, &floats, across, row),
            }
            read += 1;
        }
        if stop() {
            return Err(Error::Stopped);
        }
        let rows: Vec<&[f32]> = (start..end).map(|row| &ring[row % held * narrow..][..narrow]).collect();
        mix_down(path, &rows, down.real(y), &mut mixed);
        lift.lower(&mixed[..width * lanes], to);
    }
    Ok(result)
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
