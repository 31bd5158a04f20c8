use crate::Samples;
use crate::flow::Kernels;
use crate::ring::Ring;

/// Source rows of 8-bit samples, for as long as they are needed.
pub trait Rows {
    /// Row `y` as it comes.
    fn take(&mut self, y: usize, row: &[u8]);

    /// Row `y`, which came not long ago.
    fn row(&self, y: usize) -> &[u8];
}

/// All of them are there all the time.
impl Rows for Samples<'_> {
    fn take(&mut self, _: usize, _: &[u8]) {}

    fn row(&self, y: usize) -> &[u8] {
        Samples::row(self, y, 1)
    }
}

impl Rows for Ring<u8> {
    fn take(&mut self, y: usize, row: &[u8]) {
        self.row_mut(y).copy_from_slice(row);
    }

    fn row(&self, y: usize) -> &[u8] {
        Ring::row(self, y)
    }
}

/// The most source rows that two rows of the result, an even one and the next, are made of.
pub fn most_of_two(kernels: Kernels<'_>) -> usize {
    let height = kernels.down.result() as usize;
    let rows = |y: usize| kernels.end((y + 1).min(height - 1)) - kernels.down.start(y);
    (0..height).step_by(2).map(rows).max().unwrap_or(1)
}
