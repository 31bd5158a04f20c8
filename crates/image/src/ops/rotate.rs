use lightmill_recipe::{Size, geometry};

use super::{convert, orient};
use crate::{Cancel, Error, ExifOrientation, Layout, Picture};

/// Fractional bits of a position in the source. A side of 30,000 pixels leaves room in 64 bits many times over, and the
/// error that adds up along a row stays below a thousandth of a pixel.
const BITS: u32 = 32;

/// The picture turned clockwise by `degrees` on the canvas of [`geometry::rotate`]: RGBA, transparent around.
///
/// Multiples of 90 are exact. Otherwise pixels are mixed bilinearly and premultiplied, with transparency beyond the
/// edges, which makes them antialiased.
pub fn rotate(picture: Picture, degrees: u16, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = convert(planar_to_rgb(picture)?, Layout::Rgba)?;
    match degrees % 360 {
        0 => Ok(picture),
        90 => orient(picture, ExifOrientation::new(6), cancel),
        180 => orient(picture, ExifOrientation::new(3), cancel),
        270 => orient(picture, ExifOrientation::new(8), cancel),
        degrees => turn(&picture, degrees, cancel),
    }
}

fn planar_to_rgb(picture: Picture) -> Result<Picture, Error> {
    match picture.layout() {
        Layout::YCbCr(_) => convert(picture, Layout::Rgb),
        other => convert(picture, other.narrowed()),
    }
}

fn turn(picture: &Picture, degrees: u16, cancel: &Cancel) -> Result<Picture, Error> {
    let size = picture.size();
    let canvas = geometry::rotate(size, degrees);
    let mut result = Picture::blank(canvas, Layout::Rgba).with_icc(picture.icc.clone());
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let fixed = |value: f64| (value * (1u64 << BITS) as f64).round() as i64;
    let (step_x, step_y) = (fixed(cos), fixed(-sin));
    for y in 0..canvas.height {
        if y % 16 == 0 {
            cancel.check()?;
        }
        // The middle of the row's first pixel, turned back, in units where the source's first pixel is at 0.
        let (across, down) = (0.5 - f64::from(canvas.width) / 2.0, f64::from(y) + 0.5 - f64::from(canvas.height) / 2.0);
        let start_x = fixed(across * cos + down * sin + f64::from(size.width) / 2.0 - 0.5);
        let start_y = fixed(down * cos - across * sin + f64::from(size.height) / 2.0 - 0.5);
        let (first, end) = covered(start_x, step_x, size.width, canvas.width);
        let (first_y, end_y) = covered(start_y, step_y, size.height, canvas.width);
        let (first, end) = (first.max(first_y), end.min(end_y));
        if first >= end {
            continue;
        }
        let pixels = &mut result.row_mut(y).as_chunks_mut::<4>().0[first as usize..end as usize];
        let (mut source_x, mut source_y) = (start_x + step_x * i64::from(first), start_y + step_y * i64::from(first));
        for pixel in pixels {
            *pixel = sample(picture, size, source_x, source_y);
            source_x += step_x;
            source_y += step_y;
        }
    }
    Ok(result)
}

/// The pixels of a row of `length` for which `start` + `step`·x lies in −1 to `side`: a range, end excluded, that may
/// be one too wide on either side.
fn covered(start: i64, step: i64, side: u32, length: u32) -> (u32, u32) {
    let (low, high) = (-(1i64 << BITS), i64::from(side) << BITS);
    if step == 0 {
        return if start > low && start < high { (0, length) } else { (0, 0) };
    }
    let (near, far) = if step > 0 { (low, high) } else { (high, low) };
    let bound = |value: i64| value.clamp(0, i64::from(length)) as u32;
    (bound((near - start) / step - 1), bound((far - start) / step + 2))
}

fn sample(picture: &Picture, size: Size, x: i64, y: i64) -> [u8; 4] {
    let (column, row) = (x >> BITS, y >> BITS);
    let fraction = |position: i64| ((position >> (BITS - 8)) & 255) as u32;
    let (right, below) = (fraction(x), fraction(y));
    let stride = picture.planes()[0].stride;
    let data = &picture.planes()[0].data;
    let (width, height) = (i64::from(size.width), i64::from(size.height));
    let pixel = |column: i64, row: i64| -> [u8; 4] {
        if column < 0 || row < 0 || column >= width || row >= height {
            return [0; 4];
        }
        let start = row as usize * stride + column as usize * 4;
        match data[start..].first_chunk::<4>() {
            Some(pixel) => *pixel,
            None => [0; 4],
        }
    };
    let corners = [
        (pixel(column, row), (256 - right) * (256 - below)),
        (pixel(column + 1, row), right * (256 - below)),
        (pixel(column, row + 1), (256 - right) * below),
        (pixel(column + 1, row + 1), right * below),
    ];
    // Weights sum to 2¹⁶; with 8 bits of alpha and 8 of colour the sums just fit 32 bits.
    let mut alpha = 0u32;
    let mut colour = [0u32; 3];
    for (pixel, weight) in corners {
        let weight = weight * u32::from(pixel[3]);
        alpha += weight;
        for (sum, sample) in colour.iter_mut().zip(pixel) {
            *sum += u32::from(sample) * weight;
        }
    }
    if alpha == 255 << 16 {
        let [r, g, b] = colour.map(|sum| (((sum >> 8) * 257 + (1 << 23)) >> 24) as u8);
        return [r, g, b, 255];
    }
    let opacity = ((alpha + (1 << 15)) >> 16) as u8;
    if opacity == 0 {
        return [0; 4];
    }
    let [r, g, b] = colour.map(|sum| ((sum + alpha / 2) / alpha) as u8);
    [r, g, b, opacity]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(size: Size) -> Picture {
        let data = (0..size.pixels().0).flat_map(|i| [(i * 7) as u8, (i * 13) as u8, (i * 29) as u8, 255]).collect();
        Picture::interleaved(size, Layout::Rgba, data).unwrap()
    }

    fn at(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
        *picture.row(y)[x as usize * 4..].first_chunk().unwrap()
    }

    #[test]
    fn quarter_turns_are_exact_and_clockwise() {
        let source = picture(Size::new(5, 3));
        let turned = rotate(source.clone(), 90, &Cancel::default()).unwrap();
        assert_eq!(turned.size(), Size::new(3, 5));
        assert_eq!(at(&turned, 2, 0), at(&source, 0, 0));
        assert_eq!(at(&turned, 0, 0), at(&source, 0, 2));
        let half = rotate(source.clone(), 180, &Cancel::default()).unwrap();
        assert_eq!(at(&half, 4, 2), at(&source, 0, 0));
        let back = rotate(turned, 270, &Cancel::default()).unwrap();
        assert_eq!(back, source);
        assert_eq!(rotate(source.clone(), 360, &Cancel::default()).unwrap(), source);
    }

    #[test]
    fn a_small_angle_is_clockwise() {
        let mut source = Picture::solid(Size::new(101, 101), [0, 0, 0, 255]);
        // A white square above the middle moves to the right.
        for y in 5..15 {
            source.row_mut(y)[45 * 4..56 * 4].fill(255);
        }
        let turned = rotate(source, 30, &Cancel::default()).unwrap();
        let middle = f64::from(turned.size().width) / 2.0;
        let (x, y) = (middle + 40.5 * 0.5, middle - 40.5 * 0.866);
        assert_eq!(at(&turned, x as u32, y as u32), [255; 4]);
    }

    #[test]
    fn area_is_kept_and_edges_are_antialiased() {
        for degrees in [1, 30, 45, 89, 91, 135, 200, 300, 359] {
            let turned =
                rotate(Picture::solid(Size::new(60, 40), [10, 200, 30, 255]), degrees, &Cancel::default()).unwrap();
            assert_eq!(turned.size(), geometry::rotate(Size::new(60, 40), degrees));
            let pixels = turned.planes()[0].data.as_chunks::<4>().0;
            let area = pixels.iter().map(|pixel| f64::from(pixel[3]) / 255.0).sum::<f64>();
            assert!((area / 2400.0 - 1.0).abs() < 0.01, "{degrees}: {area}");
            assert!(pixels.iter().any(|pixel| (50..200).contains(&pixel[3])));
            // No dark fringe: whatever is visible has the colour.
            for pixel in pixels.iter().filter(|pixel| pixel[3] > 0) {
                assert_eq!(pixel[..3], [10, 200, 30], "{degrees}");
            }
        }
    }

    #[test]
    fn hidden_colour_does_not_bleed() {
        let mut source = Picture::solid(Size::new(20, 20), [0, 255, 0, 0]);
        for y in 0..20 {
            source.row_mut(y)[40..].copy_from_slice(&[255, 0, 0, 255].repeat(10));
        }
        let turned = rotate(source, 20, &Cancel::default()).unwrap();
        assert!(turned.planes()[0].data.as_chunks::<4>().0.iter().all(|pixel| pixel[1] == 0));
    }
}
