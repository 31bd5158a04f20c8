use lightmill_recipe::Modulate;

use super::srgb::TABLES;
use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// CIE XYZ of linear sRGB (IEC 61966-2-1), as parts of the white point's.
const TO_XYZ: [[f32; 3]; 3] =
    [[0.433_949, 0.376_209, 0.189_842], [0.212_6, 0.715_2, 0.072_2], [0.017_737, 0.109_472, 0.872_791]];
/// Its inverse.
const TO_RGB: [[f32; 3]; 3] =
    [[3.080_093, -1.537_138, -0.542_939], [-0.920_984, 1.876_011, 0.045_216], [0.052_920, -0.204_066, 1.151_146]];
/// (6/29)³ of CIE 15, below which lightness is linear.
const EDGE: f32 = 216.0 / 24_389.0;

/// Lightness and chroma multiplied and hue turned in CIE `LCh` of Lab (CIE 15, D65); alpha stays. Colours that sRGB does
/// not hold are clamped.
///
/// RGB and RGBA keep their layout, the others become RGB.
pub fn modulate(picture: Picture, modulate: Modulate, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture = if picture.layout() == Layout::Rgba { picture } else { convert(picture, Layout::Rgb)? };
    let tables = &*TABLES;
    let (sin, cos) = modulate.hue.to_radians().sin_cos();
    let (across, along) = (modulate.chroma * sin, modulate.chroma * cos);
    let channels = picture.layout().channels();
    let mut last = ([0; 3], [0; 3]);
    for y in 0..picture.size().height {
        if y % 16 == 0 {
            cancel.check()?;
        }
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            let [r, g, b, ..] = pixel else { continue };
            // Neighbours often have one colour.
            if last.0 != [*r, *g, *b] || y == 0 {
                let [lightness, a, b_star] = lab([*r, *g, *b].map(|sample| tables.linear(sample)));
                let turned = [a * along - b_star * across, a * across + b_star * along];
                let light = linear([lightness * modulate.lightness, turned[0], turned[1]]);
                last = ([*r, *g, *b], light.map(|part| tables.encode(part.clamp(0.0, 1.0))));
            }
            [*r, *g, *b] = last.1;
        }
    }
    Ok(picture)
}

fn product(matrix: &[[f32; 3]; 3], [a, b, c]: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|row: usize| matrix[row][0] * a + matrix[row][1] * b + matrix[row][2] * c)
}

/// L*, a*, b* of linear sRGB.
fn lab(rgb: [f32; 3]) -> [f32; 3] {
    let [x, y, z] =
        product(&TO_XYZ, rgb).map(|part| if part > EDGE { part.cbrt() } else { part * (841.0 / 108.0) + 4.0 / 29.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// Linear sRGB of L*, a*, b*; outside of 0 to 1 where sRGB does not hold it.
fn linear([lightness, a, b]: [f32; 3]) -> [f32; 3] {
    let y = (lightness + 16.0) / 116.0;
    let xyz = [y + a / 500.0, y, y - b / 200.0]
        .map(|part| if part > 6.0 / 29.0 { part * part * part } else { (part - 4.0 / 29.0) * (108.0 / 841.0) });
    product(&TO_RGB, xyz)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn made(colour: [u8; 4], lightness: f32, chroma: f32, hue: f32) -> Vec<u8> {
        let picture = Picture::solid(Size::new(2, 1), colour);
        modulate(picture, Modulate { lightness, chroma, hue }, &Cancel::default()).unwrap().row(0)[4..].to_vec()
    }

    #[test]
    fn lightness_of_red_is_that_of_the_standard() {
        let [lightness, a, b] = lab([1.0, 0.0, 0.0]);
        assert!((lightness - 53.24).abs() < 0.02 && (a - 80.09).abs() < 0.1 && (b - 67.20).abs() < 0.1);
    }

    #[test]
    fn nothing_asked_for_changes_nothing() {
        for colour in [[0, 0, 0, 1], [255, 255, 255, 2], [200, 30, 90, 3], [1, 2, 3, 4], [0, 255, 0, 5]] {
            assert_eq!(made(colour, 1.0, 1.0, 0.0), colour);
            assert_eq!(made(colour, 1.0, 1.0, 360.0), colour);
        }
    }

    #[test]
    fn without_chroma_all_is_grey_and_a_half_turn_is_the_opposite() {
        let grey = made([200, 30, 90, 255], 1.0, 0.0, 0.0);
        assert!(grey[0].abs_diff(grey[1]) <= 1 && grey[1].abs_diff(grey[2]) <= 1, "{grey:?}");
        let opposite = made([140, 110, 115, 255], 1.0, 1.0, 180.0);
        assert!(opposite[0] < opposite[1] && opposite[0] < opposite[2], "{opposite:?}");
        assert_eq!(made([50, 60, 70, 255], 0.0, 1.0, 0.0)[3], 255);
        assert!(made([100, 100, 100, 255], 1.5, 1.0, 0.0)[0] > 140);
    }
}
