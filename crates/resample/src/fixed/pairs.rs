use super::{LINE_BITS, SLACK, mix_across, mix_down};
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
    mixed: Vec<i16>,
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
            mixed: vec![0; length + SLACK],
        }
    }

    /// Row `y` of the result, and the next if `to` has room for it, from those that `row` gives.
    pub fn mix<'r>(&mut self, kernels: Kernels<'_>, y: usize, row: impl Fn(usize) -> &'r [u8], to: &mut [u8]) {
        let (down, path) = (kernels.down, self.path);
        let length = kernels.across.result() as usize * self.channels;
        let (to, next_to) = to.split_at_mut(length);
        let last = if next_to.is_empty() { y } else { y + 1 };
        let (start, apart) = (down.start(y), down.start(last) - down.start(y));
        // An even number; beyond the last row weights are 0.
        let count = (apart + down.taps()).next_multiple_of(2);
        let end = kernels.end(last);
        let rows: Vec<&[u8]> = (start..start + count).map(|y| row(y.min(end - 1))).collect();
        let [weights, next_weights] = &mut self.weights;
        let [line, next_line] = self.lines.each_mut().map(|line| &mut line[..self.columns]);
        place(weights, &down.fixed(y)[..down.taps()], 0, count);
        if last == y {
            mix_down(path, &rows, [weights], [line]);
        } else {
            place(next_weights, &down.fixed(last)[..down.taps()], apart, count);
            mix_down(path, &rows, [weights, next_weights], [line, next_line]);
            self.finish(kernels, 1, next_to);
        }
        self.finish(kernels, 0, to);
    }

    /// Mixes a line across.
    fn finish(&mut self, kernels: Kernels<'_>, line: usize, to: &mut [u8]) {
        mix_across(self.path, self.channels, &self.lines[line], kernels.across, &mut self.mixed);
        for (to, from) in to.iter_mut().zip(&self.mixed) {
            let rounded = (i32::from(*from) + (1 << (LINE_BITS - 1))) >> LINE_BITS;
            *to = rounded.clamp(0, 255) as u8;
        }
    }
}

/// `weights` behind `lead` zeros and before as many as make `count`.
fn place(placed: &mut Vec<i16>, weights: &[i16], lead: usize, count: usize) {
    placed.clear();
    placed.resize(lead, 0);
    placed.extend_from_slice(weights);
    placed.resize(count, 0);
}
