use lightmill_recipe::sharp::Recomb;

use super::colours::{coloured, map};
use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Each channel replaced by a weighted sum of all, cut to whole numbers and clamped.
///
/// With weights for red, green and blue alone alpha stays: RGB and RGBA keep their layout, the others become RGB. With
/// those for alpha too, the result is RGBA. 16 bits become 8.
pub fn recomb(picture: Picture, recomb: Recomb, cancel: &Cancel) -> Result<Picture, Error> {
    match recomb {
        Recomb::Rgb(rows) => {
            let mut picture = coloured(picture)?;
            map(&mut picture, cancel, |rgb| rows.map(|row| sum(&row, &rgb)))?;
            Ok(picture)
        }
        Recomb::Rgba(rows) => {
            let picture = narrow(picture);
            let mut picture = if picture.layout() == Layout::Rgba { picture } else { convert(picture, Layout::Rgba)? };
            for y in 0..picture.size().height {
                if y % 16 == 0 {
                    cancel.check()?;
                }
                for pixel in picture.row_mut(y).as_chunks_mut::<4>().0 {
                    *pixel = rows.map(|row| sum(&row, pixel));
                }
            }
            Ok(picture)
        }
    }
}

fn sum(weights: &[f64], samples: &[u8]) -> u8 {
    let sum: f64 = weights.iter().zip(samples).map(|(weight, sample)| weight * f64::from(*sample)).sum();
    // Float casts cut and saturate; the rest is what binary fractions lack.
    (sum + 1e-6) as u8
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn channels_are_mixed() {
        let picture = Picture::solid(Size::new(2, 1), [10, 20, 30, 40]);
        let rows = [[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [9.0, 9.0, 9.0]];
        let made = recomb(picture.clone(), Recomb::Rgb(rows), &Cancel::default()).unwrap();
        assert_eq!(made.row(0)[..4], [20, 20, 255, 40]);
        let rows = [[0.0, 0.0, 0.0, 1.0], [0.1, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
        let made = recomb(picture, Recomb::Rgba(rows), &Cancel::default()).unwrap();
        assert_eq!(made.row(0)[..4], [40, 1, 0, 30]);
    }
}
