//! Samples that are no plain numbers (premultiplied, or in linear light): each source row becomes a line and is mixed
//! across, and as many of these narrow lines are held as a kernel is high.

use super::lift::Lift;
use super::{SLACK, mix_across, mix_down_lines};
use crate::Path;
use crate::flow::{Kernels, Mixer};
use crate::ring::Ring;

/// Mixes samples as `lift` sees them.
pub struct Lifted<L> {
    lift: L,
    path: Path,
    channels: usize,
    line: Vec<i16>,
    narrow: Ring<i16>,
    mixed: Vec<i16>,
}

impl<L: Lift> Lifted<L> {
    pub fn new(path: Path, channels: usize, lift: L, kernels: Kernels<'_>) -> Self {
        let Kernels { across, down } = kernels;
        let length = across.result() as usize * channels;
        let columns = across.source() as usize * channels;
        let held = down.taps().min(down.source() as usize);
        Self {
            lift,
            path,
            channels,
            line: vec![0; columns + across.fixed(0).len() * channels + SLACK],
            narrow: Ring::new(held, length + SLACK),
            mixed: vec![0; length],
        }
    }
}

impl<L: Lift> Mixer for Lifted<L> {
    fn group(&self) -> usize {
        1
    }

    fn take(&mut self, kernels: Kernels<'_>, y: usize, row: &[u8]) {
        self.lift.lift(row, &mut self.line[..row.len()]);
        mix_across(self.path, self.channels, &self.line, kernels.across, self.narrow.row_mut(y));
    }

    fn give(&mut self, kernels: Kernels<'_>, y: usize, to: &mut [u8]) {
        let (start, end) = (kernels.down.start(y), kernels.end(y));
        // An even number; weights beyond the last row are 0.
        let count = (end - start).next_multiple_of(2);
        let rows = (start..start + count).map(|y| &self.narrow.row(y.min(end - 1))[..to.len()]);
        mix_down_lines(self.path, &rows.collect::<Vec<_>>(), &kernels.down.fixed(y)[..count], &mut self.mixed);
        self.lift.lower(&self.mixed, to);
    }
}
