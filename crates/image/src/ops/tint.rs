use lightmill_recipe::Colour;

use super::colours::{coloured, map};
use super::greyscale;
use super::lab::{colour, lab};
use crate::{Cancel, Error, Picture};

/// The grey of each pixel ([`greyscale`]) in the chroma of `tint`: a* and b* of CIE Lab are those of the tint times
/// 1 − 4·(L* / 100 − ½)², which is 1 in the middle and 0 for black and white. Alpha stays.
///
/// RGB and RGBA keep their layout, the others become RGB; 16 bits become 8.
pub fn tint(picture: Picture, tint: Colour, cancel: &Cancel) -> Result<Picture, Error> {
    let mut picture = coloured(greyscale(picture)?)?;
    let [_, a, b] = lab([tint.red, tint.green, tint.blue]);
    let table: [[u8; 3]; 256] = std::array::from_fn(|grey| {
        let lightness = lab([grey as u8; 3])[0];
        let weight = 1.0 - 4.0 * (lightness / 100.0 - 0.5).powi(2);
        colour([lightness, a * weight, b * weight])
    });
    map(&mut picture, cancel, |[grey, ..]| table[usize::from(grey)])?;
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn made(pixel: [u8; 4], wish: Colour) -> Vec<u8> {
        tint(Picture::solid(Size::new(1, 1), pixel), wish, &Cancel::default()).unwrap().row(0).to_vec()
    }

    #[test]
    fn the_middle_has_the_chroma_and_the_ends_stay() {
        let red = Colour::opaque(255, 0, 0);
        assert_eq!(made([0, 0, 0, 7], red), [0, 0, 0, 7]);
        assert_eq!(made([255, 255, 255, 7], red), [255, 255, 255, 7]);
        let [r, g, b, _] = *made([119, 119, 119, 7], red) else { panic!() };
        let [lightness, a, b_star] = lab([r, g, b]);
        let [_, red_a, red_b] = lab([255, 0, 0]);
        assert!((lightness - 50.0).abs() < 1.0 && (a - red_a).abs() < 4.0 && (b_star - red_b).abs() < 4.0);
        assert_eq!(made([100, 100, 100, 7], Colour::opaque(9, 9, 9)), [100, 100, 100, 7]);
    }
}
