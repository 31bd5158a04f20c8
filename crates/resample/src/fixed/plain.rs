//! Samples that are plain numbers: mixed down to lines, and those across.

use super::pairs::{Pairs, round};
use super::rows::Rows;
use crate::Path;
use crate::flow::{Kernels, Mixer};

/// Mixes samples as they are.
pub struct Plain<R> {
    rows: R,
    pairs: Pairs,
}

impl<R: Rows> Plain<R> {
    /// `rows` holds as many at a time as [`super::rows::most_of_two`] says.
    pub fn new(path: Path, channels: usize, rows: R, kernels: Kernels<'_>) -> Self {
        Self { rows, pairs: Pairs::new(path, channels, kernels) }
    }
}

impl<R: Rows> Mixer for Plain<R> {
    fn group(&self) -> usize {
        2
    }

    fn take(&mut self, _: Kernels<'_>, y: usize, row: &[u8]) {
        self.rows.take(y, row);
    }

    fn give(&mut self, kernels: Kernels<'_>, y: usize, to: &mut [u8]) {
        let mixed = self.pairs.mix(kernels, y, |y| self.rows.row(y));
        to.chunks_exact_mut(mixed[0].len()).zip(mixed).for_each(|(to, mixed)| round(mixed, to));
    }
}
