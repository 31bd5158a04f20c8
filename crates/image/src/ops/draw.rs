use std::borrow::Cow;

use super::convert;
use super::draw_planes::draw_planes;
use crate::{Cancel, Error, Layout, Picture};

/// Rows between two questions whether to stop.
pub(super) const ROWS: u32 = 64;

/// `mark` laid over `picture` with its upper left corner at `left`, `top`, which may be outside; what hangs over is cut.
///
/// Source-over with straight alpha (Porter and Duff 1984), computed in integers and rounded once. `opacity` is a
/// percentage that multiplies the mark's alpha. RGB, RGBA and YCbCr keep their layout; grey becomes RGB and 16 bits
/// become 8. Of subsampled
/// chroma, a sample is covered as far as the pixels are that it stands for. A mark of another layout than RGBA counts as
/// opaque. `cancel` is asked every 64 rows.
pub fn draw(
    picture: Picture,
    mark: &Picture,
    left: i64,
    top: i64,
    opacity: u8,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let mark = Mark::new(mark, opacity)?;
    let mut picture = canvas(picture)?;
    if let Layout::YCbCr(subsampling) = picture.layout() {
        draw_planes(&mut picture, subsampling, &mark, &|row| mark.row_at(row, top), &[left], cancel)?;
        return Ok(picture);
    }
    let size = picture.size();
    for row in 0..size.height {
        if row % ROWS == 0 {
            cancel.check()?;
        }
        if let Some(y) = mark.row_at(row, top) {
            mark.blend(y, &mut picture, row, left);
        }
    }
    Ok(picture)
}

/// The picture in a layout that can be drawn upon.
pub(super) fn canvas(picture: Picture) -> Result<Picture, Error> {
    match picture.layout() {
        Layout::Rgb | Layout::Rgba | Layout::YCbCr(_) => Ok(picture),
        Layout::Rgba16 => convert(picture, Layout::Rgba),
        Layout::Grey | Layout::Grey16 | Layout::Rgb16 => convert(picture, Layout::Rgb),
    }
}

/// RGBA pixels to lay over others, and their opacity in percent.
pub(super) struct Mark<'a> {
    picture: Cow<'a, Picture>,
    opacity: u32,
}

impl<'a> Mark<'a> {
    pub(super) fn new(mark: &'a Picture, opacity: u8) -> Result<Self, Error> {
        let picture = if mark.layout() == Layout::Rgba {
            Cow::Borrowed(mark)
        } else {
            Cow::Owned(convert(mark.clone(), Layout::Rgba)?)
        };
        Ok(Self { picture, opacity: u32::from(opacity.min(100)) })
    }

    pub(super) fn width(&self) -> u32 {
        self.picture.size().width
    }

    pub(super) fn height(&self) -> u32 {
        self.picture.size().height
    }

    /// The mark's row that lies on row `row` of the canvas, if it begins at row `top`.
    pub(super) fn row_at(&self, row: u32, top: i64) -> Option<u32> {
        let y = u32::try_from(i64::from(row).checked_sub(top)?).ok()?;
        (y < self.height()).then_some(y)
    }

    /// The pixels of a row, and how opaque the whole mark is in percent.
    pub(super) fn row(&self, y: u32) -> (&[[u8; 4]], u32) {
        (self.picture.row(y).as_chunks::<4>().0, self.opacity)
    }

    /// Lays row `y` of the mark over row `row` of `canvas` (RGB or RGBA), from column `left` on.
    pub(super) fn blend(&self, y: u32, canvas: &mut Picture, row: u32, left: i64) {
        let skipped = usize::try_from(left.saturating_neg()).unwrap_or(0);
        let start = usize::try_from(left).unwrap_or(0);
        let pixels = self.picture.row(y).as_chunks::<4>().0.iter().skip(skipped);
        if canvas.layout().has_alpha() {
            let under = canvas.row_mut(row).as_chunks_mut::<4>().0.iter_mut().skip(start);
            under.zip(pixels).for_each(|(under, over)| over_rgba(under, *over, self.opacity));
        } else {
            let under = canvas.row_mut(row).as_chunks_mut::<3>().0.iter_mut().skip(start);
            under.zip(pixels).for_each(|(under, over)| over_opaque(under, *over, self.opacity));
        }
    }
}

/// An alpha of 255 times an opacity of 100 percent.
pub(super) const FULL: u32 = 25_500;

fn over_opaque(under: &mut [u8], [r, g, b, alpha]: [u8; 4], opacity: u32) {
    let alpha = u32::from(alpha) * opacity;
    if alpha == 0 {
        return;
    }
    for (under, over) in under.iter_mut().zip([r, g, b]) {
        *under = ((u32::from(over) * alpha + u32::from(*under) * (FULL - alpha) + FULL / 2) / FULL) as u8;
    }
}

fn over_rgba(under: &mut [u8; 4], over: [u8; 4], opacity: u32) {
    if under[3] == 255 {
        return over_opaque(&mut under[..3], over, opacity);
    }
    let above = u32::from(over[3]) * opacity;
    if above == 0 {
        return;
    }
    // At most 255 · 255 · 25,500, which fits 32 bits with the rounding term.
    let below = u32::from(under[3]) * (FULL - above);
    let total = above * 255 + below;
    for (under, over) in under.iter_mut().zip([over[0], over[1], over[2]]) {
        *under = ((u32::from(over) * above * 255 + u32::from(*under) * below + total / 2) / total) as u8;
    }
    under[3] = ((total + FULL / 2) / FULL) as u8;
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn opaque(size: Size, colour: [u8; 3]) -> Picture {
        Picture::interleaved(size, Layout::Rgb, colour.repeat(size.pixels().0 as usize)).unwrap()
    }

    #[test]
    fn opacity_multiplies_alpha() {
        let base = opaque(Size::new(3, 1), [100, 100, 0]);
        let red = Picture::solid(Size::new(1, 1), [255, 0, 0, 255]);
        let half = draw(base.clone(), &red, 1, 0, 50, &Cancel::default()).unwrap();
        assert_eq!(half.row(0), [100, 100, 0, 178, 50, 0, 100, 100, 0]);
        let full = draw(base.clone(), &red, 1, 0, 100, &Cancel::default()).unwrap();
        assert_eq!(full.row(0)[3..6], [255, 0, 0]);
        assert_eq!(draw(base.clone(), &red, 1, 0, 0, &Cancel::default()).unwrap(), base);
    }

    #[test]
    fn straight_alpha_over_transparency() {
        let clear = Picture::solid(Size::new(1, 1), [0, 255, 0, 0]);
        let red = Picture::solid(Size::new(1, 1), [255, 0, 0, 128]);
        assert_eq!(draw(clear, &red, 0, 0, 100, &Cancel::default()).unwrap().row(0), [255, 0, 0, 128]);
        let blue = Picture::solid(Size::new(1, 1), [0, 0, 255, 128]);
        // α = a + b(1 − a), colour = (a·red + b(1 − a)·blue) / α
        assert_eq!(draw(blue.clone(), &red, 0, 0, 100, &Cancel::default()).unwrap().row(0), [170, 0, 85, 192]);
        assert_eq!(
            draw(blue.clone(), &Picture::solid(Size::new(1, 1), [9, 9, 9, 0]), 0, 0, 100, &Cancel::default()).unwrap(),
            blue
        );
    }

    #[test]
    fn every_blend_is_within_half_a_step() {
        for (under, over) in [(0u8, 255u8), (10, 200), (255, 254), (3, 7)] {
            for alpha in 0..=255u8 {
                for opacity in [1, 33, 50, 99, 100] {
                    let mut pixel = [under; 3];
                    over_opaque(&mut pixel, [over, over, over, alpha], opacity);
                    let share = f64::from(alpha) / 255.0 * f64::from(opacity) / 100.0;
                    let exact = f64::from(over) * share + f64::from(under) * (1.0 - share);
                    assert!((f64::from(pixel[0]) - exact).abs() <= 0.500_001);
                }
            }
        }
    }

    #[test]
    fn clips_on_every_side() {
        let mark = Picture::solid(Size::new(3, 3), [255; 4]);
        for (left, top, drawn) in
            [(-1, -1, 4), (-2, 0, 3), (3, 3, 1), (2, 1, 6), (-3, 0, 0), (4, 0, 0), (i64::MIN, i64::MAX, 0), (0, 0, 9)]
        {
            let made = draw(opaque(Size::new(4, 4), [0; 3]), &mark, left, top, 100, &Cancel::default()).unwrap();
            let white = made.planes()[0].data.as_chunks::<3>().0.iter().filter(|pixel| **pixel == [255; 3]).count();
            assert_eq!(white, drawn, "{left},{top}");
        }
    }

    #[test]
    fn grey_becomes_colour() {
        let grey = Picture::blank(Size::new(2, 2), Layout::Grey);
        let made = draw(grey, &Picture::solid(Size::new(1, 1), [1, 2, 3, 255]), 1, 1, 100, &Cancel::default()).unwrap();
        assert_eq!(made.row(1), [0, 0, 0, 1, 2, 3]);
    }
}
