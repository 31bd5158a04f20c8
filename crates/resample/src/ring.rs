/// As many of a picture's last rows as are needed at a time.
pub struct Ring<T> {
    rows: Vec<T>,
    length: usize,
    held: usize,
}

impl<T: Copy + Default> Ring<T> {
    /// Room for `held` rows (1 at least) of `length` samples.
    pub fn new(held: usize, length: usize) -> Self {
        Self { rows: vec![T::default(); held * length], length, held }
    }

    /// Row `y`, which is one of the last that were written.
    pub fn row(&self, y: usize) -> &[T] {
        &self.rows[y % self.held * self.length..][..self.length]
    }

    /// The place of row `y`, where an older row is.
    pub fn row_mut(&mut self, y: usize) -> &mut [T] {
        &mut self.rows[y % self.held * self.length..][..self.length]
    }
}
