use lightmill_recipe::{Colour, Size};

use super::convert;
use crate::{Error, Layout, Picture};

/// `picture` with its upper left corner `at` column and row of a `canvas` of one colour; what lies outside is cut.
///
/// The result is RGBA if the picture or the colour can be transparent, else RGB, as wide as the picture. Transparent parts of the picture stay
/// transparent: the colour surrounds the picture and does not lie behind it.
pub fn pad(picture: Picture, canvas: Size, at: (u32, u32), colour: Colour) -> Result<Picture, Error> {
    let layout = if picture.layout().has_alpha() || colour.alpha < 255 { Layout::Rgba } else { Layout::Rgb };
    let layout = if picture.layout().is_wide() { layout.widened() } else { layout };
    let picture = convert(picture, layout)?;
    let mut result = Picture::blank(canvas, layout).with_icc(picture.icc.clone());
    // An 8-bit value in 16 bits is the same byte twice (v · 257), in either byte order.
    let samples = colour.rgba().into_iter().take(layout.channels());
    let pixel: Vec<u8> = samples.flat_map(|v| std::iter::repeat_n(v, layout.sample_bytes())).collect();
    let filling = pixel.repeat(canvas.width as usize);
    let left = at.0.min(canvas.width) as usize * pixel.len();
    let columns = picture.size().width.min(canvas.width.saturating_sub(at.0)) as usize * pixel.len();
    for y in 0..canvas.height {
        let row = result.row_mut(y);
        row.copy_from_slice(&filling);
        if let Some(from) = y.checked_sub(at.1).filter(|from| *from < picture.size().height) {
            row[left..left + columns].copy_from_slice(&picture.row(from)[..columns]);
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_surrounds_the_picture() {
        let dot = Picture::interleaved(Size::new(1, 1), Layout::Rgb, vec![1, 2, 3]).unwrap();
        let padded = pad(dot.clone(), Size::new(3, 2), (1, 1), Colour::opaque(9, 8, 7)).unwrap();
        assert_eq!(padded.layout(), Layout::Rgb);
        assert_eq!(padded.row(0), [9, 8, 7, 9, 8, 7, 9, 8, 7]);
        assert_eq!(padded.row(1), [9, 8, 7, 1, 2, 3, 9, 8, 7]);
        let clear = pad(dot, Size::new(2, 1), (0, 0), Colour::TRANSPARENT).unwrap();
        assert_eq!(clear.row(0), [1, 2, 3, 255, 0, 0, 0, 0]);
    }

    #[test]
    fn wide_pictures_stay_wide() {
        let dot = Picture::interleaved(Size::new(1, 1), Layout::Grey16, vec![1, 2]).unwrap();
        let padded = pad(dot, Size::new(2, 1), (0, 0), Colour::opaque(9, 8, 7)).unwrap();
        assert_eq!((padded.layout(), padded.row(0)), (Layout::Rgb16, &[1, 2, 1, 2, 1, 2, 9, 9, 8, 8, 7, 7][..]));
    }

    #[test]
    fn what_lies_outside_is_cut() {
        let red = Picture::solid(Size::new(5, 5), [255, 0, 0, 255]);
        for at in [(0, 0), (3, 3), (4, 0), (9, 9), (u32::MAX, u32::MAX)] {
            assert_eq!(pad(red.clone(), Size::new(4, 4), at, Colour::WHITE).unwrap().size(), Size::new(4, 4));
        }
    }

    #[test]
    fn grey_and_planes_become_colour() {
        let grey = Picture::blank(Size::new(2, 2), Layout::Grey);
        let padded = pad(grey, Size::new(3, 3), (0, 0), Colour::opaque(255, 0, 0)).unwrap();
        assert_eq!(padded.row(1), [0, 0, 0, 0, 0, 0, 255, 0, 0]);
    }
}
