use lightmill_recipe::{Blur, Rect, Redact, RedactShape, RedactWith, Size};

use super::{blur, convert, crop, narrow, pixelate};
use crate::{Cancel, Error, Layout, Picture};

/// `regions`, which lie in the picture, made unreadable one after the other.
///
/// RGB and RGBA keep their layout, the others become RGB. A blur sees the region alone, so that nothing of it gets out; an
/// oval is the ellipse that touches the region's four sides, without antialiasing, so that nothing stays readable.
pub fn redact(picture: Picture, regions: &[Rect], redact: Redact, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture = if picture.layout() == Layout::Rgba { picture } else { convert(picture, Layout::Rgb)? };
    let channels = picture.layout().channels();
    for region in regions {
        cancel.check()?;
        let Rect { x, y, size } = *region;
        let made = match redact.with {
            RedactWith::Colour(colour) => {
                let row = colour.rgba()[..channels].repeat(size.width as usize);
                Picture::interleaved(size, picture.layout(), row.repeat(size.height as usize))?
            }
            RedactWith::Blur(sigma) => blur(part(&picture, *region)?, Blur::Gaussian { sigma }, cancel)?,
            RedactWith::Pixelate(side) => pixelate(part(&picture, *region)?, side, cancel)?,
        };
        for row in 0..size.height {
            let (first, count) = match redact.shape {
                RedactShape::Rectangle => (0, size.width as usize),
                RedactShape::Oval => chord(size, row),
            };
            let from = &made.row(row)[first * channels..][..count * channels];
            picture.row_mut(y + row)[(x as usize + first) * channels..][..from.len()].copy_from_slice(from);
        }
    }
    Ok(picture)
}

/// A copy of the region.
fn part(picture: &Picture, region: Rect) -> Result<Picture, Error> {
    if !region.fits(picture.size()) || region.is_empty() {
        return Err(Error::internal(format!("region {region:?} of a {} picture", picture.size())));
    }
    if region.size == picture.size() {
        return Ok(picture.clone());
    }
    let plane = crop::cut(&picture.planes()[0], picture.layout().bytes_per_pixel(), region.x, region.y, region.size);
    Picture::interleaved(region.size, picture.layout(), plane.data)
}

/// The first column and the number of columns of a row of the ellipse in a box of `size`: every pixel that it touches at
/// the height of its middle.
fn chord(size: Size, row: u32) -> (usize, usize) {
    let (radius_x, radius_y) = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
    let down = (f64::from(row) + 0.5 - radius_y) / radius_y;
    let half = radius_x * (1.0 - down * down).max(0.0).sqrt();
    let (first, end) = ((radius_x - half).floor() as usize, (radius_x + half).ceil() as usize);
    (first, end.min(size.width as usize) - first)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Colour;

    use super::*;

    fn redacted(shape: RedactShape, with: RedactWith) -> Picture {
        let data = (0..12 * 10 * 3).map(|i| (i * i % 251) as u8).collect();
        let picture = Picture::interleaved(Size::new(12, 10), Layout::Rgb, data).unwrap();
        let region = Rect { x: 2, y: 3, size: Size::new(6, 4) };
        let made = redact(picture.clone(), &[region], Redact { shape, with }, &Cancel::default()).unwrap();
        for y in 0..10 {
            for x in 0..12 {
                let inside = (2..8).contains(&x) && (3..7).contains(&y);
                let at = x * 3..x * 3 + 3;
                assert!(inside || made.row(y)[at.clone()] == picture.row(y)[at], "{x},{y}");
            }
        }
        made
    }

    #[test]
    fn only_the_region_changes() {
        let red = RedactWith::Colour(Colour::opaque(255, 0, 0));
        let made = redacted(RedactShape::Rectangle, red);
        assert_eq!(made.row(3)[6..24], [255, 0, 0].repeat(6));
        let oval = redacted(RedactShape::Oval, red);
        assert_ne!(oval.row(3)[6..9], [255, 0, 0]);
        assert_eq!(oval.row(4)[6..24], [255, 0, 0].repeat(6));
        let squares = redacted(RedactShape::Rectangle, RedactWith::Pixelate(100));
        assert_eq!(squares.row(3)[6..9], squares.row(6)[21..24]);
        let blurred = redacted(RedactShape::Rectangle, RedactWith::Blur(50.0));
        assert!(blurred.row(3)[6].abs_diff(blurred.row(6)[21]) <= 2);
    }

    #[test]
    fn ellipses_touch_their_box() {
        assert_eq!((0..4).map(|row| chord(Size::new(6, 4), row)).collect::<Vec<_>>(), [(1, 4), (0, 6), (0, 6), (1, 4)]);
        assert_eq!(chord(Size::new(1, 1), 0), (0, 1));
    }
}
