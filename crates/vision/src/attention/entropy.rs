use std::num::NonZeroU32;

use lightmill_image::{Cancel, Picture};

use crate::Error;

/// Slices that the surplus of a side is cut away in, at least.
const SLICES: u32 = 8;

/// Columns by rows, of which only the ratio counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AspectRatio {
    /// Columns.
    pub width: NonZeroU32,
    /// Rows.
    pub height: NonZeroU32,
}

/// A window of a picture, in parts of its sides: 0 to 1, width and height above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CropWindow {
    /// Left edge.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// The largest window of `picture` with that ratio, to the pixel, after slices of its longer direction were cut away:
/// always from the end that holds less (Shannon's entropy of the luma), the upper or left one where both hold the same.
pub(super) fn busiest_window(picture: &Picture, ratio: AspectRatio, cancel: &Cancel) -> Result<CropWindow, Error> {
    let size = picture.size();
    let (across, down) = (u64::from(ratio.width.get()), u64::from(ratio.height.get()));
    let (width, height) = (u64::from(size.width), u64::from(size.height));
    let wide = width * down > height * across;
    let keep = if wide { height * across / down } else { width * down / across };
    // Longer than the slice of a picture: it is cut into columns lying down.
    let lines = if wide { columns(picture) } else { rows(picture) };
    let (from, to) = narrowed(&lines, (keep as u32).max(1), cancel)?;
    let length = lines.len() as f32;
    let (start, part) = (from as f32 / length, (to - from) as f32 / length);
    Ok(if wide {
        CropWindow { left: start, top: 0.0, width: part, height: 1.0 }
    } else {
        CropWindow { left: 0.0, top: start, width: 1.0, height: part }
    })
}

/// The histogram of a line's luma.
type Histogram = [u32; 256];

/// First line and the one after the last of `keep` lines.
fn narrowed(lines: &[Histogram], keep: u32, cancel: &Cancel) -> Result<(usize, usize), Error> {
    let keep = (keep as usize).min(lines.len());
    let (mut from, mut to) = (0, lines.len());
    let slice = (to - keep).div_ceil(SLICES as usize).max(1);
    while to - from > keep {
        cancel.check()?;
        let slice = slice.min(to - from - keep);
        if entropy(&lines[from..from + slice]) > entropy(&lines[to - slice..to]) {
            to -= slice;
        } else {
            from += slice;
        }
    }
    Ok((from, to))
}

/// Bits for a pixel of these lines, 0 to 8.
fn entropy(lines: &[Histogram]) -> f64 {
    let mut counts = [0_u64; 256];
    for line in lines {
        counts.iter_mut().zip(line).for_each(|(count, line)| *count += u64::from(*line));
    }
    let pixels = counts.iter().sum::<u64>() as f64;
    let parts = counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / pixels);
    -parts.map(|part| part * part.log2()).sum::<f64>()
}

fn luma([red, green, blue]: [u8; 3]) -> usize {
    (77 * usize::from(red) + 150 * usize::from(green) + 29 * usize::from(blue) + 128) >> 8
}

fn rows(picture: &Picture) -> Vec<Histogram> {
    let row = |y| {
        let mut counts = [0; 256];
        picture.row(y).as_chunks::<3>().0.iter().for_each(|pixel| counts[luma(*pixel)] += 1);
        counts
    };
    (0..picture.size().height).map(row).collect()
}

fn columns(picture: &Picture) -> Vec<Histogram> {
    let mut columns = vec![[0; 256]; picture.size().width as usize];
    for y in 0..picture.size().height {
        let pixels = picture.row(y).as_chunks::<3>().0;
        columns.iter_mut().zip(pixels).for_each(|(counts, pixel)| counts[luma(*pixel)] += 1);
    }
    columns
}

#[cfg(test)]
mod tests {
    use lightmill_image::Layout;
    use lightmill_recipe::Size;

    use super::*;

    fn ratio(width: u32, height: u32) -> AspectRatio {
        let [width, height] = [width, height].map(|side| NonZeroU32::new(side).unwrap());
        AspectRatio { width, height }
    }

    /// Grey with noise in the columns from 60 to 90 of 120, or the rows.
    fn half_busy(transposed: bool) -> Picture {
        let size = Size::new(120, 40);
        let size = if transposed { size.transposed() } else { size };
        let mut data = Vec::new();
        for y in 0..size.height {
            for x in 0..size.width {
                let (along, across) = if transposed { (y, x) } else { (x, y) };
                let sample = if (60..90).contains(&along) { (along * 91 + across * 57) % 256 } else { 100 };
                data.extend([sample as u8; 3]);
            }
        }
        Picture::interleaved(size, Layout::Rgb, data).unwrap()
    }

    #[test]
    fn the_busy_part_is_kept() {
        let window = busiest_window(&half_busy(false), ratio(1, 1), &Cancel::default()).unwrap();
        assert_eq!((window.top, window.height), (0.0, 1.0));
        assert!((window.width - 1.0 / 3.0).abs() < 0.01);
        assert!(window.left <= 0.5 && window.left + window.width >= 0.75, "{window:?}");
        let window = busiest_window(&half_busy(true), ratio(2, 2), &Cancel::default()).unwrap();
        assert!(window.top <= 0.5 && window.top + window.height >= 0.75, "{window:?}");
    }

    #[test]
    fn a_picture_of_that_ratio_is_kept_whole() {
        let whole = CropWindow { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };
        assert_eq!(busiest_window(&half_busy(false), ratio(3, 1), &Cancel::default()).unwrap(), whole);
    }

    #[test]
    fn something_is_left_of_every_picture() {
        let picture = Picture::blank(Size::new(1, 1), Layout::Rgb);
        for ratio in [ratio(1, u32::MAX), ratio(u32::MAX, 1)] {
            let window = busiest_window(&picture, ratio, &Cancel::default()).unwrap();
            assert_eq!((window.width, window.height), (1.0, 1.0));
        }
        let window = busiest_window(&half_busy(false), ratio(1, 1000), &Cancel::default()).unwrap();
        assert!(window.width > 0.0);
    }

    #[test]
    fn entropy_is_in_bits() {
        let line = |values: &[usize]| {
            let mut counts = [0; 256];
            for value in values {
                counts[*value] += 1;
            }
            counts
        };
        assert!((entropy(&[line(&[1, 2]), line(&[3, 4])]) - 2.0).abs() < 1e-9);
        assert!(entropy(&[line(&[7, 7, 7])]).abs() < 1e-9);
    }
}
