use lightmill_recipe::Tiling;

use super::draw::{Mark, ROWS, canvas};
use super::draw_planes::draw_planes;
use crate::{Cancel, Error, Layout, Picture};

/// `mark` repeated over the whole of `picture` from its upper left corner on, with the gaps of `tiling`; copies that hang
/// over are cut. Layouts, opacity and arithmetic are those of [`super::draw()`].
///
/// The cost is bounded by the picture's pixels, however small the mark is.
pub fn tile(picture: Picture, mark: &Picture, tiling: Tiling, opacity: u8, cancel: &Cancel) -> Result<Picture, Error> {
    let mark = Mark::new(mark, opacity)?;
    let mut picture = canvas(picture)?;
    let size = picture.size();
    let step = |side: u32, gap: u32| side.saturating_add(gap).max(1);
    let (across, down) = (step(mark.width(), tiling.gap_x), step(mark.height(), tiling.gap_y));
    let row_at = |row: u32| Some(row % down).filter(|y| *y < mark.height());
    let places: Vec<i64> = (0..size.width).step_by(across as usize).map(i64::from).collect();
    if let Layout::YCbCr(subsampling) = picture.layout() {
        draw_planes(&mut picture, subsampling, &mark, &row_at, &places, cancel)?;
        return Ok(picture);
    }
    for row in 0..size.height {
        if row % ROWS == 0 {
            cancel.check()?;
        }
        if let Some(y) = row_at(row) {
            for left in &places {
                mark.blend(y, &mut picture, row, *left);
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
    fn copies_start_at_the_upper_left() {
        let base = Picture::blank(Size::new(11, 9), Layout::Rgb);
        let mark = Picture::solid(Size::new(2, 3), [255, 255, 255, 255]);
        let made = tile(base, &mark, Tiling { gap_x: 3, gap_y: 1 }, 100, &Cancel::default()).unwrap();
        for y in 0..9 {
            for x in 0..11 {
                let expected = if x % 5 < 2 && y % 4 < 3 { 255 } else { 0 };
                assert_eq!(made.row(y)[x as usize * 3], expected, "{x},{y}");
            }
        }
    }

    #[test]
    fn marks_do_not_overlap_and_gaps_may_be_huge() {
        let mark = Picture::solid(Size::new(2, 2), [255, 0, 0, 255]);
        let base = || Picture::solid(Size::new(5, 5), [0, 0, 0, 255]);
        let dense = tile(base(), &mark, Tiling { gap_x: 0, gap_y: 0 }, 50, &Cancel::default()).unwrap();
        assert!(dense.planes()[0].data.as_chunks::<4>().0.iter().all(|pixel| *pixel == [128, 0, 0, 255]));
        let once = tile(base(), &mark, Tiling { gap_x: u32::MAX, gap_y: u32::MAX }, 100, &Cancel::default()).unwrap();
        assert_eq!(once.planes()[0].data.chunks(4).filter(|pixel| pixel[0] == 255).count(), 4);
    }
}
