use lightmill_recipe::Convolution;

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Each sample replaced by the weighted sum of those around it, cut to a whole number and clamped; beyond the edges the
/// outermost pixels repeat, and alpha takes part like the others. The first weight is for the upper left neighbour.
///
/// Grey, RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8. Memory besides the two pictures: one
/// row in double precision.
///
/// # Errors
/// [`Error::Unsuitable`] for weights that are not an odd number of rows and columns.
pub fn kernel(picture: Picture, convolution: &Convolution, cancel: &Cancel) -> Result<Picture, Error> {
    let Convolution { weights, columns, normalize } = convolution;
    let columns = *columns as usize;
    let rows = weights.len().checked_div(columns).unwrap_or(0);
    if rows * columns != weights.len() || weights.len() % 2 == 0 {
        return Err(Error::Unsuitable("a kernel has an odd number of rows and columns".into()));
    }
    let picture = narrow(picture);
    let picture = if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    let divisor = if *normalize && sum != 0.0 { sum } else { 1.0 };
    let (size, channels) = (picture.size(), picture.layout().channels());
    let (reach_x, reach_y) = (columns / 2, (rows / 2) as i64);
    let length = size.width as usize * channels;
    let mut made = Picture::blank(size, picture.layout()).with_icc(picture.icc.clone());
    let mut sums = vec![0f64; length];
    let mut padded = vec![0f64; length + 2 * reach_x * channels];
    for y in 0..size.height {
        cancel.check()?;
        sums.fill(0.0);
        for (weights, down) in weights.chunks_exact(columns).zip(-reach_y..) {
            let from = (i64::from(y) + down).clamp(0, i64::from(size.height) - 1) as u32;
            pad(picture.row(from), channels, reach_x, &mut padded);
            for (weight, window) in weights.iter().zip(0..) {
                let from = &padded[window * channels..][..length];
                let weight = f64::from(*weight);
                sums.iter_mut().zip(from).for_each(|(sum, sample)| *sum += weight * sample);
            }
        }
        for (sample, sum) in made.row_mut(y).iter_mut().zip(&sums) {
            // Float casts cut and saturate.
            *sample = (sum / divisor) as u8;
        }
    }
    Ok(made)
}

/// A row with its first and last pixel repeated `reach` times.
fn pad(row: &[u8], channels: usize, reach: usize, padded: &mut [f64]) {
    let (left, rest) = padded.split_at_mut(reach * channels);
    let (middle, right) = rest.split_at_mut(row.len());
    middle.iter_mut().zip(row).for_each(|(to, from)| *to = f64::from(*from));
    let (first, last) = (&row[..channels], &row[row.len() - channels..]);
    left.iter_mut().zip(first.iter().cycle()).for_each(|(to, from)| *to = f64::from(*from));
    right.iter_mut().zip(last.iter().cycle()).for_each(|(to, from)| *to = f64::from(*from));
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn made(weights: &[f32], columns: u32, normalize: bool, samples: Vec<u8>) -> Result<Vec<u8>, Error> {
        let size = Size::new(3, samples.len() as u32 / 3);
        let picture = Picture::interleaved(size, Layout::Grey, samples).unwrap();
        let convolution = Convolution { weights: weights.to_vec(), columns, normalize };
        Ok(kernel(picture, &convolution, &Cancel::default())?.planes()[0].data.clone())
    }

    #[test]
    fn sums_are_cut_and_edges_repeat() {
        assert_eq!(made(&[1.0, 1.0, 1.0], 3, true, vec![10, 20, 40]).unwrap(), [13, 23, 33]);
        assert_eq!(made(&[1.0, 0.0, 0.0], 3, true, vec![10, 20, 40]).unwrap(), [10, 10, 20]);
        assert_eq!(made(&[0.0, 0.0, 1.0], 1, true, vec![1, 2, 3, 4, 5, 6]).unwrap(), [4, 5, 6, 4, 5, 6]);
        assert_eq!(made(&[-1.0, 2.0, -1.0], 3, true, vec![0, 100, 0]).unwrap(), [0, 200, 0]);
        assert_eq!(made(&[1.0, 1.0, 1.0], 3, false, vec![10, 20, 240]).unwrap(), [40, 255, 255]);
    }

    #[test]
    fn alpha_takes_part() {
        let picture = Picture::interleaved(Size::new(2, 1), Layout::Rgba, vec![0, 0, 0, 90, 30, 60, 90, 0]).unwrap();
        let wish = Convolution { weights: vec![1.0; 3], columns: 3, normalize: true };
        assert_eq!(kernel(picture, &wish, &Cancel::default()).unwrap().row(0), [10, 20, 30, 60, 20, 40, 60, 30]);
    }

    #[test]
    fn even_kernels_are_refused() {
        for (count, columns) in [(4, 2), (6, 3), (3, 2), (3, 0), (0, 1)] {
            let refused = made(&vec![1.0; count], columns, true, vec![0; 3]);
            assert!(matches!(refused, Err(Error::Unsuitable(_))), "{count} {columns}");
        }
    }
}
