use super::{LINE_BITS, SLACK, mix_across, mix_down, mix_down_lines};
use crate::Path;
use crate::flow::Kernels;

/// Mixes two rows of the result at a time, so that they share the unpacking of the rows that they are made of: first down
/// to a line each, then across.
pub struct Pairs {
    path: Path,
    channels: usize,
    /// Samples of a source row.
    columns: usize,
    lines: [Vec<i16>; 2],
    weights: [Vec<i16>; 2],
    mixed: [Vec<i16>; 2],
}

impl Pairs {
    pub fn new(path: Path, channels: usize, kernels: Kernels<'_>) -> Self {
        let columns = kernels.across.source() as usize * channels;
        let padded = columns + kernels.across.fixed(0).len() * channels + SLACK;
        let length = kernels.across.result() as usize * channels;
        Self {
            path,
            channels,
            columns,
            lines: [vec![0; padded], vec![0; padded]],
            weights: [Vec::new(), Vec::new()],
            mixed: [vec![0; length + SLACK], vec![0; length + SLACK]],
        }
    }

    /// Row `y` of the result, and the next if there is one, from the rows that `row` gives: with [`LINE_BITS`] behind the
    /// point, not yet clamped.
    pub fn mix<'r, T: Sample + 'r>(
        &mut self,
        kernels: Kernels<'_>,
        y: usize,
        row: impl Fn(usize) -> &'r [T],
    ) -> [&[i16]; 2] {
        let Self { path, channels, columns, lines, weights, mixed } = self;
        let Kernels { across, down } = kernels;
        let last = (y + 1).min(down.result() as usize - 1);
        let (start, apart) = (down.start(y), down.start(last) - down.start(y));
        // An even number; beyond the last row weights are 0.
        let count = (apart + down.taps()).next_multiple_of(2);
        let end = kernels.end(last);
        let rows: Vec<&[T]> = (start..start + count).map(|y| row(y.min(end - 1))).collect();
        let [weights, next_weights] = weights;
        let [upper, lower] = lines.each_mut().map(|line| &mut line[..*columns]);
        place(weights, &down.fixed(y)[..down.taps()], 0, count);
        let [mixed, next_mixed] = mixed;
        if last == y {
            T::mix_down(*path, &rows, [weights], [upper]);
            mix_across(*path, *channels, [&lines[0]], across, [mixed]);
        } else {
            place(next_weights, &down.fixed(last)[..down.taps()], apart, count);
            T::mix_down(*path, &rows, [weights, next_weights], [upper, lower]);
            mix_across(*path, *channels, lines.each_ref().map(Vec::as_slice), across, [mixed, next_mixed]);
        }
        self.mixed.each_ref().map(|mixed| &mixed[..across.result() as usize * *channels])
    }
}

/// What rows that are mixed down consist of.
pub trait Sample: Sized {
    fn mix_down<const LINES: usize>(path: Path, rows: &[&[Self]], weights: [&[i16]; LINES], lines: [&mut [i16]; LINES]);
}

/// Samples as they are.
impl Sample for u8 {
    fn mix_down<const LINES: usize>(path: Path, rows: &[&[u8]], weights: [&[i16]; LINES], lines: [&mut [i16]; LINES]) {
        mix_down(path, rows, weights, lines);
    }
}

/// Samples with [`LINE_BITS`] behind the point.
impl Sample for i16 {
    fn mix_down<const LINES: usize>(path: Path, rows: &[&[i16]], weights: [&[i16]; LINES], lines: [&mut [i16]; LINES]) {
        mix_down_lines(path, rows, weights, lines);
    }
}

/// A mixed line as samples, rounded and clamped.
pub fn round(mixed: &[i16], to: &mut [u8]) {
    for (to, from) in to.iter_mut().zip(mixed) {
        let rounded = from.saturating_add(1 << (LINE_BITS - 1)) >> LINE_BITS;
        *to = rounded.clamp(0, 255) as u8;
    }
}

/// `weights` behind `lead` zeros and before as many as make `count`.
fn place(placed: &mut Vec<i16>, weights: &[i16], lead: usize, count: usize) {
    placed.clear();
    placed.resize(lead, 0);
    placed.extend_from_slice(weights);
    placed.resize(count, 0);
}
