use lightmill_recipe::WaveletSharpen;

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture, Plane};

/// Levels of the decomposition.
const LEVELS: usize = 5;
/// Weights of red, green and blue in luma (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Crisper, by an à-trous decomposition in single precision (Holschneider et al. 1989; the kernel is 1/4, 1/2, 1/4): at
/// level i the low part is (2·x(n) + x(n − 2ⁱ) + x(n + 2ⁱ)) / 4, along rows and then columns, edges mirrored. What it
/// takes away, times 1 + amount·exp(−(i − radius)² / 1.5), is added up with the last low part, cut to whole numbers and
/// clamped. Alpha stays.
///
/// RGB and RGBA keep their layout, grey does. `YCbCr` stays for luminance, which is its luma, and else becomes RGB. 16 bits
/// become 8. Memory: three planes of floats, a fourth where only luminance changes.
pub fn wavelet_sharpen(picture: Picture, sharpen: WaveletSharpen, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture = match picture.layout() {
        Layout::YCbCr(_) if !sharpen.luminance_only => convert(picture, Layout::Rgb)?,
        _ => picture,
    };
    let channels = picture.layout().channels();
    let size = picture.size();
    let (width, height) = (size.width as usize, size.height as usize);
    if sharpen.luminance_only && channels >= 3 {
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..size.height {
            luma.extend(picture.row(y).chunks_exact(channels).map(luma_of));
        }
        let made = sharpened(luma.clone(), width, height, sharpen, cancel)?;
        for (y, (before, after)) in (0..).zip(luma.chunks_exact(width).zip(made.chunks_exact(width))) {
            let pixels = picture.row_mut(y).chunks_exact_mut(channels);
            for ((pixel, before), after) in pixels.zip(before).zip(after) {
                // Chroma stays: all channels move as luma does.
                let change = after - before;
                for sample in &mut pixel[..3] {
                    *sample = cut(f32::from(*sample) + change);
                }
            }
        }
        return Ok(picture);
    }
    let coloured = channels.min(3);
    for channel in 0..coloured {
        let Some(Plane { data, .. }) = picture.planes().first() else { continue };
        let samples = data.iter().skip(channel).step_by(channels).map(|sample| f32::from(*sample)).collect();
        let made = sharpened(samples, width, height, sharpen, cancel)?;
        if let Some(plane) = picture.planes_mut().first_mut() {
            let to = plane.data.iter_mut().skip(channel).step_by(channels);
            to.zip(made).for_each(|(to, made)| *to = cut(made));
        }
    }
    Ok(picture)
}

fn luma_of(pixel: &[u8]) -> f32 {
    pixel.iter().zip(LUMA).map(|(sample, weight)| f32::from(*sample) * weight).sum()
}

/// Whole and clamped, as a float cast is.
fn cut(value: f32) -> u8 {
    value as u8
}

/// All levels of a plane of `width` × `height`, strengthened and added up.
fn sharpened(
    mut plane: Vec<f32>,
    width: usize,
    height: usize,
    sharpen: WaveletSharpen,
    cancel: &Cancel,
) -> Result<Vec<f32>, Error> {
    let mut sum = vec![0f32; plane.len()];
    let mut low = vec![0f32; plane.len()];
    for level in 0..LEVELS {
        let distance = level as f32 - sharpen.radius;
        let gain = 1.0 + sharpen.amount * (-(distance * distance) / 1.5).exp();
        let step = 1 << level;
        for (from, to) in plane.chunks_exact(width).zip(low.chunks_exact_mut(width)) {
            across(from, to, step);
        }
        cancel.check()?;
        // What is taken away is added up row by row, as low parts become final.
        let mut line = vec![0f32; width];
        for y in 0..height {
            if y % 64 == 0 {
                cancel.check()?;
            }
            let row = |y: usize| &low[y * width..][..width];
            let (above, below) =
                (row(mirrored(y as isize - step as isize, height)), row(mirrored((y + step) as isize, height)));
            for (((to, x), above), below) in line.iter_mut().zip(row(y)).zip(above).zip(below) {
                *to = (2.0 * x + above + below) * 0.25;
            }
            let place = y * width..(y + 1) * width;
            for ((sum, high), low) in sum[place.clone()].iter_mut().zip(&mut plane[place]).zip(&line) {
                *sum += (*high - low) * gain;
                *high = *low;
            }
        }
    }
    sum.iter_mut().zip(&plane).for_each(|(sum, low)| *sum += low);
    Ok(sum)
}

fn across(from: &[f32], to: &mut [f32], step: usize) {
    let length = from.len();
    let one = |x: usize| {
        let (left, right) = (mirrored(x as isize - step as isize, length), mirrored((x + step) as isize, length));
        (2.0 * from[x] + from[left] + from[right]) * 0.25
    };
    if length <= 2 * step {
        (0..length).for_each(|x| to[x] = one(x));
        return;
    }
    (0..step).chain(length - step..length).for_each(|x| to[x] = one(x));
    let middle = &mut to[step..length - step];
    for (((to, x), left), right) in middle.iter_mut().zip(&from[step..]).zip(from).zip(&from[2 * step..]) {
        *to = (2.0 * x + left + right) * 0.25;
    }
}

/// The place inside of `length` that a place outside is mirrored to: −k is k, and n − 1 + k is n − 1 − k.
fn mirrored(place: isize, length: usize) -> usize {
    let last = length as isize - 1;
    if last == 0 {
        return 0;
    }
    let place = place.rem_euclid(2 * last);
    (if place > last { 2 * last - place } else { place }) as usize
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn wish(amount: f32, luminance_only: bool) -> WaveletSharpen {
        WaveletSharpen { amount, radius: 0.0, luminance_only }
    }

    #[test]
    fn edges_are_mirrored() {
        assert_eq!([-2, -1, 0, 3, 4, 5, 7].map(|place| mirrored(place, 4)), [2, 1, 0, 3, 2, 1, 1]);
        assert_eq!([-5, 0, 9].map(|place| mirrored(place, 1)), [0; 3]);
        let mut low = [0.0; 4];
        across(&[8.0, 0.0, 0.0, 4.0], &mut low, 1);
        assert_eq!(low.map(f32::to_bits), [4f32, 2.0, 1.0, 2.0].map(f32::to_bits));
    }

    #[test]
    fn without_strength_all_levels_add_up_to_the_picture_but_for_what_is_cut() {
        let data = (0..40 * 30 * 3).map(|i| (i * i % 251) as u8).collect();
        let picture = Picture::interleaved(Size::new(40, 30), Layout::Rgb, data).unwrap();
        for luminance_only in [false, true] {
            let made = wavelet_sharpen(picture.clone(), wish(0.0, luminance_only), &Cancel::default()).unwrap();
            let pairs = made.planes()[0].data.iter().zip(&picture.planes()[0].data);
            assert!(pairs.clone().all(|(made, given)| given - made <= 1));
            assert!(pairs.filter(|(made, given)| made != given).count() < 300);
        }
    }

    #[test]
    fn one_level_of_a_row() {
        // Level 0 of 0 100 0: low is 50 50 50; details are −50 50 −50, doubled, and the other levels add up to 50.
        let picture = Picture::interleaved(Size::new(3, 1), Layout::Grey, vec![0, 100, 0]).unwrap();
        let wish = WaveletSharpen { amount: 1.0, radius: 0.0, luminance_only: false };
        let made = wavelet_sharpen(picture, wish, &Cancel::default()).unwrap();
        assert_eq!(made.row(0), [0, 150, 0]);
    }
}
