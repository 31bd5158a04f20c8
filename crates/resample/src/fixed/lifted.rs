//! 8-bit samples that are no plain numbers (premultiplied, or in linear light): each source row becomes a line and is mixed
//! across, and as many of these narrow lines are held as a kernel is high.

use super::lift::Lift;
use super::{SLACK, mix_across, mix_down_lines};
use crate::{Error, Kernel, Path, Samples};

/// Resamples `source`, which [`Samples::check`] found right for the kernels.
pub fn resample<L: Lift>(
    source: Samples<'_>,
    across: &Kernel,
    down: &Kernel,
    lift: &L,
    path: Path,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    let (channels, height) = (source.channels, source.height as usize);
    let length = across.result() as usize * channels;
    let mut result = vec![0; length * down.result() as usize];
    let columns = source.width as usize * channels;
    let mut line = vec![0i16; columns + across.fixed(0).len() * channels + SLACK];
    let narrow = length + SLACK;
    let held = down.taps().min(height);
    let mut ring = vec![0i16; held * narrow];
    let mut mixed = vec![0i16; length];
    let mut rows: Vec<usize> = Vec::with_capacity(held + 1);
    let mut read = 0;
    for (y, to) in result.chunks_exact_mut(length).enumerate() {
        let start = down.start(y);
        let end = (start + down.taps()).min(height);
        // Rows before the first kernel are needed by none.
        read = read.max(start);
        while read < end {
            if stop() {
                return Err(Error::Stopped);
            }
            lift.lift(source.row(read, 1), &mut line[..columns]);
            let row = &mut ring[read % held * narrow..][..narrow];
            match channels {
                1 => mix_across::<1>(path, &line, across, row),
                3 => mix_across::<3>(path, &line, across, row),
                _ => mix_across::<4>(path, &line, across, row),
            }
            read += 1;
        }
        if stop() {
            return Err(Error::Stopped);
        }
        // An even number; weights beyond the last row are 0.
        rows.clear();
        rows.extend(start..end);
        if !rows.len().is_multiple_of(2) {
            rows.push(end - 1);
        }
        let lines: Vec<&[i16]> = rows.iter().map(|row| &ring[row % held * narrow..][..length]).collect();
        mix_down_lines(path, &lines, &down.fixed(y)[..lines.len()], &mut mixed);
        lift.lower(&mixed, to);
    }
    Ok(result)
}
