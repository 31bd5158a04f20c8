use lightmill_recipe::Blend;

use super::blend::blend;
use super::draw::{Mark, ROWS, canvas};
use super::draw_planes::draw_planes;
use super::over::{over, over_opaque};
use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// How a mark meets what is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meeting {
    /// How colours do.
    pub blend: Blend,
    /// Percent by which the mark's alpha is multiplied.
    pub opacity: u8,
    /// Whether results are cut to whole numbers instead of rounded; of [`Blend::Normal`] with full opacity only.
    pub cut: bool,
}

/// `mark` laid over `picture` at each of `columns` and `rows`, which may be outside; what hangs over is cut.
///
/// RGB and RGBA keep their layout, and `YCbCr` does with [`Blend::Normal`], where results are rounded in any case and
/// copies must not overlap; grey becomes RGB, 16 bits become 8, and masks give RGBA. A mark of another layout than RGBA
/// counts as opaque.
pub fn stamp(
    picture: Picture,
    mark: &Picture,
    [columns, rows]: [&[i64]; 2],
    meeting: Meeting,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let mark = Mark::new(mark, meeting.opacity)?;
    if matches!(meeting.blend, Blend::Mask | Blend::MaskOut) {
        return mask(picture, &mark, [columns, rows], meeting.blend == Blend::Mask, cancel);
    }
    let mut picture = match picture.layout() {
        Layout::YCbCr(_) if meeting.blend != Blend::Normal => convert(picture, Layout::Rgb)?,
        _ => canvas(picture)?,
    };
    if let Layout::YCbCr(subsampling) = picture.layout() {
        let row_at = |row: u32| rows.iter().rev().find_map(|top| mark.row_at(row, *top));
        draw_planes(&mut picture, subsampling, &mark, &row_at, columns, cancel)?;
        return Ok(picture);
    }
    let height = picture.size().height;
    let mut since = 0;
    for top in rows {
        let first = (*top).clamp(0, height.into()) as u32;
        let end = top.saturating_add(mark.height().into()).clamp(0, height.into()) as u32;
        for row in first..end {
            since += 1;
            if since % ROWS == 0 {
                cancel.check()?;
            }
            let Some(y) = mark.row_at(row, *top) else { continue };
            for left in columns {
                if meeting.blend == Blend::Normal && !meeting.cut {
                    mark.blend(y, &mut picture, row, *left);
                } else {
                    lay(&mark, y, &mut picture, row, *left, meeting);
                }
            }
        }
    }
    Ok(picture)
}

/// Row `y` of the mark over row `row` of the picture, from column `left` on.
fn lay(mark: &Mark<'_>, y: u32, picture: &mut Picture, row: u32, left: i64, meeting: Meeting) {
    let (pixels, opacity) = mark.row(y);
    let skipped = usize::try_from(left.saturating_neg()).unwrap_or(0);
    let start = usize::try_from(left).unwrap_or(0);
    let pixels = pixels.iter().skip(skipped);
    let strength = opacity as f32 / (100.0 * 255.0);
    if picture.layout().has_alpha() {
        let under = picture.row_mut(row).as_chunks_mut::<4>().0.iter_mut().skip(start);
        for (under, mark) in under.zip(pixels) {
            *under = if meeting.cut {
                over(*under, *mark)
            } else {
                blend(meeting.blend, *under, *mark, f32::from(mark[3]) * strength)
            };
        }
        return;
    }
    let under = picture.row_mut(row).as_chunks_mut::<3>().0.iter_mut().skip(start);
    for (under, mark) in under.zip(pixels) {
        if meeting.cut {
            *under = over_opaque(*under, *mark);
        } else {
            let [r, g, b] = *under;
            let met = blend(meeting.blend, [r, g, b, 255], *mark, f32::from(mark[3]) * strength);
            *under = [met[0], met[1], met[2]];
        }
    }
}

/// Alpha times that of the marks (`inside`), or times what they leave of it. Of marks that overlap, the stronger counts.
fn mask(
    picture: Picture,
    mark: &Mark<'_>,
    [columns, rows]: [&[i64]; 2],
    inside: bool,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let mut picture = convert(narrow(picture), Layout::Rgba)?;
    // 0 to 255 · 100.
    let mut alpha = vec![0u32; picture.size().width as usize];
    for row in 0..picture.size().height {
        if row % ROWS == 0 {
            cancel.check()?;
        }
        alpha.fill(0);
        for y in rows.iter().filter_map(|top| mark.row_at(row, *top)) {
            let (pixels, opacity) = mark.row(y);
            for left in columns {
                let skipped = usize::try_from(left.saturating_neg()).unwrap_or(0);
                let start = usize::try_from(*left).unwrap_or(0);
                for (alpha, pixel) in alpha.iter_mut().skip(start).zip(pixels.iter().skip(skipped)) {
                    *alpha = (*alpha).max(u32::from(pixel[3]) * opacity);
                }
            }
        }
        for (pixel, alpha) in picture.row_mut(row).as_chunks_mut::<4>().0.iter_mut().zip(&alpha) {
            let kept = if inside { *alpha } else { 25_500 - alpha };
            pixel[3] = ((u32::from(pixel[3]) * kept + 12_750) / 25_500) as u8;
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::Subsampling;

    const NORMAL: Meeting = Meeting { blend: Blend::Normal, opacity: 100, cut: true };

    fn stamped(picture: Picture, columns: &[i64], meeting: Meeting) -> Picture {
        let mark = Picture::solid(Size::new(2, 1), [255, 100, 1, 128]);
        stamp(picture, &mark, [columns, &[0]], meeting, &Cancel::default()).unwrap()
    }

    #[test]
    fn copies_lie_where_they_are_put() {
        let base = || Picture::blank(Size::new(6, 1), Layout::Rgb);
        let dot = [128, 50, 0];
        let none = [0; 3];
        assert_eq!(stamped(base(), &[-1, 2], NORMAL).row(0), [dot, none, dot, dot, none, none].concat());
        assert_eq!(stamped(base(), &[5, 90, -90], NORMAL).row(0), [none, none, none, none, none, dot].concat());
        let rounded = stamped(base(), &[0], Meeting { cut: false, ..NORMAL });
        assert_eq!(rounded.row(0)[..3], [128, 50, 1]);
    }

    #[test]
    fn colours_meet() {
        let grey = Picture::interleaved(Size::new(1, 1), Layout::Grey, vec![200]).unwrap();
        let multiply = Meeting { blend: Blend::Multiply, opacity: 50, cut: false };
        // 200·(1 − α) + 200·c·α with α = 128/510.
        assert_eq!(stamped(grey, &[0], multiply).row(0), [200, 169, 150]);
    }

    #[test]
    fn masks_keep_what_is_below() {
        let base = || Picture::blank(Size::new(3, 1), Layout::Rgb);
        let masked = |blend| {
            let made = stamped(base(), &[0], Meeting { blend, ..NORMAL });
            [made.row(0)[3], made.row(0)[7], made.row(0)[11]]
        };
        assert_eq!(masked(Blend::Mask), [128, 128, 0]);
        assert_eq!(masked(Blend::MaskOut), [127, 127, 255]);
    }

    #[test]
    fn planes_stay_planes() {
        let mut planes = Picture::blank(Size::new(8, 4), Layout::YCbCr(Subsampling::S420));
        planes.planes_mut().iter_mut().for_each(|plane| plane.data.fill(128));
        let made = stamped(planes.clone(), &[1, 4], NORMAL);
        assert_eq!(made.layout(), planes.layout());
        let luma = made.row(0);
        assert!(luma[0] == 128 && luma[1] == luma[5] && luma[1] != 128 && luma[3] == 128, "{luma:?}");
        assert_eq!(stamped(planes, &[0], Meeting { blend: Blend::Screen, ..NORMAL }).layout(), Layout::Rgb);
    }
}
