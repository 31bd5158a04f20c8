use lightmill_recipe::Size;

use crate::{Layout, Picture};

/// Pixels of a block's side.
const BLOCK: u32 = 8;

/// The colours of an RGBA picture as RGB, and its alpha.
///
/// What lies under fully transparent pixels is never seen but costs bytes: in each block of 8×8 it becomes the mean of
/// the block's other pixels, weighted by alpha, or what the block before had if there are none.
pub(super) fn split(picture: &Picture) -> (Picture, Picture) {
    let size = picture.size();
    let mut colour = Picture::blank(size, Layout::Rgb).with_icc(picture.icc.clone());
    let mut alpha = Picture::blank(size, Layout::Grey);
    for y in 0..size.height {
        let (target, alpha) = (colour.row_mut(y).as_chunks_mut::<3>().0, alpha.row_mut(y));
        for ((pixel, target), alpha) in picture.row(y).as_chunks::<4>().0.iter().zip(target).zip(alpha) {
            let [r, g, b, a] = *pixel;
            (*target, *alpha) = ([r, g, b], a);
        }
    }
    let mut last = [128; 3];
    for top in (0..size.height).step_by(BLOCK as usize) {
        for left in (0..size.width).step_by(BLOCK as usize) {
            last = clean(&mut colour, &alpha, (left, top), size, last);
        }
    }
    (colour, alpha)
}

/// The picture without its alpha if that hides nothing.
pub(super) fn drop_if_opaque(picture: Picture) -> Picture {
    let rows = 0..picture.size().height;
    let opaque = |y| picture.row(y).as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255);
    if picture.layout() != Layout::Rgba || !rows.into_iter().all(opaque) {
        return picture;
    }
    split(&picture).0
}

/// Cleans a block and gives the colour that its invisible pixels have, or `last` if it has none.
fn clean(colour: &mut Picture, alpha: &Picture, (left, top): (u32, u32), size: Size, last: [u8; 3]) -> [u8; 3] {
    let columns = left as usize..(left + BLOCK).min(size.width) as usize;
    let rows = top..(top + BLOCK).min(size.height);
    if rows.clone().all(|y| alpha.row(y)[columns.clone()].iter().all(|alpha| *alpha > 0)) {
        return last;
    }
    let (mut sums, mut weight) = ([0; 3], 0);
    for y in rows.clone() {
        let pixels = &colour.row(y).as_chunks::<3>().0[columns.clone()];
        for (pixel, alpha) in pixels.iter().zip(&alpha.row(y)[columns.clone()]) {
            weight += u32::from(*alpha);
            for (sum, value) in sums.iter_mut().zip(pixel) {
                *sum += u32::from(*value) * u32::from(*alpha);
            }
        }
    }
    let mean = if weight > 0 { sums.map(|sum| ((sum + weight / 2) / weight) as u8) } else { last };
    for y in rows {
        let pixels = &mut colour.row_mut(y).as_chunks_mut::<3>().0[columns.clone()];
        for (pixel, alpha) in pixels.iter_mut().zip(&alpha.row(y)[columns.clone()]) {
            if *alpha == 0 {
                *pixel = mean;
            }
        }
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_that_hides_nothing_goes() {
        let size = Size::new(3, 2);
        let opaque = Picture::solid(size, [1, 2, 3, 255]);
        assert_eq!(drop_if_opaque(opaque.clone()).row(1), [1, 2, 3].repeat(3));
        let mut seen_through = opaque;
        seen_through.row_mut(1)[11] = 254;
        assert_eq!(drop_if_opaque(seen_through.clone()), seen_through);
    }

    #[test]
    fn only_what_is_invisible_changes() {
        let size = Size::new(19, 9);
        let mut picture = Picture::solid(size, [1, 2, 3, 0]);
        for (x, pixel) in [(0, [200, 100, 50, 255]), (1, [100, 50, 0, 85]), (16, [9, 8, 7, 1])] {
            picture.row_mut(0)[x * 4..][..4].copy_from_slice(&pixel);
        }
        let (colour, alpha) = split(&picture);
        let pixel = |x: usize, y: u32| &colour.row(y)[x * 3..][..3];
        assert_eq!((pixel(0, 0), pixel(1, 0), pixel(16, 0)), (&[200, 100, 50][..], &[100, 50, 0][..], &[9, 8, 7][..]));
        assert_eq!(pixel(5, 5), [175, 88, 38], "the mean of what is seen");
        assert_eq!(pixel(12, 3), [175, 88, 38], "a block without anything to see");
        assert_eq!((pixel(18, 7), pixel(0, 8)), (&[9, 8, 7][..], &[9, 8, 7][..]));
        assert_eq!((alpha.row(0)[1], alpha.row(8)[0]), (85, 0));
    }
}
