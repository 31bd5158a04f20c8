use lightmill_recipe::Colour;

use crate::{Layout, Picture};

/// An RGBA picture laid on `matte`, whose own alpha counts as opaque: RGB. Other layouts stay as they are.
pub fn flatten(picture: Picture, matte: Colour) -> Picture {
    if picture.layout() != Layout::Rgba {
        return picture;
    }
    let matte = [matte.red, matte.green, matte.blue].map(u32::from);
    let mut result = Picture::blank(picture.size(), Layout::Rgb).with_icc(picture.icc.clone());
    for y in 0..picture.size().height {
        let from = picture.row(y).as_chunks::<4>().0;
        for (to, [r, g, b, alpha]) in result.row_mut(y).as_chunks_mut::<3>().0.iter_mut().zip(from) {
            let alpha = u32::from(*alpha);
            for ((to, from), matte) in to.iter_mut().zip([*r, *g, *b]).zip(matte) {
                *to = divide_by_255(u32::from(from) * alpha + matte * (255 - alpha));
            }
        }
    }
    result
}

/// `value` / 255, rounded to nearest, exact for 0 to 255².
pub(super) const fn divide_by_255(value: u32) -> u8 {
    let value = value + 128;
    ((value + (value >> 8)) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn division_is_exact() {
        for value in 0..=255 * 255u32 {
            assert_eq!(u32::from(divide_by_255(value)), (2 * value + 255) / 510);
        }
    }

    #[test]
    fn transparent_is_matte_and_opaque_is_kept() {
        let pixels = vec![10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128];
        let picture = Picture::interleaved(Size::new(3, 1), Layout::Rgba, pixels).unwrap();
        let flat = flatten(picture, Colour::opaque(200, 100, 255));
        assert_eq!(flat.layout(), Layout::Rgb);
        assert_eq!(flat.row(0), [10, 20, 30, 200, 100, 255, 100, 50, 127]);
        assert_eq!(flatten(flat.clone(), Colour::BLACK), flat);
    }
}
