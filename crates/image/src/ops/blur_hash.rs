use std::f64::consts::PI;

use lightmill_recipe::Colour;

use super::srgb::TABLES;
use super::{convert, flatten, narrow};
use crate::{Error, Layout, Picture};

const DIGITS: &[u8; 83] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/// The `BlurHash` of a picture, with 1 to 9 components in each direction (others count as the nearest of these): the
/// lowest frequencies of a cosine transform in linear light, quantised, in digits of base 83 (woltapp's `Algorithm.md`).
/// What is transparent counts as white.
///
/// The cost is that of all pixels for each component: the picture should be small.
pub fn blur_hash(picture: Picture, across: u8, down: u8) -> Result<String, Error> {
    let picture = convert(flatten(narrow(picture), Colour::WHITE), Layout::Rgb)?;
    let (across, down) = (u32::from(across.clamp(1, 9)), u32::from(down.clamp(1, 9)));
    let mut factors = (0..down).flat_map(|y| (0..across).map(move |x| (x, y))).map(|(x, y)| factor(&picture, x, y));
    let mean = factors.next().unwrap_or_default();
    let rest: Vec<[f64; 3]> = factors.collect();
    let mut hash = String::new();
    digits(&mut hash, across - 1 + (down - 1) * 9, 1);
    let largest = rest.iter().flatten().fold(0f64, |largest, part| largest.max(part.abs()));
    let step = if rest.is_empty() { 0 } else { (largest * 166.0 - 0.5).floor().clamp(0.0, 82.0) as u32 };
    digits(&mut hash, step, 1);
    let [red, green, blue] = mean.map(|part| u32::from(TABLES.encode(part as f32)));
    digits(&mut hash, red << 16 | green << 8 | blue, 4);
    let unit = f64::from(step + 1) / 166.0;
    for factor in rest {
        let [red, green, blue] = factor.map(|part| {
            let root = (part.abs() / unit).sqrt().copysign(part);
            (root * 9.0 + 9.5).floor().clamp(0.0, 18.0) as u32
        });
        digits(&mut hash, red * 19 * 19 + green * 19 + blue, 2);
    }
    Ok(hash)
}

/// The weight of a cosine of so many half waves across and down in each channel, in linear light.
fn factor(picture: &Picture, across: u32, down: u32) -> [f64; 3] {
    let size = picture.size();
    let wave = |waves: u32, place: u32, length: u32| (PI * f64::from(waves * place) / f64::from(length)).cos();
    let columns: Vec<f64> = (0..size.width).map(|x| wave(across, x, size.width)).collect();
    let mut sums = [0f64; 3];
    for y in 0..size.height {
        let row = wave(down, y, size.height);
        for (pixel, column) in picture.row(y).as_chunks::<3>().0.iter().zip(&columns) {
            for (sum, sample) in sums.iter_mut().zip(pixel) {
                *sum += row * column * f64::from(TABLES.linear(*sample));
            }
        }
    }
    let norm = if across == 0 && down == 0 { 1.0 } else { 2.0 };
    sums.map(|sum| sum * norm / size.pixels().0 as f64)
}

/// Adds so many digits of a number, the highest first.
fn digits(text: &mut String, number: u32, count: u32) {
    for place in (0..count).rev() {
        let digit = number / 83u32.pow(place) % 83;
        text.push(char::from(DIGITS[digit as usize]));
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn number(text: &str) -> u32 {
        text.bytes().fold(0, |sum, digit| sum * 83 + DIGITS.iter().position(|other| *other == digit).unwrap() as u32)
    }

    #[test]
    fn the_mean_is_an_srgb_colour() {
        let hash = |colour| blur_hash(Picture::solid(Size::new(20, 10), colour), 1, 1).unwrap();
        assert_eq!(hash([0, 0, 0, 255]), "000000");
        assert_eq!(hash([255, 255, 255, 0]), hash([255, 255, 255, 255]));
        assert_eq!(number(&hash([200, 30, 90, 255])[2..6]), 0xC8_1E_5A);
    }

    #[test]
    fn one_colour_has_no_waves() {
        let hash = blur_hash(Picture::solid(Size::new(40, 30), [128, 128, 128, 255]), 4, 3).unwrap();
        assert_eq!((number(&hash[..1]), hash.len()), (3 + 2 * 9, 6 + 11 * 2));
        // Cosines over whole pixels do not add up to nothing in odd half waves: at most a step of nine.
        for factor in 0..11 {
            let value = number(&hash[6 + factor * 2..][..2]);
            let parts = [value / 361, value / 19 % 19, value % 19];
            assert!(parts[0] == parts[1] && parts[1] == parts[2], "{parts:?}");
        }
    }

    #[test]
    fn a_gradient_is_a_wave_of_its_sign() {
        let row: Vec<u8> = (0..32u8).flat_map(|x| [255 - x * 8; 3]).collect();
        let picture = Picture::interleaved(Size::new(32, 8), Layout::Rgb, row.repeat(8)).unwrap();
        let hash = blur_hash(picture, 2, 1).unwrap();
        // Bright on the left: the largest factor, 18 in each channel.
        assert_eq!(number(&hash[6..8]), 18 * 361 + 18 * 19 + 18);
        assert_eq!(blur_hash(Picture::solid(Size::new(1, 1), [9; 4]), 0, 200).unwrap().len(), 6 + 8 * 2);
    }
}
