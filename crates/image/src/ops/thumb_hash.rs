use std::f64::consts::PI;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{convert, narrow};
use crate::{Error, Layout, Picture};

/// The `ThumbHash` of a picture, in Base64: the lowest frequencies of a cosine transform of lightness, two chroma channels
/// and alpha, quantised to 4 bits each (Evan Wallace's description of the format).
///
/// The cost is that of all pixels for each of about 40 components: the picture should be small, at most 100 pixels wide
/// and high.
pub fn thumb_hash(picture: Picture) -> Result<String, Error> {
    let picture = convert(narrow(picture), Layout::Rgba)?;
    Ok(STANDARD.encode(bytes(&picture)))
}

fn bytes(picture: &Picture) -> Vec<u8> {
    let size = picture.size();
    let pixels: Vec<[f64; 4]> = (0..size.height)
        .flat_map(|y| picture.row(y).as_chunks::<4>().0)
        .map(|pixel| pixel.map(|sample| f64::from(sample) / 255.0))
        .collect();
    let visible: f64 = pixels.iter().map(|pixel| pixel[3]).sum();
    let mean = [0, 1, 2].map(|channel: usize| {
        let sum: f64 = pixels.iter().map(|pixel| pixel[channel] * pixel[3]).sum();
        if visible > 0.0 { sum / visible } else { 0.0 }
    });
    let has_alpha = pixels.iter().any(|pixel| pixel[3] < 1.0);
    // Each pixel on the mean colour, as lightness, yellow against blue and red against green.
    let channel = |of: fn([f64; 3]) -> f64| -> Vec<f64> {
        let on_mean = |pixel: &[f64; 4]| [0, 1, 2].map(|n: usize| mean[n] * (1.0 - pixel[3]) + pixel[n] * pixel[3]);
        pixels.iter().map(|pixel| of(on_mean(pixel))).collect()
    };
    let most = if has_alpha { 5.0 } else { 7.0 };
    let count = |side: u32| ((most * f64::from(side) / f64::from(size.longer())).round() as usize).max(1);
    let (across, down) = (count(size.width), count(size.height));
    let waves =
        |samples: &[f64], across, down| Waves::of(samples, (size.width as usize, size.height as usize), across, down);
    let lightness = waves(&channel(|[r, g, b]| (r + g + b) / 3.0), across.max(3), down.max(3));
    let yellow = waves(&channel(|[r, g, b]| f64::midpoint(r, g) - b), 3, 3);
    let red = waves(&channel(|[r, g, _]| r - g), 3, 3);
    let landscape = size.width > size.height;
    let whole = |value: f64| value.round() as u32;
    let header = whole(63.0 * lightness.mean)
        | whole(31.5 + 31.5 * yellow.mean) << 6
        | whole(31.5 + 31.5 * red.mean) << 12
        | whole(31.0 * lightness.scale) << 18
        | u32::from(has_alpha) << 23;
    let sides = if landscape { down } else { across } as u32
        | whole(63.0 * yellow.scale) << 3
        | whole(63.0 * red.scale) << 9
        | u32::from(landscape) << 15;
    let mut bytes = header.to_le_bytes()[..3].to_vec();
    bytes.extend_from_slice(&sides.to_le_bytes()[..2]);
    let mut nibbles = [&lightness, &yellow, &red].map(Waves::nibbles).concat();
    if has_alpha {
        let alpha: Vec<f64> = pixels.iter().map(|pixel| pixel[3]).collect();
        let alpha = waves(&alpha, 5, 5);
        bytes.push((whole(15.0 * alpha.mean) | whole(15.0 * alpha.scale) << 4) as u8);
        nibbles.extend(alpha.nibbles());
    }
    bytes.extend(nibbles.chunks(2).map(|pair| pair.iter().rev().fold(0, |byte, nibble| byte << 4 | nibble)));
    bytes
}

/// A channel as cosines.
struct Waves {
    mean: f64,
    /// The largest of the others.
    scale: f64,
    /// The others, row by row: those in a triangle of low frequencies.
    others: Vec<f64>,
}

impl Waves {
    fn of(samples: &[f64], (width, height): (usize, usize), across: usize, down: usize) -> Self {
        let wave = |waves: usize, place: usize, length: usize| {
            (PI / length as f64 * waves as f64 * (place as f64 + 0.5)).cos()
        };
        let (mut mean, mut others) = (0.0, Vec::new());
        for y in 0..down {
            let rows: Vec<f64> = (0..height).map(|row| wave(y, row, height)).collect();
            for x in (0..across).take_while(|x| x * down < across * (down - y)) {
                let columns: Vec<f64> = (0..width).map(|column| wave(x, column, width)).collect();
                let lines = samples.chunks_exact(width).zip(&rows);
                let line = |(line, row): (&[f64], &f64)| {
                    row * line.iter().zip(&columns).map(|(sample, column)| sample * column).sum::<f64>()
                };
                let factor = lines.map(line).sum::<f64>() / samples.len() as f64;
                if x == 0 && y == 0 {
                    mean = factor;
                } else {
                    others.push(factor);
                }
            }
        }
        let scale = others.iter().fold(0f64, |scale, factor| scale.max(factor.abs()));
        Self { mean, scale, others }
    }

    /// The others, from 0 to 15 between ± the largest.
    fn nibbles(&self) -> Vec<u8> {
        let part = |factor: &f64| if self.scale > 0.0 { 0.5 + 0.5 / self.scale * factor } else { *factor };
        self.others.iter().map(|factor| (15.0 * part(factor)).round() as u8).collect()
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn one_colour_is_its_mean() {
        let made = bytes(&Picture::solid(Size::new(10, 10), [255, 255, 255, 255]));
        // Lightness 63, both chromas 32 (31.5 rounded), no waves worth a step; 7 of 7 components.
        assert_eq!(made[0] & 63, 63);
        assert_eq!((u32::from(made[0]) >> 6 | u32::from(made[1]) << 2) & 63, 32);
        assert_eq!(made[2] >> 7, 0);
        assert_eq!((made[3] & 7, made[4] >> 7), (7, 0));
        // 27 waves of lightness (a triangle of 7 without the mean) and 5 of each chroma, 4 bits each.
        assert_eq!(made.len(), 5 + (27 + 5 + 5usize).div_ceil(2));
    }

    #[test]
    fn shape_and_alpha_are_told() {
        let wide = bytes(&Picture::solid(Size::new(60, 30), [9, 9, 9, 255]));
        assert_eq!((wide[3] & 7, wide[4] >> 7), (4, 1));
        let mut clear = Picture::solid(Size::new(30, 60), [9, 9, 9, 255]);
        clear.row_mut(0)[3] = 0;
        let clear = bytes(&clear);
        assert_eq!((clear[2] >> 7, clear[3] & 7, clear[4] >> 7), (1, 3, 0));
        assert_eq!(clear[5] & 15, 15);
        assert_eq!(thumb_hash(Picture::solid(Size::new(1, 1), [0; 4])).unwrap().len() % 4, 0);
    }

    #[test]
    fn waves_have_their_sign() {
        // Dark on the left: the first wave across is as negative as can be, 0 of 15.
        let row: Vec<f64> = (0..16).map(|x| f64::from(x) / 15.0).collect();
        let waves = Waves::of(&row.repeat(16), (16, 16), 3, 3);
        assert!((waves.mean - 0.5).abs() < 1e-9 && waves.nibbles()[0] == 0);
        assert_eq!(waves.others.len(), 5);
    }
}
