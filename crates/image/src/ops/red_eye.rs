use lightmill_recipe::Rect;

use super::{convert, narrow};
use crate::{Error, Layout, Picture};

/// How many times the mean of green and blue red must be for a pupil; skin and lips stay below.
const RATIO: u32 = 2;
/// The least red of a pupil that a flash lights up.
const LEAST: u8 = 60;
/// Between these hundredths of a face's height are its eyes.
const EYES: [u32; 2] = [15, 55];

/// Pixels of `faces`, which lie in the picture, that are red as a flash in an eye is, become the mean of their green and
/// blue: only where eyes are. RGB and RGBA keep their layout, the others become RGB.
pub fn red_eye(picture: Picture, faces: &[Rect]) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture = if picture.layout() == Layout::Rgba { picture } else { convert(picture, Layout::Rgb)? };
    let channels = picture.layout().channels();
    for Rect { x, y, size } in faces {
        let [top, bottom] = EYES.map(|part| (u64::from(size.height) * u64::from(part) / 100) as u32);
        for row in y + top..y + bottom {
            let pixels = &mut picture.row_mut(row)[*x as usize * channels..][..size.width as usize * channels];
            for pixel in pixels.chunks_exact_mut(channels) {
                let [r, g, b, ..] = pixel else { continue };
                let mean = u8::midpoint(*g, *b);
                if *r >= LEAST && u32::from(*r) > RATIO * u32::from(mean) {
                    *r = mean;
                }
            }
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn only_red_pixels_where_eyes_are_change() {
        let mut picture = Picture::blank(Size::new(3, 100), Layout::Rgb);
        for y in 0..100 {
            // A pupil, skin, and a dark pixel.
            picture.row_mut(y).copy_from_slice(&[200, 40, 60, 210, 150, 120, 50, 10, 10]);
        }
        let face = Rect { x: 0, y: 0, size: Size::new(3, 100) };
        let made = red_eye(picture.clone(), &[face]).unwrap();
        assert_eq!(made.row(30), [50, 40, 60, 210, 150, 120, 50, 10, 10]);
        for y in [0, 14, 55, 99] {
            assert_eq!(made.row(y), picture.row(y));
        }
    }
}
