//! 8-bit samples in integers. Those that are plain numbers (`plain`) are mixed down to lines of 16-bit samples with
//! [`LINE_BITS`] behind the point, and these across. Pixels with alpha (`alpha`) are too, but where they are not opaque,
//! they become lines first. Samples of linear light (`light`) become lines and are mixed across first, where there are
//! fewer samples left to mix.
//!
//! Each instruction set has the same functions, which give the same values: sums of 32 bits never overflow, so that
//! their order does not matter, and are saturated to 16 bits.

pub mod alpha;
#[cfg(target_arch = "x86_64")]
mod avx2;
pub mod light;
#[cfg(target_arch = "aarch64")]
mod neon;
mod pairs;
pub mod plain;
pub mod rows;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse41;

use crate::flow::Kernels;
use crate::kernel::WEIGHT_BITS;
use crate::{Kernel, Path};

/// Bits behind the point of the line between the two passes.
const LINE_BITS: u32 = 6;

/// What is shifted out after the pass down, and half of it.
const DOWN_SHIFT: u32 = WEIGHT_BITS - LINE_BITS;
const DOWN_HALF: i32 = 1 << (DOWN_SHIFT - 1);

/// The same of the pass across.
const ACROSS_SHIFT: u32 = WEIGHT_BITS;
const ACROSS_HALF: i32 = 1 << (ACROSS_SHIFT - 1);

/// What alpha on a line is times this as a sample.
const ALPHA_SCALE: f32 = 1.0 / (1 << LINE_BITS) as f32;

/// Alphas below this on a line are so little that their colour is black: a quarter of 1/255, or less.
const LEAST: i16 = 16;

/// Samples beyond the end of a line that vectors may read or write.
const SLACK: usize = 32;

/// Most samples of a kernel: the rounding of weights to [`WEIGHT_BITS`] is invisible up to here.
const MOST_TAPS: usize = 256;

/// Whether weights of so few bits are good enough for these kernels.
pub fn suits(kernels: Kernels<'_>) -> bool {
    kernels.across.taps().max(kernels.down.taps()) <= MOST_TAPS
}

/// For each of `lines`, the sum of `rows` (each as long as it) times its `weights`, with [`LINE_BITS`] behind the point.
/// There is an even number of rows.
#[allow(unsafe_code)]
fn mix_down<const LINES: usize>(path: Path, rows: &[&[u8]], weights: [&[i16]; LINES], lines: [&mut [i16]; LINES]) {
    let length = lines[0].len();
    assert!(rows.len().is_multiple_of(2) && weights.iter().all(|weights| weights.len() == rows.len()));
    assert!(lines.iter().all(|line| line.len() == length) && rows.iter().all(|row| row.len() >= length));
    #[cfg(target_arch = "x86_64")]
    if path == Path::Avx2 {
        // SAFETY: the processor has this path; rows are as long as the lines, weights as many as rows.
        return unsafe { avx2::mix_down(rows, weights, lines) };
    }
    for (line, weights) in lines.into_iter().zip(weights) {
        match path {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Path::Sse41 => unsafe { sse41::mix_down(rows, weights, line) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: as above.
            Path::Neon => unsafe { neon::mix_down(rows, weights, line) },
            _ => scalar::mix_down(rows, weights, line, 0),
        }
    }
}

/// As [`mix_down`], of rows that are lines already.
#[allow(unsafe_code)]
fn mix_down_lines<const LINES: usize>(
    path: Path,
    rows: &[&[i16]],
    weights: [&[i16]; LINES],
    lines: [&mut [i16]; LINES],
) {
    let length = lines[0].len();
    assert!(rows.len().is_multiple_of(2) && weights.iter().all(|weights| weights.len() == rows.len()));
    assert!(lines.iter().all(|line| line.len() == length) && rows.iter().all(|row| row.len() >= length));
    #[cfg(target_arch = "x86_64")]
    if path == Path::Avx2 {
        // SAFETY: the processor has this path; rows are as long as the lines, weights as many as rows.
        return unsafe { avx2::mix_down_lines(rows, weights, lines) };
    }
    for (line, weights) in lines.into_iter().zip(weights) {
        match path {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Path::Sse41 => unsafe { sse41::mix_down_lines(rows, weights, line) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: as above.
            Path::Neon => unsafe { neon::mix_down_lines(rows, weights, line) },
            _ => scalar::mix_down_lines(rows, weights, line, 0),
        }
    }
}

/// The pixels of `row`, four samples each, times their alpha, with [`LINE_BITS`] behind the point; of opaque ones exactly.
#[allow(unsafe_code)]
fn premultiply(path: Path, row: &[u8], line: &mut [i16]) {
    assert!(row.len() == line.len());
    match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has this path, and both are of one length.
        Path::Avx2 => unsafe { avx2::premultiply(row, line) },
        _ => scalar::premultiply(row, line),
    }
}

/// The reverse of [`premultiply`], rounded.
#[allow(unsafe_code)]
fn unpremultiply(path: Path, line: &[i16], row: &mut [u8]) {
    assert!(row.len() == line.len());
    match path {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has this path, and both are of one length.
        Path::Avx2 => unsafe { avx2::unpremultiply(line, row) },
        _ => scalar::unpremultiply(line, row),
    }
}

/// The pixels of `lines`, of 1, 3 or 4 `channels`, mixed by `kernel`. All have [`SLACK`] behind what counts, and `lines`
/// zeros or old samples where the padding of the last kernel reaches.
fn mix_across<const LINES: usize>(
    path: Path,
    channels: usize,
    lines: [&[i16]; LINES],
    kernel: &Kernel,
    mixed: [&mut [i16]; LINES],
) {
    match channels {
        1 => mix_across_by::<1, LINES>(path, lines, kernel, mixed),
        3 => mix_across_by::<3, LINES>(path, lines, kernel, mixed),
        _ => mix_across_by::<4, LINES>(path, lines, kernel, mixed),
    }
}

#[allow(unsafe_code)]
fn mix_across_by<const CHANNELS: usize, const LINES: usize>(
    path: Path,
    lines: [&[i16]; LINES],
    kernel: &Kernel,
    mixed: [&mut [i16]; LINES],
) {
    let count = kernel.result() as usize;
    let reach = kernel.start(count - 1) + kernel.fixed(0).len();
    assert!(lines.iter().all(|line| line.len() >= reach * CHANNELS + SLACK / 2));
    assert!(mixed.iter().all(|mixed| mixed.len() >= count * CHANNELS + SLACK / 2));
    #[cfg(target_arch = "x86_64")]
    if path == Path::Avx2 {
        // SAFETY: the processor has this path; starts never fall, so that no kernel reaches further than the last.
        return unsafe { avx2::mix_across::<CHANNELS, LINES>(lines, kernel, mixed) };
    }
    for (line, mixed) in lines.into_iter().zip(mixed) {
        match path {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Path::Sse41 => unsafe { sse41::mix_across::<CHANNELS>(line, kernel, mixed) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: as above.
            Path::Neon => unsafe { neon::mix_across::<CHANNELS>(line, kernel, mixed) },
            _ => scalar::mix_across::<CHANNELS>(line, kernel, mixed),
        }
    }
}
