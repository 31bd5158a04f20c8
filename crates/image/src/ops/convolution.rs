use lightmill_recipe::sharp::SharpConvolution;

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Each sample replaced by the weighted sum of those around it, divided and raised, cut to a whole number and clamped;
/// beyond the edges the outermost pixels repeat. The first weight is for the upper left neighbour; of an even side, more
/// of the kernel lies left and above. Colours of RGBA are multiplied by alpha before and divided by it afterwards, and
/// alpha is summed like them (libvips' `conv`, as sharp calls it).
///
/// Grey, RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8. Memory besides the two pictures: two rows
/// in double precision.
///
/// # Errors
/// [`Error::Unsuitable`] for weights that are not as many as width and height say.
pub fn convolution(picture: Picture, wish: &SharpConvolution, cancel: &Cancel) -> Result<Picture, Error> {
    let SharpConvolution { width: columns, height: rows, weights, scale, offset } = wish;
    if u64::from(*columns) * u64::from(*rows) != weights.len() as u64 || weights.is_empty() || *scale == 0.0 {
        return Err(Error::Unsuitable("a kernel has width times height weights and a divisor".into()));
    }
    let picture = narrow(picture);
    let picture = if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let (size, channels) = (picture.size(), picture.layout().channels());
    let (columns, length) = (*columns as usize, size.width as usize * channels);
    let (left, above) = (columns / 2, i64::from(rows / 2));
    let mut made = Picture::blank(size, picture.layout()).with_icc(picture.icc.clone());
    let mut sums = vec![0f64; length];
    let mut padded = vec![0f64; length + (columns - 1) * channels];
    for y in 0..size.height {
        cancel.check()?;
        sums.fill(0.0);
        for (weights, down) in weights.chunks_exact(columns).zip(-above..) {
            let from = (i64::from(y) + down).clamp(0, i64::from(size.height) - 1) as u32;
            pad(picture.row(from), channels, left, &mut padded);
            for (weight, window) in weights.iter().zip(0..).filter(|(weight, _)| **weight != 0.0) {
                let from = &padded[window * channels..][..length];
                sums.iter_mut().zip(from).for_each(|(sum, sample)| *sum += weight * sample);
            }
        }
        for sum in &mut sums {
            *sum = *sum / scale + offset;
        }
        give(&sums, made.row_mut(y), channels == 4);
    }
    Ok(made)
}

/// A row with its first pixel repeated `left` times and its last to the end, and its colours multiplied by alpha.
fn pad(row: &[u8], channels: usize, left: usize, padded: &mut [f64]) {
    let last = row.len() / channels - 1;
    for (place, to) in padded.chunks_exact_mut(channels).enumerate() {
        let from = &row[place.saturating_sub(left).min(last) * channels..][..channels];
        to.iter_mut().zip(from).for_each(|(to, from)| *to = f64::from(*from));
        if let [r, g, b, alpha] = to {
            let share = *alpha / 255.0;
            (*r, *g, *b) = (*r * share, *g * share, *b * share);
        }
    }
}

/// Sums as samples. Float casts cut and saturate; a little is added for what binary fractions lack.
fn give(sums: &[f64], row: &mut [u8], premultiplied: bool) {
    let sample = |sum: f64| (sum + 1e-6) as u8;
    if !premultiplied {
        row.iter_mut().zip(sums).for_each(|(to, sum)| *to = sample(*sum));
        return;
    }
    for (to, [r, g, b, alpha]) in row.as_chunks_mut::<4>().0.iter_mut().zip(sums.as_chunks::<4>().0) {
        let part = if *alpha > 0.0 { 255.0 / alpha.min(255.0) } else { 0.0 };
        *to = [sample(r * part), sample(g * part), sample(b * part), sample(*alpha)];
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn wish(width: u32, weights: &[f64], scale: f64, offset: f64) -> SharpConvolution {
        SharpConvolution { width, height: weights.len() as u32 / width, weights: weights.to_vec(), scale, offset }
    }

    fn made(wish: &SharpConvolution, samples: Vec<u8>) -> Result<Vec<u8>, Error> {
        let size = Size::new(3, samples.len() as u32 / 3);
        let picture = Picture::interleaved(size, Layout::Grey, samples).unwrap();
        Ok(convolution(picture, wish, &Cancel::default())?.planes()[0].data.clone())
    }

    #[test]
    fn sums_are_divided_raised_and_cut() {
        assert_eq!(made(&wish(3, &[1.0; 3], 3.0, 0.0), vec![10, 20, 40]).unwrap(), [13, 23, 33]);
        assert_eq!(made(&wish(3, &[-1.0, 0.0, 1.0], 1.0, 128.0), vec![10, 20, 40]).unwrap(), [138, 158, 148]);
        assert_eq!(made(&wish(1, &[0.0, 0.0, 1.0], 1.0, 0.0), vec![1, 2, 3, 4, 5, 6]).unwrap(), [4, 5, 6, 4, 5, 6]);
        assert_eq!(made(&wish(4, &[1.0, 0.0, 0.0, 0.0], 1.0, 0.0), vec![1, 2, 3]).unwrap(), [1, 1, 1]);
    }

    #[test]
    fn hidden_colours_do_not_bleed() {
        let picture = Picture::interleaved(Size::new(2, 1), Layout::Rgba, vec![9, 9, 9, 0, 30, 60, 90, 255]).unwrap();
        let mean = wish(3, &[1.0; 3], 3.0, 0.0);
        let made = convolution(picture, &mean, &Cancel::default()).unwrap();
        assert_eq!(made.row(0), [30, 60, 90, 85, 30, 60, 90, 170]);
    }

    #[test]
    fn weights_must_fill_the_kernel() {
        let short = SharpConvolution { height: 3, ..wish(3, &[1.0; 3], 1.0, 0.0) };
        assert!(matches!(made(&short, vec![0; 3]), Err(Error::Unsuitable(_))));
        assert!(matches!(made(&wish(3, &[1.0; 3], 0.0, 0.0), vec![0; 3]), Err(Error::Unsuitable(_))));
    }
}
