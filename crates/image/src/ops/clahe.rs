use lightmill_recipe::sharp::Clahe;

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Contrast-limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994) of each channel by itself, alpha
/// included, as libvips' `hist_local` does it: with h the histogram of the window around a sample v, in which counts above
/// the slope are spread evenly over all 256 values, the result is 255·Σh(0 … v) / window, cut to a whole number. Beyond the
/// edges the picture is mirrored.
///
/// Grey, RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8. Time grows with the window's height.
pub fn clahe(picture: Picture, wish: Clahe, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let picture = if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let (size, channels) = (picture.size(), picture.layout().channels());
    let (columns, rows) = (i64::from(wish.width.max(1)), i64::from(wish.height.max(1)));
    if columns > i64::from(size.width) || rows > i64::from(size.height) {
        return Err(Error::Unsuitable("the window of clahe is larger than the picture".into()));
    }
    let area = (columns * rows) as u64;
    let mut made = Picture::blank(size, picture.layout()).with_icc(picture.icc.clone());
    for y in 0..size.height {
        cancel.check()?;
        let first = i64::from(y) - rows / 2;
        let window: Vec<&[u8]> =
            (first..first + rows).map(|row| picture.row(mirrored(row, size.height) as u32)).collect();
        for channel in 0..channels {
            let column = |x: i64| mirrored(x, size.width) as usize * channels + channel;
            let left = -(columns / 2);
            let mut counts = [0u32; 256];
            for x in left..left + columns {
                for row in &window {
                    counts[usize::from(row[column(x)])] += 1;
                }
            }
            for x in 0..i64::from(size.width) {
                let place = x as usize * channels + channel;
                let value = usize::from(picture.row(y)[place]);
                // At most 255.
                made.row_mut(y)[place] = (255 * below(&counts, value, wish.max_slope) / area) as u8;
                let (leaves, comes) = (column(x + left), column(x + left + columns));
                for row in &window {
                    counts[usize::from(row[leaves])] -= 1;
                    counts[usize::from(row[comes])] += 1;
                }
            }
        }
    }
    Ok(made)
}

/// How many of the counts belong to `value` or less, with those above `slope` spread over all; 0 is no bound.
fn below(counts: &[u32; 256], value: usize, slope: u32) -> u64 {
    let (to_value, all) = (&counts[..=value], counts);
    if slope == 0 {
        return to_value.iter().map(|count| u64::from(*count)).sum();
    }
    let kept: u64 = to_value.iter().map(|count| u64::from(*count.min(&slope))).sum();
    let over: u64 = all.iter().map(|count| u64::from(count.saturating_sub(slope))).sum();
    kept + (value as u64 + 1) * over / 256
}

/// A place on an axis of `length` that is mirrored at its ends, which are there twice.
fn mirrored(place: i64, length: u32) -> i64 {
    let length = i64::from(length.max(1));
    let place = place.rem_euclid(2 * length);
    if place < length { place } else { 2 * length - 1 - place }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn made(samples: &[u8], max_slope: u32) -> Vec<u8> {
        let picture = Picture::interleaved(Size::new(3, 3), Layout::Grey, samples.to_vec()).unwrap();
        let wish = Clahe { width: 3, height: 3, max_slope };
        clahe(picture, wish, &Cancel::default()).unwrap().planes()[0].data.clone()
    }

    #[test]
    fn without_a_slope_it_is_the_rank() {
        // Of the middle's nine, five are at most 50: 255·5/9.
        let made = made(&[10, 20, 30, 40, 50, 60, 70, 80, 90], 0);
        assert_eq!((made[4], made[8]), (141, 255));
    }

    #[test]
    fn counts_above_the_slope_are_spread() {
        // All nine are 100, of which seven are spread over 256 values: ⌊101·7/256⌋ = 2 come to 2: 255·4/9.
        assert_eq!(made(&[100; 9], 2), [113; 9]);
    }

    #[test]
    fn the_window_fits_into_the_picture() {
        let picture = Picture::blank(Size::new(3, 3), Layout::Rgb);
        let wish = Clahe { width: 4, height: 1, max_slope: 3 };
        assert!(matches!(clahe(picture, wish, &Cancel::default()), Err(Error::Unsuitable(_))));
    }
}
