//! Opaque 8-bit samples in integers: rows are mixed down to one line of 16-bit samples with [`LINE_BITS`] behind the
//! point, and that line is mixed across. Memory is two lines.
//!
//! Each instruction set has the same functions, which give the same values: sums of 32 bits never overflow, so that
//! their order does not matter, and are saturated to 16 bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse41;

use crate::kernel::WEIGHT_BITS;
use crate::{Error, Kernel, Path, Samples};

/// Bits behind the point of the line between the two passes.
const LINE_BITS: u32 = 6;

/// What is shifted out after the pass down, and half of it.
const DOWN_SHIFT: u32 = WEIGHT_BITS - LINE_BITS;
const DOWN_HALF: i32 = 1 << (DOWN_SHIFT - 1);

/// The same of the pass across.
const ACROSS_SHIFT: u32 = WEIGHT_BITS;
const ACROSS_HALF: i32 = 1 << (ACROSS_SHIFT - 1);

/// Samples beyond the end of a line that vectors may read or write.
const SLACK: usize = 32;

/// Most samples of a kernel: the rounding of weights to [`WEIGHT_BITS`] is invisible up to here.
const MOST_TAPS: usize = 256;

/// Whether weights of so few bits are good enough for these kernels.
pub fn suits(across: &Kernel, down: &Kernel) -> bool {
    across.taps().max(down.taps()) <= MOST_TAPS
}

/// Resamples `source`, which [`Samples::check`] found right for the kernels.
pub fn resample(
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    path: Path,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    let (width, height) = (across.result() as usize, down.result() as usize);
    let (channels, last) = (source.channels, source.height as usize - 1);
    let length = width * channels;
    let mut result = vec![0; length * height];
    let columns = source.width as usize * channels;
    let mut line = vec![0i16; columns + across.fixed(0).len() * channels + SLACK];
    let mut mixed = vec![0i16; length + SLACK];
    let mut rows: Vec<&[u8]> = Vec::with_capacity(down.taps() + 1);
    for (y, to) in result.chunks_exact_mut(length).enumerate() {
        if stop() {
            return Err(Error::Stopped);
        }
        let start = down.start(y);
        // An even number; beyond the last row weights are 0.
        let taps = down.taps().next_multiple_of(2);
        rows.clear();
        rows.extend((start..start + taps).map(|y| source.row(y.min(last), 1)));
        mix_down(path, &rows, &down.fixed(y)[..taps], &mut line[..columns]);
        match channels {
            1 => mix_across::<1>(path, &line, across, &mut mixed),
            3 => mix_across::<3>(path, &line, across, &mut mixed),
            _ => mix_across::<4>(path, &line, across, &mut mixed),
        }
        for (to, from) in to.iter_mut().zip(&mixed) {
            let rounded = (i32::from(*from) + (1 << (LINE_BITS - 1))) >> LINE_BITS;
            *to = rounded.clamp(0, 255) as u8;
        }
    }
    Ok(result)
}

/// The sum of `rows` (each as long as `line`, an even number) times `weights`, with [`LINE_BITS`] behind the point.
#[allow(unsafe_code)]
fn mix_down(path: Path, rows: &[&[u8]], weights: &[i16], line: &mut [i16]) {
    assert!(rows.len() == weights.len() && rows.len().is_multiple_of(2));
    assert!(rows.iter().all(|row| row.len() >= line.len()));
    match path {
        Path::Scalar => scalar::mix_down(rows, weights, line, 0),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has this path; rows are as long as the line, weights as many as rows.
        Path::Sse41 => unsafe { sse41::mix_down(rows, weights, line) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Path::Avx2 => unsafe { avx2::mix_down(rows, weights, line) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Path::Neon => unsafe { neon::mix_down(rows, weights, line) },
    }
}

/// The pixels of `line` mixed by `kernel`. Both lines have [`SLACK`] behind what counts, and `line` zeros or old samples
/// where the padding of the last kernel reaches.
#[allow(unsafe_code)]
fn mix_across<const CHANNELS: usize>(path: Path, line: &[i16], kernel: &Kernel, mixed: &mut [i16]) {
    let count = kernel.result() as usize;
    let reach = kernel.start(count - 1) + kernel.fixed(0).len();
    assert!(line.len() >= reach * CHANNELS + SLACK / 2 && mixed.len() >= count * CHANNELS + SLACK / 2);
    match path {
        Path::Scalar => scalar::mix_across::<CHANNELS>(line, kernel, mixed),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has this path; starts never fall, so that no kernel reaches further than the last.
        Path::Sse41 => unsafe { sse41::mix_across::<CHANNELS>(line, kernel, mixed) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Path::Avx2 => unsafe { avx2::mix_across::<CHANNELS>(line, kernel, mixed) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Path::Neon => unsafe { neon::mix_across::<CHANNELS>(line, kernel, mixed) },
    }
}
