//! Separable convolution of rows of floats by a symmetric kernel, streaming: memory is a kernel's height of rows.

use crate::{Cancel, Error};

/// Samples that are summed at a time, so that the sums stay in registers.
const BLOCK: usize = 16;

/// One half of a symmetric kernel, from the middle outwards; the whole sums to 1.
#[derive(Debug, Clone)]
pub struct Kernel(Vec<f32>);

impl Kernel {
    /// The kernel of these weights (the middle's first, 1 or more, none negative), normalised.
    pub fn new(half: &[f64]) -> Self {
        let sum = half.iter().sum::<f64>() * 2.0 - half.first().copied().unwrap_or(0.0);
        if sum > 0.0 { Self(half.iter().map(|weight| (weight / sum) as f32).collect()) } else { Self(vec![1.0]) }
    }

    fn radius(&self) -> usize {
        self.0.len() - 1
    }
}

/// Rows of `width` pixels of `channels` samples.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    /// Pixels of a row, 1 or more.
    pub width: usize,
    /// Number of rows, 1 or more.
    pub height: usize,
    /// Samples of a pixel.
    pub channels: usize,
}

/// Convolves `rows` across and down; beyond the edges the outermost pixels are repeated.
///
/// `source` fills row y, called once for each y in order; `sink` takes the result of row y, in order, some rows later.
pub fn convolve<S>(
    rows: Rows,
    kernel: &Kernel,
    cancel: &Cancel,
    mut source: impl FnMut(usize, &mut [f32]),
    mut sink: S,
) -> Result<(), Error>
where
    S: FnMut(usize, &[f32]),
{
    let Rows { width, height, channels } = rows;
    let radius = kernel.radius();
    let length = width * channels;
    let lines = (2 * radius + 1).min(height);
    // Each line is as long as a whole number of blocks.
    let line = length.next_multiple_of(BLOCK);
    let mut ring = vec![0.0f32; lines * line];
    let mut padded = vec![0.0f32; line + 2 * radius * channels];
    let mut result = vec![0.0f32; line];
    let mut read = 0;
    for y in 0..height {
        if y % 16 == 0 {
            cancel.check()?;
        }
        while read < height && read <= y + radius {
            let middle = radius * channels;
            source(read, &mut padded[middle..middle + length]);
            let (first, last) = (middle, middle + length - channels);
            for pixel in 0..radius {
                padded.copy_within(first..first + channels, pixel * channels);
                padded.copy_within(last..last + channels, last + (pixel + 1) * channels);
            }
            let to = &mut ring[read % lines * line..][..line];
            across(&padded, channels, kernel, to);
            read += 1;
        }
        let at = |row: usize| &ring[row % lines * line..][..line];
        down(|distance| (at(y.saturating_sub(distance)), at((y + distance).min(height - 1))), kernel, &mut result);
        sink(y, &result[..length]);
    }
    Ok(())
}

fn across(padded: &[f32], channels: usize, kernel: &Kernel, to: &mut [f32]) {
    let middle = kernel.radius() * channels;
    for (block, to) in to.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let start = block * BLOCK + middle;
        let mut sums = scaled(&padded[start..start + BLOCK], kernel.0[0]);
        for (distance, weight) in kernel.0.iter().enumerate().skip(1) {
            let (left, right) = (start - distance * channels, start + distance * channels);
            add(&mut sums, &padded[left..left + BLOCK], &padded[right..right + BLOCK], *weight);
        }
        *to = sums;
    }
}

fn down<'a>(rows: impl Fn(usize) -> (&'a [f32], &'a [f32]), kernel: &Kernel, to: &mut [f32]) {
    let pairs: Vec<_> = (0..kernel.0.len()).map(rows).collect();
    for (block, to) in to.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let part = block * BLOCK..(block + 1) * BLOCK;
        let mut sums = [0.0; BLOCK];
        for (index, ((above, below), weight)) in pairs.iter().zip(&kernel.0).enumerate() {
            if index == 0 {
                sums = scaled(&above[part.clone()], *weight);
            } else {
                add(&mut sums, &above[part.clone()], &below[part.clone()], *weight);
            }
        }
        *to = sums;
    }
}

fn scaled(from: &[f32], weight: f32) -> [f32; BLOCK] {
    let mut sums = [0.0; BLOCK];
    for (sum, from) in sums.iter_mut().zip(from) {
        *sum = from * weight;
    }
    sums
}

fn add(sums: &mut [f32; BLOCK], a: &[f32], b: &[f32], weight: f32) {
    for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
        *sum += (a + b) * weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_rows_and_large_kernels() {
        let kernel = Kernel::new(&[3.0, 2.0, 1.0, 1.0, 1.0, 0.5]);
        for (width, height) in [(1, 1), (1, 50), (50, 1), (3, 2), (17, 40)] {
            let rows = Rows { width, height, channels: 3 };
            let mut seen = 0;
            let source = |_: usize, row: &mut [f32]| row.fill(7.0);
            let sink = |y: usize, row: &[f32]| {
                assert_eq!((y, row.len()), (seen, width * 3));
                assert!(row.iter().all(|value| (value - 7.0).abs() < 1e-4));
                seen += 1;
            };
            convolve(rows, &kernel, &Cancel::default(), source, sink).unwrap();
            assert_eq!(seen, height);
        }
    }

    #[test]
    fn cancelled_work_stops() {
        let cancel = Cancel::default();
        cancel.cancel();
        let rows = Rows { width: 4, height: 4, channels: 1 };
        assert!(convolve(rows, &Kernel::new(&[2.0, 1.0]), &cancel, |_, _| (), |_, _| ()).is_err());
    }
}
