use lightmill_recipe::Rect;

use super::{convert, narrow};
use crate::{Error, Layout, Picture};

/// Opaque green, which few photos have.
const COLOUR: [u8; 4] = [0, 255, 0, 255];
/// The shorter side of a picture for each pixel of a line's width.
const SIDE_PER_PIXEL: u32 = 200;

/// The outlines of `regions`, which lie in the picture, in green: inside of their edges, as wide as 1/200 of the
/// picture's shorter side, at least one pixel. RGB and RGBA keep their layout, the others become RGB.
pub fn outline(picture: Picture, regions: &[Rect]) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture = if picture.layout() == Layout::Rgba { picture } else { convert(picture, Layout::Rgb)? };
    let line = (picture.size().shorter() / SIDE_PER_PIXEL).max(1);
    let channels = picture.layout().channels();
    for Rect { x, y, size } in regions {
        for row in 0..size.height {
            let pixels = &mut picture.row_mut(y + row)[*x as usize * channels..][..size.width as usize * channels];
            let is_edge = row < line || row >= size.height.saturating_sub(line);
            let end = size.width.saturating_sub(line);
            for (column, pixel) in (0..).zip(pixels.chunks_exact_mut(channels)) {
                if is_edge || column < line || column >= end {
                    pixel.copy_from_slice(&COLOUR[..channels]);
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
    fn lines_are_inside_of_regions() {
        let picture = Picture::blank(Size::new(6, 5), Layout::Grey);
        let made = outline(picture, &[Rect { x: 1, y: 1, size: Size::new(4, 3) }]).unwrap();
        let green = |x: usize, y| made.row(y)[x * 3..][..3] == [0, 255, 0];
        let drawn: Vec<String> =
            (0..5).map(|y| (0..6).map(|x| if green(x, y) { '#' } else { '.' }).collect()).collect();
        assert_eq!(drawn, ["......", ".####.", ".#..#.", ".####.", "......"]);
        let wide = outline(Picture::solid(Size::new(400, 400), [0; 4]), &[Rect::whole(Size::new(400, 400))]).unwrap();
        assert_eq!((wide.row(200)[4], wide.row(200)[5], wide.row(200)[9]), (0, 255, 0));
    }
}
