use lightmill_recipe::Noise;

use super::random::Random;
use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Adds the same random number to red, green and blue of a pixel, row by row: value mod amount − amount / 2, clamped.
/// Alpha stays.
///
/// The numbers are those of glibc's `random()`; seed 0, "any", is always the same one, so that results can be kept. Grey,
/// RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8.
pub fn noise(picture: Picture, noise: Noise, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture =
        if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let amount = noise.amount.clamp(1, i32::MAX as u32);
    let half = (amount / 2).cast_signed();
    let mut random = Random::new(noise.seed);
    let channels = picture.layout().channels();
    let coloured = channels.min(3);
    for y in 0..picture.size().height {
        if y % 64 == 0 {
            cancel.check()?;
        }
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            let grain = (random.next() % amount).cast_signed() - half;
            for sample in &mut pixel[..coloured] {
                *sample = (i32::from(*sample).saturating_add(grain)).clamp(0, 255) as u8;
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
    fn grain_is_the_same_in_all_channels() {
        let made = |seed| {
            let picture = Picture::solid(Size::new(2, 1), [100, 120, 140, 50]);
            noise(picture, Noise { amount: 40, seed }, &Cancel::default()).unwrap().row(0).to_vec()
        };
        // 1804289383 mod 40 = 23, 846930886 mod 40 = 6; less 20.
        assert_eq!(made(1), [103, 123, 143, 50, 86, 106, 126, 50]);
        assert_eq!(made(0), made(1));
        assert_ne!(made(7), made(1));
    }

    #[test]
    fn any_amount_is_taken() {
        for amount in [0, 1, u32::MAX] {
            let picture = Picture::solid(Size::new(3, 3), [100, 120, 140, 50]);
            assert!(noise(picture, Noise { amount, seed: 3 }, &Cancel::default()).is_ok());
        }
    }
}
