use crate::{Error, Kernel};

/// Rows of interleaved samples.
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    /// `stride` × `height` bytes, of which the padding of the last row may lack. Samples of 16 bits are pairs of bytes in the machine's order.
    pub data: &'a [u8],
    /// Bytes from the start of one row to the next.
    pub stride: usize,
    /// Columns of pixels.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Samples of a pixel: 1, 3 or 4; the fourth is straight alpha, and colours are mixed premultiplied by it.
    pub channels: usize,
}

impl<'a> Samples<'a> {
    /// An error if these are no such rows, or if the kernels are for others.
    pub(crate) fn check(&self, bytes_of_sample: usize, across: &Kernel, down: &Kernel) -> Result<(), Error> {
        let wrong = |what: String| Err(Error::Mismatch(what));
        if !matches!(self.channels, 1 | 3 | 4) {
            return wrong(format!("pixels of {} samples", self.channels));
        }
        if self.stride < self.row_bytes(bytes_of_sample) {
            return wrong(format!("rows of {} bytes for {} pixels", self.stride, self.width));
        }
        // The last row may lack its padding, so that these may be a part of larger ones.
        let before_last = self.stride.saturating_mul((self.height as usize).saturating_sub(1));
        if self.data.len() < before_last.saturating_add(self.row_bytes(bytes_of_sample)) {
            return wrong(format!("{} bytes for {} rows of {}", self.data.len(), self.height, self.stride));
        }
        if (across.source(), down.source()) != (self.width, self.height) {
            return wrong(format!("kernels for {}×{} samples", across.source(), down.source()));
        }
        Ok(())
    }

    fn row_bytes(&self, bytes_of_sample: usize) -> usize {
        self.width as usize * self.channels * bytes_of_sample
    }

    /// Row `y` without padding; `y` is below the height.
    pub(crate) fn row(&self, y: usize, bytes_of_sample: usize) -> &'a [u8] {
        &self.data[y * self.stride..][..self.row_bytes(bytes_of_sample)]
    }
}
