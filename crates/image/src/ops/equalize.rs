use super::{convert, narrow};
use crate::{Error, Layout, Picture};

/// The histogram of each of red, green and blue spread over the whole range; alpha stays.
///
/// A value v becomes 255·(c(v) − m) / (n − m), cut to a whole number: n is the number of pixels, c(v) how many have v or
/// less in this channel, and m is c at the lowest value that any channel has. Grey, RGB and RGBA keep their layout,
/// `YCbCr` becomes RGB and 16 bits become 8.
pub fn equalize(picture: Picture) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture =
        if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let channels = picture.layout().channels();
    let coloured = channels.min(3);
    let mut sums = [[0u64; 256]; 3];
    for y in 0..picture.size().height {
        for pixel in picture.row(y).chunks_exact(channels) {
            for (sums, sample) in sums.iter_mut().zip(&pixel[..coloured]) {
                sums[usize::from(*sample)] += 1;
            }
        }
    }
    for sums in &mut sums {
        let mut sum = 0;
        for count in sums.iter_mut() {
            sum += *count;
            *count = sum;
        }
    }
    let pixels = picture.size().pixels().0;
    let lowest = (0..256).find(|value| sums.iter().any(|sums| sums[*value] > 0)).unwrap_or_default();
    let tables = sums.map(|sums| table(&sums, sums[lowest], pixels));
    for y in 0..picture.size().height {
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            for (table, sample) in tables.iter().zip(&mut pixel[..coloured]) {
                *sample = table[usize::from(*sample)];
            }
        }
    }
    Ok(picture)
}

/// One channel's new values. Where all pixels have its lowest one, nothing can be spread.
fn table(sums: &[u64; 256], lowest: u64, pixels: u64) -> [u8; 256] {
    std::array::from_fn(|value| match pixels.checked_sub(lowest) {
        Some(spread) if spread > 0 => (sums[value].saturating_sub(lowest) * 255 / spread) as u8,
        _ => value as u8,
    })
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn values_are_spread_by_their_ranks() {
        let grey = Picture::interleaved(Size::new(4, 1), Layout::Grey, vec![10, 10, 20, 30]).unwrap();
        // c = 2, 3, 4; m = 2; n = 4.
        assert_eq!(equalize(grey).unwrap().row(0), [0, 0, 127, 255]);
        let rgba = vec![10, 50, 7, 1, 20, 60, 7, 2];
        let made = equalize(Picture::interleaved(Size::new(2, 1), Layout::Rgba, rgba).unwrap()).unwrap();
        // The lowest value of all is 7, which only blue has: m is 0 for red and green.
        assert_eq!(made.row(0), [127, 127, 7, 1, 255, 255, 7, 2]);
    }

    #[test]
    fn one_colour_stays() {
        let picture = Picture::solid(Size::new(3, 3), [9, 9, 9, 255]);
        assert_eq!(equalize(picture.clone()).unwrap(), picture);
    }
}
