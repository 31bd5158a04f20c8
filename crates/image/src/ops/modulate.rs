use lightmill_recipe::sharp::LchModulate;

use super::colours::{coloured, map};
use super::lab::{colour, lab};
use crate::{Cancel, Error, Picture};

/// Lightness and chroma multiplied, lightness raised and hue turned in CIE `LCh` of Lab (CIE 15, D65); alpha stays.
/// Colours that sRGB does not hold are clamped.
///
/// RGB and RGBA keep their layout, the others become RGB.
pub fn modulate(picture: Picture, modulate: LchModulate, cancel: &Cancel) -> Result<Picture, Error> {
    let mut picture = coloured(picture)?;
    let LchModulate { brightness, saturation, hue, lightness } = modulate;
    let (sin, cos) = (hue as f32).to_radians().sin_cos();
    let (across, along) = (saturation as f32 * sin, saturation as f32 * cos);
    let (factor, offset) = (brightness as f32, lightness as f32);
    map(&mut picture, cancel, |rgb| {
        let [lightness, a, b] = lab(rgb);
        colour([lightness * factor + offset, a * along - b * across, a * across + b * along])
    })?;
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn made(colour: [u8; 4], brightness: f64, saturation: f64, hue: f64) -> Vec<u8> {
        lighter(colour, brightness, saturation, hue, 0.0)
    }

    fn lighter(colour: [u8; 4], brightness: f64, saturation: f64, hue: f64, lightness: f64) -> Vec<u8> {
        let picture = Picture::solid(Size::new(2, 1), colour);
        let wish = LchModulate { brightness, saturation, hue, lightness };
        modulate(picture, wish, &Cancel::default()).unwrap().row(0)[4..].to_vec()
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

    #[test]
    fn lightness_is_raised() {
        // L* of 119 is 50.03, of 171 it is 70.1.
        assert_eq!(lighter([119, 119, 119, 9], 1.0, 1.0, 0.0, 20.0), [171, 171, 171, 9]);
        assert_eq!(lighter([119, 119, 119, 9], 1.0, 1.0, 0.0, 60.0), [255, 255, 255, 9]);
    }
}
