use lightmill_recipe::Colour;

use super::convert;
use crate::{Error, Layout, Picture};

/// The mean colour of the visible pixels, each weighted by its alpha: opaque, or [`Colour::TRANSPARENT`] if nothing is
/// visible.
pub fn average(picture: Picture) -> Result<Colour, Error> {
    let picture = match picture.layout() {
        Layout::YCbCr(_) => convert(picture, Layout::Rgb)?,
        other => convert(picture, other.narrowed())?,
    };
    let (sums, weight) = sums(&picture);
    if weight == 0 {
        return Ok(Colour::TRANSPARENT);
    }
    let [red, green, blue] = sums.map(|sum| ((sum + weight / 2) / weight) as u8);
    Ok(Colour::opaque(red, green, blue))
}

/// The same of an interleaved picture of 8 bits, each channel cut to a whole number; white if nothing is visible.
pub fn mean(picture: &Picture) -> Colour {
    let (sums, weight) = sums(picture);
    if weight == 0 {
        return Colour::WHITE;
    }
    let [red, green, blue] = sums.map(|sum| (sum / weight) as u8);
    Colour::opaque(red, green, blue)
}

/// Sums of red, green and blue, each times its alpha, and the sum of those.
fn sums(picture: &Picture) -> ([u64; 3], u64) {
    // 100 million pixels of 255 × 255 fit.
    let mut sums = [0u64; 4];
    for y in 0..picture.size().height {
        let row = picture.row(y);
        match picture.layout() {
            Layout::Rgba => {
                for [r, g, b, alpha] in row.as_chunks::<4>().0 {
                    for (sum, value) in sums.iter_mut().zip([*r, *g, *b, 1]) {
                        *sum += u64::from(value) * u64::from(*alpha);
                    }
                }
            }
            Layout::Rgb => {
                for [r, g, b] in row.as_chunks::<3>().0 {
                    for (sum, value) in sums.iter_mut().zip([*r, *g, *b, 1]) {
                        *sum += u64::from(value);
                    }
                }
            }
            _ => {
                let grey = row.iter().map(|value| u64::from(*value)).sum::<u64>();
                for (sum, value) in sums.iter_mut().zip([grey, grey, grey, row.len() as u64]) {
                    *sum += value;
                }
            }
        }
    }
    ([sums[0], sums[1], sums[2]], sums[3])
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn mean_of_what_is_visible() {
        let size = Size::new(2, 2);
        let pixels = vec![200, 0, 0, 255, 100, 0, 10, 255, 0, 255, 0, 0, 0, 255, 0, 0];
        let picture = Picture::interleaved(size, Layout::Rgba, pixels).unwrap();
        assert_eq!(average(picture).unwrap(), Colour::opaque(150, 0, 5));
        assert_eq!(average(Picture::solid(size, [9, 9, 9, 0])).unwrap(), Colour::TRANSPARENT);
        let grey = Picture::interleaved(size, Layout::Grey, vec![0, 10, 20, 33]).unwrap();
        assert_eq!(mean(&grey), Colour::opaque(15, 15, 15));
        assert_eq!(mean(&Picture::solid(size, [9, 9, 9, 0])), Colour::WHITE);
        assert_eq!(average(grey).unwrap(), Colour::opaque(16, 16, 16));
        let rgb = convert(Picture::interleaved(size, Layout::Grey, vec![7; 4]).unwrap(), Layout::Rgb).unwrap();
        assert_eq!(average(rgb).unwrap(), Colour::opaque(7, 7, 7));
    }
}
