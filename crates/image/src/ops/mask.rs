use super::convert;
use super::flatten::divide_by_255;
use crate::{Error, Layout, Picture};

/// What is outside a disc of `radius` pixels, whose middle lies as far from the left and from the upper edge, becomes
/// transparent: RGBA. The edge is antialiased.
pub fn mask_circle(picture: Picture, radius: f64) -> Result<Picture, Error> {
    let mut picture = convert(picture, Layout::Rgba)?;
    let size = picture.size();
    for y in 0..size.height {
        let down = f64::from(y) + 0.5 - radius;
        for (x, pixel) in picture.row_mut(y).as_chunks_mut::<4>().0.iter_mut().enumerate() {
            fade(pixel, coverage(x as f64 + 0.5 - radius, down, radius));
        }
    }
    Ok(picture)
}

/// Each corner becomes a quarter of a circle of `radius` pixels, at most half the shorter side; outside it is
/// transparent: RGBA. The edge is antialiased.
pub fn mask_rounded(picture: Picture, radius: u32) -> Result<Picture, Error> {
    let mut picture = convert(picture, Layout::Rgba)?;
    let size = picture.size();
    let radius = f64::from(radius).min(f64::from(size.shorter()) / 2.0);
    let rows = radius.ceil() as u32;
    let columns = rows as usize;
    let width = size.width as usize;
    for y in (0..rows).chain((size.height - rows).max(rows)..size.height) {
        let from_edge = y.min(size.height - 1 - y);
        let down = radius - (f64::from(from_edge) + 0.5);
        let pixels = picture.row_mut(y).as_chunks_mut::<4>().0;
        for x in (0..columns).chain((width - columns).max(columns)..width) {
            let from_edge = x.min(width - 1 - x);
            let across = radius - (from_edge as f64 + 0.5);
            fade(&mut pixels[x], coverage(across.max(0.0), down.max(0.0), radius));
        }
    }
    Ok(picture)
}

/// Share of a pixel, 0 to 255, that lies in a disc of `radius`, for a pixel whose middle is `across` and `down` from
/// the disc's: the edge counts as straight within a pixel.
fn coverage(across: f64, down: f64, radius: f64) -> u8 {
    let square = across * across + down * down;
    let (inner, outer) = ((radius - 0.5).max(0.0), radius + 0.5);
    if square >= outer * outer {
        0
    } else if square <= inner * inner {
        255
    } else {
        ((outer - square.sqrt()).clamp(0.0, 1.0) * 255.0).round() as u8
    }
}

fn fade(pixel: &mut [u8; 4], coverage: u8) {
    pixel[3] = divide_by_255(u32::from(pixel[3]) * u32::from(coverage));
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn alpha(picture: &Picture, x: u32, y: u32) -> u8 {
        picture.row(y)[x as usize * 4 + 3]
    }

    fn assert_symmetric(picture: &Picture) {
        let Size { width, height } = picture.size();
        for y in 0..height {
            for x in 0..width {
                assert_eq!(alpha(picture, x, y), alpha(picture, width - 1 - x, y), "{x},{y}");
                assert_eq!(alpha(picture, x, y), alpha(picture, x, height - 1 - y), "{x},{y}");
            }
        }
    }

    #[test]
    fn disc_is_symmetric_and_has_its_area() {
        for side in [1, 2, 5, 30, 31, 101] {
            let picture = Picture::solid(Size::new(side, side), [1, 2, 3, 255]);
            let disc = mask_circle(picture, f64::from(side) / 2.0).unwrap();
            assert_symmetric(&disc);
            let area = disc.planes()[0].data.chunks(4).map(|p| f64::from(p[3]) / 255.0).sum::<f64>();
            let exact = std::f64::consts::PI * f64::from(side * side) / 4.0;
            assert!(side < 5 || (area / exact - 1.0).abs() < 0.01, "{side}: {area} {exact}");
            assert_eq!(&disc.row(0)[..3], [1, 2, 3]);
        }
    }

    #[test]
    fn corners_are_rounded_and_the_rest_stays() {
        for (width, height, radius) in [(50, 30, 10), (31, 57, 4096), (9, 9, 1), (1, 1, 5), (1, 40, 7), (20, 20, 10)] {
            let made = mask_rounded(Picture::solid(Size::new(width, height), [9, 9, 9, 200]), radius).unwrap();
            assert_symmetric(&made);
            assert_eq!(alpha(&made, width / 2, height / 2), if width == 1 { alpha(&made, 0, height / 2) } else { 200 });
            let radius = f64::from(radius).min(f64::from(width.min(height)) / 2.0);
            let area = made.planes()[0].data.chunks(4).map(|p| f64::from(p[3]) / 200.0).sum::<f64>();
            let exact = f64::from(width * height) - (4.0 - std::f64::consts::PI) * radius * radius;
            assert!(width < 5 || (area / exact - 1.0).abs() < 0.01, "{area} {exact}");
        }
        let made = mask_rounded(Picture::solid(Size::new(50, 30), [9, 9, 9, 255]), 10).unwrap();
        assert_eq!((alpha(&made, 0, 0), alpha(&made, 12, 0), alpha(&made, 0, 15)), (0, 255, 255));
    }
}
