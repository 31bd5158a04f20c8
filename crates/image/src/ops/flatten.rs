use lightmill_recipe::Colour;

use crate::{Layout, Picture};

/// An RGBA picture laid on `matte`, whose own alpha counts as opaque: RGB of the same depth. Other layouts stay as they
/// are.
pub fn flatten(picture: Picture, matte: Colour) -> Picture {
    match picture.layout() {
        Layout::Rgba => flatten_narrow(&picture, matte),
        Layout::Rgba16 => flatten_wide(&picture, matte),
        _ => picture,
    }
}

fn flatten_narrow(picture: &Picture, matte: Colour) -> Picture {
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

fn flatten_wide(picture: &Picture, matte: Colour) -> Picture {
    let matte = [matte.red, matte.green, matte.blue].map(|v| u32::from(v) * 257);
    let mut result = Picture::blank(picture.size(), Layout::Rgb16).with_icc(picture.icc.clone());
    for y in 0..picture.size().height {
        let from = picture.row(y).as_chunks::<2>().0.as_chunks::<4>().0;
        for (to, pixel) in result.row_mut(y).as_chunks_mut::<2>().0.as_chunks_mut::<3>().0.iter_mut().zip(from) {
            let [r, g, b, alpha] = pixel.map(|sample| u32::from(u16::from_ne_bytes(sample)));
            for ((to, from), matte) in to.iter_mut().zip([r, g, b]).zip(matte) {
                // At most 65535² + 32767, which fits 32 bits.
                *to = (((from * alpha + matte * (65_535 - alpha) + 32_767) / 65_535) as u16).to_ne_bytes();
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

    #[test]
    fn wide_pictures_are_laid_on_the_same_matte() {
        let samples: [u16; 8] = [1000, 2000, 65_535, 65_535, 1000, 0, 65_535, 32_768];
        let data = samples.map(u16::to_ne_bytes).concat();
        let picture = Picture::interleaved(Size::new(2, 1), Layout::Rgba16, data).unwrap();
        let flat = flatten(picture, Colour::opaque(255, 0, 255));
        let made: Vec<u16> = flat.row(0).as_chunks::<2>().0.iter().map(|s| u16::from_ne_bytes(*s)).collect();
        assert_eq!((flat.layout(), made), (Layout::Rgb16, vec![1000, 2000, 65_535, 33_267, 0, 65_535]));
    }
}
