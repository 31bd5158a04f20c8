//! Which window of a picture is worth keeping: libvips' `smartcrop`.

use lightmill_recipe::sharp::{Kernel, Placement};
use lightmill_recipe::{Rect, Size};

use super::colours::coloured;
use super::convolve::{self, Rows, convolve};
use super::lab::{lab, xyz};
use super::{flatten, resample_by};
use crate::{Cancel, Error, Picture};

/// Side of the picture in which attention is measured.
const SIDE: u32 = 32;
/// The direction of skin in XYZ.
const SKIN: [f32; 3] = [0.78, 0.57, 0.44];
/// Below this Y, of 100, hue and saturation say nothing.
const DARK: f32 = 5.0;

/// The window of `kept` pixels that `placement` prefers; [`Placement::Gravity`] has none of its own and counts as the
/// middle.
pub fn interesting(picture: Picture, kept: Size, placement: Placement, cancel: &Cancel) -> Result<Rect, Error> {
    let size = picture.size();
    let kept = Size::new(kept.width.clamp(1, size.width), kept.height.clamp(1, size.height));
    let (x, y) = match placement {
        Placement::Gravity(_) => ((size.width - kept.width) / 2, (size.height - kept.height) / 2),
        Placement::Entropy => by_entropy(&coloured(picture)?, kept, cancel)?,
        Placement::Attention => by_attention(picture, kept, cancel)?,
    };
    Ok(Rect { x, y, size: kept })
}

/// Slices are taken off the ends that say less, in eighths of what has to go.
fn by_entropy(picture: &Picture, kept: Size, cancel: &Cancel) -> Result<(u32, u32), Error> {
    let mut window = Rect::whole(picture.size());
    let slice = (window.size.width - kept.width).div_ceil(8).max((window.size.height - kept.height).div_ceil(8));
    while window.size != kept {
        cancel.check()?;
        let Rect { x, y, size } = window;
        let width = slice.min(size.width - kept.width);
        let height = slice.min(size.height - kept.height);
        if width > 0 {
            let part = Size::new(width, size.height);
            let left = entropy(picture, Rect { x, y, size: part });
            let right = entropy(picture, Rect { x: x + size.width - width, y, size: part });
            window.x += if left < right { width } else { 0 };
        }
        if height > 0 {
            let part = Size::new(size.width, height);
            let top = entropy(picture, Rect { x, y, size: part });
            let bottom = entropy(picture, Rect { x, y: y + size.height - height, size: part });
            window.y += if top < bottom { height } else { 0 };
        }
        window.size = Size::new(size.width - width, size.height - height);
    }
    Ok((window.x, window.y))
}

/// Bits that a sample in the window holds (Shannon, 1948), each channel with a histogram of its own.
fn entropy(picture: &Picture, Rect { x, y, size }: Rect) -> f64 {
    let channels = picture.layout().channels();
    let mut counts = [[0u32; 256]; 4];
    for row in y..y + size.height {
        let row = &picture.row(row)[x as usize * channels..][..size.width as usize * channels];
        for pixel in row.chunks_exact(channels) {
            counts.iter_mut().zip(pixel).for_each(|(counts, sample)| counts[usize::from(*sample)] += 1);
        }
    }
    let all = size.pixels().0 as f64 * channels as f64;
    let parts = counts.iter().flatten().filter(|count| **count > 0).map(|count| f64::from(*count) / all);
    -parts.map(|part| part * part.log2()).sum::<f64>()
}

/// Edges, skin and saturation of the picture in a small square are added up and blurred by the size of the window; the
/// window is around the maximum.
fn by_attention(picture: Picture, kept: Size, cancel: &Cancel) -> Result<(u32, u32), Error> {
    let size = picture.size();
    let small = Size::new(SIDE, SIDE);
    let matte = lightmill_recipe::Colour::BLACK;
    let picture = flatten(coloured(picture)?, matte);
    let picture = resample_by(picture, small, Kernel::Lanczos3, cancel)?;
    let side = SIDE as usize;
    let pixels: Vec<[u8; 3]> = (0..SIDE).flat_map(|y| picture.row(y).as_chunks::<3>().0.to_vec()).collect();
    let light: Vec<f32> = pixels.iter().map(|rgb| xyz(*rgb)[1] * 100.0).collect();
    let at = |x: usize, y: usize| light[y * side + x];
    let score = |x: usize, y: usize| {
        let place = y * side + x;
        let around = at(x.saturating_sub(1), y)
            + at((x + 1).min(side - 1), y)
            + at(x, y.saturating_sub(1))
            + at(x, (y + 1).min(side - 1));
        let edge = 5.0 * (4.0 * at(x, y) - around).abs();
        if light[place] <= DARK {
            return edge;
        }
        edge + skin(pixels[place]) + lab(pixels[place])[1]
    };
    let scores: Vec<f32> = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(|(x, y)| score(x, y)).collect();
    let (across, down) = (f64::from(SIDE) / f64::from(size.width), f64::from(SIDE) / f64::from(size.height));
    let sigma = (f64::from(kept.width) * across).hypot(f64::from(kept.height) * down) / 10.0;
    let rows = Rows { width: side, height: side, channels: 1 };
    let mut best = (f32::NEG_INFINITY, 0, 0);
    let source = |y: usize, row: &mut [f32]| row.copy_from_slice(&scores[y * side..(y + 1) * side]);
    let sink = |y: usize, row: &[f32]| {
        for (x, score) in row.iter().take(side).enumerate() {
            if *score > best.0 {
                best = (*score, x, y);
            }
        }
    };
    convolve(rows, &softening(sigma.max(1.0)), cancel, source, sink)?;
    let around = |place: usize, scale: f64, kept: u32, side: u32| {
        // A float cast saturates at 0.
        ((place as f64 / scale - f64::from(kept) / 2.0) as u32).min(side - kept)
    };
    Ok((around(best.1, across, kept.width, size.width), around(best.2, down, kept.height, size.height)))
}

/// A Gaussian, cut off below a fifth of its middle as libvips does by itself.
fn softening(sigma: f64) -> convolve::Kernel {
    let weight = |distance: u32| (-f64::from(distance).powi(2) / (2.0 * sigma * sigma)).exp();
    let half: Vec<f64> = (0..SIDE).map(weight).take_while(|weight| *weight >= 0.2).collect();
    convolve::Kernel::new(&half)
}

/// How near a colour is to skin, at most 100.
fn skin(rgb: [u8; 3]) -> f32 {
    let [x, y, z] = xyz(rgb);
    // Of the white point's parts to XYZ.
    let xyz = [x * 0.950_47, y, z * 1.088_83];
    let length = xyz.iter().map(|part| part * part).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    let distance: f32 = xyz.iter().zip(SKIN).map(|(part, skin)| (part / length - skin).powi(2)).sum();
    100.0 - 100.0 * distance.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;

    /// Grey of one value, with a chequered square.
    fn picture(square: Rect) -> Picture {
        let size = Size::new(90, 60);
        let mut samples = vec![128u8; 90 * 60 * 3];
        for y in square.y..square.y + square.size.height {
            for x in square.x..square.x + square.size.width {
                let colour = if (x / 4 + y / 4) % 2 == 0 { [230, 180, 150] } else { [120, 30, 10] };
                samples[(y * 90 + x) as usize * 3..][..3].copy_from_slice(&colour);
            }
        }
        Picture::interleaved(size, Layout::Rgb, samples).unwrap()
    }

    #[test]
    fn the_window_holds_what_is_there_to_see() {
        for (x, y) in [(2, 20), (60, 20), (30, 20)] {
            let square = Rect { x, y, size: Size::new(20, 20) };
            for placement in [Placement::Entropy, Placement::Attention] {
                let made = interesting(picture(square), Size::new(60, 60), placement, &Cancel::default()).unwrap();
                assert_eq!((made.size, made.y), (Size::new(60, 60), 0));
                assert!(made.x <= x && made.x + 60 >= x + 20, "{placement:?} {x}: {made:?}");
            }
        }
    }

    #[test]
    fn entropy_is_that_of_the_samples() {
        let samples = vec![0, 0, 0, 255, 255, 255];
        let two = Picture::interleaved(Size::new(2, 1), Layout::Rgb, samples).unwrap();
        // Six equal parts of two values in three channels.
        assert!((entropy(&two, Rect::whole(two.size())) - 6f64.log2()).abs() < 1e-9);
    }
}
