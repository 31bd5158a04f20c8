use lightmill_recipe::{Colour, Corner, Rect, Size, Trim, TrimDistance};

use super::{convert, flatten, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// What a border of one colour leaves of the picture: the box of all pixels that are farther than the tolerance from the
/// pixel in the corner; `None` if there are none. How far is measured as [`TrimDistance`] says.
pub fn border(picture: Picture, trim: Trim, cancel: &Cancel) -> Result<Option<Rect>, Error> {
    let picture = narrow(picture);
    let picture = if picture.layout() == Layout::Rgba { picture } else { convert(picture, Layout::Rgb)? };
    match trim.distance {
        TrimDistance::Euclidean => {
            let tolerance = u64::from(trim.tolerance).pow(2);
            let reference = corner(&picture, trim.reference).to_vec();
            let differs = |pixel: &[u8]| {
                let squares = pixel.iter().zip(&reference).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2));
                squares.sum::<u64>() > tolerance
            };
            extent(picture.size(), cancel, |y, columns| {
                let pixels = || picture.row(y).chunks_exact(picture.layout().channels());
                columns.hull(pixels().position(differs), pixels().rposition(differs));
            })
        }
        TrimDistance::LargestChannel => {
            let picture = flatten(picture, Colour::opaque(255, 0, 255));
            let tolerance = trim.tolerance.max(1);
            let reference = corner(&picture, trim.reference).to_vec();
            let differs =
                |pixel: &[u8]| pixel.iter().zip(&reference).any(|(a, b)| u32::from(a.abs_diff(*b)) > tolerance);
            let mut smooth = vec![0; picture.row(0).len()];
            extent(picture.size(), cancel, |y, columns| {
                median(&picture, y, &mut smooth);
                let pixels = || smooth.chunks_exact(3);
                columns.hull(pixels().position(differs), pixels().rposition(differs));
            })
        }
    }
}

fn corner(picture: &Picture, corner: Corner) -> &[u8] {
    let channels = picture.layout().channels();
    match corner {
        Corner::TopLeft => &picture.row(0)[..channels],
        Corner::BottomRight => {
            let row = picture.row(picture.size().height - 1);
            &row[row.len() - channels..]
        }
    }
}

/// Columns in which something was found.
#[derive(Default)]
pub(super) struct Columns {
    first_and_last: Option<(usize, usize)>,
    in_row: bool,
}

impl Columns {
    pub(super) fn hull(&mut self, first: Option<usize>, last: Option<usize>) {
        self.in_row = first.is_some();
        if let (Some(first), Some(last)) = (first, last) {
            let (a, b) = self.first_and_last.unwrap_or((first, last));
            self.first_and_last = Some((a.min(first), b.max(last)));
        }
    }
}

/// The box of what `look` finds, row by row.
pub(super) fn extent(
    size: Size,
    cancel: &Cancel,
    mut look: impl FnMut(u32, &mut Columns),
) -> Result<Option<Rect>, Error> {
    let (mut columns, mut rows) = (Columns::default(), None);
    for y in 0..size.height {
        if y % 64 == 0 {
            cancel.check()?;
        }
        look(y, &mut columns);
        if columns.in_row {
            rows = Some((rows.map_or(y, |(first, _)| first), y));
        }
    }
    Ok(columns.first_and_last.zip(rows).map(|((left, right), (top, bottom))| {
        let size = Size::new((right - left) as u32 + 1, bottom - top + 1);
        Rect { x: left as u32, y: top, size }
    }))
}

/// Row `y` of an RGB picture with each sample the median of the nine around it; beyond the edges the outermost repeat.
pub(super) fn median(picture: &Picture, y: u32, smooth: &mut [u8]) {
    let last = picture.size().height - 1;
    let rows = [picture.row(y.saturating_sub(1)), picture.row(y), picture.row((y + 1).min(last))];
    let length = smooth.len();
    let one = |at: usize| {
        let (left, right) = (at.checked_sub(3).unwrap_or(at), if at + 3 < length { at + 3 } else { at });
        let [a, b, c] = rows.map(|row| [row[left], row[at], row[right]]);
        middle([a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2]])
    };
    for at in (0..length.min(3)).chain(length.saturating_sub(3)..length) {
        smooth[at] = one(at);
    }
    let Some(inner) = length.checked_sub(6).filter(|inner| *inner > 0) else { return };
    let windows = rows.map(|row| [&row[..inner], &row[3..][..inner], &row[6..][..inner]]);
    for (at, smooth) in smooth[3..3 + inner].iter_mut().enumerate() {
        let [a, b, c] = windows.map(|[left, middle, right]| [left[at], middle[at], right[at]]);
        *smooth = middle([a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2]]);
    }
}

/// The fifth of nine: the middle of the largest of the smallest, the middle of the middle and the smallest of the largest
/// of three groups that are sorted each.
fn middle([a, b, c, d, e, f, g, h, i]: [u8; 9]) -> u8 {
    let sorted = |a: u8, b: u8, c: u8| (a.min(b).min(c), of_three(a, b, c), a.max(b).max(c));
    let [first, second, third] = [sorted(a, b, c), sorted(d, e, f), sorted(g, h, i)];
    of_three(
        first.0.max(second.0).max(third.0),
        of_three(first.1, second.1, third.1),
        first.2.min(second.2).min(third.2),
    )
}

fn of_three(a: u8, b: u8, c: u8) -> u8 {
    a.max(b).min(a.min(b).max(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture() -> Picture {
        let mut picture = Picture::blank(Size::new(9, 7), Layout::Rgb);
        (0..7).for_each(|y| picture.row_mut(y).fill(200));
        for y in 2..5 {
            picture.row_mut(y)[3 * 3..7 * 3].fill(100);
        }
        // A speck that a median does not see.
        picture.row_mut(6)[3..6].copy_from_slice(&[190, 200, 200]);
        picture
    }

    fn found(picture: Picture, distance: TrimDistance, tolerance: u32) -> Option<Rect> {
        let trim = Trim { reference: Corner::TopLeft, tolerance, distance };
        border(picture, trim, &Cancel::default()).unwrap()
    }

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, size: Size::new(width, height) }
    }

    #[test]
    fn distances_are_euclidean_or_by_channel() {
        assert_eq!(found(picture(), TrimDistance::Euclidean, 0), Some(rect(1, 2, 6, 5)));
        assert_eq!(found(picture(), TrimDistance::Euclidean, 9), Some(rect(1, 2, 6, 5)));
        assert_eq!(found(picture(), TrimDistance::Euclidean, 10), Some(rect(3, 2, 4, 3)));
        // √3 · 100 = 173.2…
        assert_eq!(found(picture(), TrimDistance::Euclidean, 173), Some(rect(3, 2, 4, 3)));
        assert_eq!(found(picture(), TrimDistance::Euclidean, 174), None);
        assert_eq!(found(picture(), TrimDistance::LargestChannel, 0), Some(rect(3, 2, 4, 3)));
        assert_eq!(found(picture(), TrimDistance::LargestChannel, 100), None);
    }

    #[test]
    fn alpha_counts() {
        let pixels = vec![1, 1, 1, 255, 1, 1, 1, 250];
        let clear = Picture::interleaved(Size::new(2, 1), Layout::Rgba, pixels).unwrap();
        assert_eq!(found(clear.clone(), TrimDistance::Euclidean, 4), Some(rect(1, 0, 1, 1)));
        assert_eq!(found(clear, TrimDistance::LargestChannel, 5), None);
    }

    #[test]
    fn the_other_corner_is_a_reference_too() {
        let row = Picture::interleaved(Size::new(3, 1), Layout::Grey, vec![0, 9, 9]).unwrap();
        let trim = Trim { reference: Corner::BottomRight, tolerance: 0, distance: TrimDistance::Euclidean };
        assert_eq!(border(row, trim, &Cancel::default()).unwrap(), Some(rect(0, 0, 1, 1)));
    }

    proptest! {
        #[test]
        fn the_middle_is_the_fifth(samples in proptest::array::uniform9(any::<u8>())) {
            let mut sorted = samples;
            sorted.sort_unstable();
            prop_assert_eq!(middle(samples), sorted[4]);
        }
    }
}
