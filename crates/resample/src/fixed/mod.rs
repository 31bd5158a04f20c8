//! 8-bit samples in integers. Those that are plain numbers are mixed down to one line of 16-bit samples with [`LINE_BITS`]
//! behind the point, and that line is mixed across: memory is two lines. For the others see `lifted`.
//!
//! Each instruction set has the same functions, which give the same values: sums of 32 bits never overflow, so that
//! their order does not matter, and are saturated to 16 bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
pub mod lift;
pub mod lifted;
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
    let padded = columns + across.fixed(0).len() * channels + SLACK;
    let (mut line, mut next_line) = (vec![0i16; padded], vec![0i16; padded]);
    let (mut weights, mut next_weights) = (Vec::new(), Vec::new());
    let mut mixed = vec![0i16; length + SLACK];
    let mut rows: Vec<&[u8]> = Vec::with_capacity(2 * down.taps() + 2);
    let mut finish = |line: &[i16], to: &mut [u8]| {
        match channels {
            1 => mix_across::<1>(path, line, across, &mut mixed),
            3 => mix_across::<3>(path, line, across, &mut mixed),
            _ => mix_across::<4>(path, line, across, &mut mixed),
        }
        for (to, from) in to.iter_mut().zip(&mixed) {
            let rounded = (i32::from(*from) + (1 << (LINE_BITS - 1))) >> LINE_BITS;
            *to = rounded.clamp(0, 255) as u8;
        }
    };
    // Two rows of the result share the unpacking of the rows that they are made of.
    for (pair, to) in result.chunks_mut(2 * length).enumerate() {
        if stop() {
            return Err(Error::Stopped);
        }
        let y = 2 * pair;
        let start = down.start(y);
        let apart = if y + 1 < height { down.start(y + 1) - start } else { 0 };
        // An even number; beyond the last row weights are 0.
        let count = (apart + down.taps()).next_multiple_of(2);
        rows.clear();
        rows.extend((start..start + count).map(|y| source.row(y.min(last), 1)));
        place(&mut weights, &down.fixed(y)[..down.taps()], 0, count);
        let (to, next_to) = to.split_at_mut(length);
        if next_to.is_empty() {
            mix_down(path, &rows, [&weights], [&mut line[..columns]]);
            finish(&line, to);
        } else {
            place(&mut next_weights, &down.fixed(y + 1)[..down.taps()], apart, count);
            let lines = [&mut line[..columns], &mut next_line[..columns]];
            mix_down(path, &rows, [&weights, &next_weights], lines);
            finish(&line, to);
            finish(&next_line, next_to);
        }
    }
    Ok(result)
}

/// `weights` behind `lead` zeros and before as many as make `count`.
fn place(placed: &mut Vec<i16>, weights: &[i16], lead: usize, count: usize) {
    placed.clear();
    placed.resize(lead, 0);
    placed.extend_from_slice(weights);
    placed.resize(count, 0);
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

/// The pixels of `row`, four samples each, times their alpha, a quarter of it, rounded: at most a quarter of 255².
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

/// The sum of `rows` (each as long as `line`) times `weights`, of which there is an even number.
#[allow(unsafe_code)]
fn mix_down_lines(path: Path, rows: &[&[i16]], weights: &[i16], line: &mut [i16]) {
    assert!(rows.len() == weights.len() && rows.len().is_multiple_of(2));
    assert!(rows.iter().all(|row| row.len() >= line.len()));
    match path {
        Path::Scalar => scalar::mix_down_lines(rows, weights, line, 0),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has this path; rows are as long as the line, weights as many as rows.
        Path::Sse41 => unsafe { sse41::mix_down_lines(rows, weights, line) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Path::Avx2 => unsafe { avx2::mix_down_lines(rows, weights, line) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Path::Neon => unsafe { neon::mix_down_lines(rows, weights, line) },
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
