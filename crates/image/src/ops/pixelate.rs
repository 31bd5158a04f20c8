use lightmill_recipe::{Rect, Size};

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Squares of `side` pixels (0 counts as 1), from the upper left on, each in its mean colour, weighted by alpha and
/// rounded; those on the right and below may be cut.
///
/// Grey, RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8.
pub fn pixelate(picture: Picture, side: u32, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture =
        if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let size = picture.size();
    let side = side.clamp(1, size.longer());
    for y in (0..size.height).step_by(side as usize) {
        cancel.check()?;
        for x in (0..size.width).step_by(side as usize) {
            let square = Size::new(side.min(size.width - x), side.min(size.height - y));
            level(&mut picture, Rect { x, y, size: square });
        }
    }
    Ok(picture)
}

/// Gives all pixels of `square` their mean colour.
fn level(picture: &mut Picture, square: Rect) {
    let (channels, alpha) = (picture.layout().channels(), picture.layout().has_alpha());
    let columns = square.x as usize * channels..(square.x + square.size.width) as usize * channels;
    let (mut sums, mut weight) = ([0u64; 4], 0u64);
    for y in square.y..square.y + square.size.height {
        for pixel in picture.row(y)[columns.clone()].chunks_exact(channels) {
            let share = if alpha { u64::from(pixel[3]) } else { 1 };
            weight += share;
            for (sum, sample) in sums.iter_mut().zip(pixel) {
                *sum += u64::from(*sample) * share;
            }
        }
    }
    let mean = |sum: u64, weight: u64| ((sum + weight / 2) / weight.max(1)) as u8;
    let mut colour = sums.map(|sum| mean(sum, weight));
    if alpha {
        colour[3] = mean(weight, square.size.pixels().0);
    }
    for y in square.y..square.y + square.size.height {
        for pixel in picture.row_mut(y)[columns.clone()].chunks_exact_mut(channels) {
            pixel.copy_from_slice(&colour[..channels]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_have_their_mean() {
        let grey = Picture::interleaved(Size::new(3, 2), Layout::Grey, vec![0, 10, 100, 20, 33, 50]).unwrap();
        let made = pixelate(grey.clone(), 2, &Cancel::default()).unwrap();
        assert_eq!(made.planes()[0].data, [16, 16, 75, 16, 16, 75]);
        assert_eq!(pixelate(grey.clone(), 0, &Cancel::default()).unwrap(), grey);
        let made = pixelate(grey, u32::MAX, &Cancel::default()).unwrap();
        assert_eq!(made.planes()[0].data, [36; 6]);
    }

    #[test]
    fn what_is_transparent_has_no_colour() {
        let pixels = vec![200, 0, 0, 255, 0, 255, 255, 0];
        let picture = Picture::interleaved(Size::new(2, 1), Layout::Rgba, pixels).unwrap();
        assert_eq!(pixelate(picture, 2, &Cancel::default()).unwrap().row(0)[..4], [200, 0, 0, 128]);
    }
}
