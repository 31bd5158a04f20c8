use lightmill_recipe::{Margins, Rect, Size};

use super::crop::cut;
use super::over::over;
use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// What the guides of a nine-patch say: its outermost pixels, in opaque black. Those on top and on the left mark what may
/// be stretched, those below and on the right where the content lies; without guides it is all of the picture inside.
struct Guides {
    /// First and last column that may be stretched, counted without the guides.
    columns: (u32, u32),
    rows: (u32, u32),
    content: Margins,
}

/// Pixels between the edges of a nine-patch, without its guides, and its content.
pub fn insets(patch: Picture) -> Result<Margins, Error> {
    Ok(guides(&rgba(patch)?).content)
}

/// `picture` on white, with `patch` drawn around it, whose content is `insets` from its edges: RGBA, larger by the insets.
///
/// Corners of the patch keep their size, as far as there is room; what may be stretched is scaled bilinearly.
pub fn nine_patch(picture: Picture, patch: &Picture, insets: Margins, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = rgba(picture)?;
    let Margins { left, top, right, bottom } = insets;
    let size = picture.size();
    let canvas = Size::new(
        size.width.saturating_add(left).saturating_add(right),
        size.height.saturating_add(top).saturating_add(bottom),
    );
    let mut result = Picture::solid(canvas, [255; 4]).with_icc(picture.icc.clone());
    for y in 0..size.height {
        let to = &mut result.row_mut(top + y)[left as usize * 4..][..size.width as usize * 4];
        let pixels = to.as_chunks_mut::<4>().0.iter_mut().zip(picture.row(y).as_chunks::<4>().0);
        pixels.for_each(|(to, from)| *to = over(*to, *from));
    }
    let patch = rgba(patch.clone())?;
    if patch.size().shorter() < 3 {
        return Ok(result);
    }
    let guides = guides(&patch);
    let inner = Size::new(patch.size().width - 2, patch.size().height - 2);
    let plane = cut(&patch.planes()[0], 4, 1, 1, inner);
    let columns = places(inner.width, guides.columns, canvas.width);
    let rows = places(inner.height, guides.rows, canvas.height);
    for (y, row) in (0..).zip(&rows) {
        if y % 64 == 0 {
            cancel.check()?;
        }
        let (above, below) = (plane.row(row.first, 4).as_chunks::<4>().0, plane.row(row.second, 4).as_chunks::<4>().0);
        for (to, column) in result.row_mut(y).as_chunks_mut::<4>().0.iter_mut().zip(&columns) {
            let (left, right) = (column.first as usize, column.second as usize);
            let corners = [above[left], above[right], below[left], below[right]];
            *to = over(*to, mixed(corners, column.share, row.share));
        }
    }
    Ok(result)
}

fn rgba(picture: Picture) -> Result<Picture, Error> {
    convert(narrow(picture), Layout::Rgba)
}

fn guides(patch: &Picture) -> Guides {
    let size = patch.size();
    let inner = Rect { x: 1, y: 1, size: Size::new(size.width.saturating_sub(2), size.height.saturating_sub(2)) };
    let (width, height) = (inner.size.width, inner.size.height);
    let black = |x: u32, y: u32| patch.row(y)[x as usize * 4..][..4] == [0, 0, 0, 255];
    // First and last guide, or else everything.
    let marked = |length: u32, is_black: &dyn Fn(u32) -> bool| {
        let first = (0..length).find(|place| is_black(place + 1));
        let last = (0..length).rev().find(|place| is_black(place + 1));
        first.zip(last).unwrap_or((0, length.saturating_sub(1)))
    };
    let across = marked(width, &|x| black(x, size.height - 1));
    let down = marked(height, &|y| black(size.width - 1, y));
    Guides {
        columns: marked(width, &|x| black(x, 0)),
        rows: marked(height, &|y| black(0, y)),
        content: Margins {
            left: across.0,
            top: down.0,
            right: width.saturating_sub(across.1 + 1),
            bottom: height.saturating_sub(down.1 + 1),
        },
    }
}

/// Where a pixel comes from along one axis: between two of the patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    first: u32,
    second: u32,
    /// Share of the second, 0 to 256.
    share: u32,
}

/// For each of `to` pixels, its place among `from`, of which those from `stretched.0` to `stretched.1` are stretched.
fn places(from: u32, stretched: (u32, u32), to: u32) -> Vec<Place> {
    let (before, after) = (stretched.0, from - 1 - stretched.1);
    let exact = |place: u32| Place { first: place, second: place, share: 0 };
    let (middle, room) = (stretched.1 + 1 - stretched.0, to.saturating_sub(before + after));
    let one = |place: u32| {
        if place >= to.saturating_sub(after) {
            return exact(from - (to - place));
        }
        if place < before {
            return exact(place);
        }
        // The middle of the pixel, in 256ths of a pixel of the patch.
        let at = (u64::from(place - before) * 2 + 1) * u64::from(middle) * 128 / u64::from(room.max(1));
        let at = at.saturating_sub(128).min(u64::from(middle - 1) * 256) as u32;
        let first = before + at / 256;
        Place { first, second: (first + 1).min(stretched.1), share: at % 256 }
    };
    (0..to).map(one).collect()
}

/// Four pixels mixed premultiplied, by shares of 0 to 256 to the right and below.
fn mixed(corners: [[u8; 4]; 4], right: u32, below: u32) -> [u8; 4] {
    if right == 0 && below == 0 {
        return corners[0];
    }
    let shares = [(256 - right) * (256 - below), right * (256 - below), (256 - right) * below, right * below];
    let weights = [0, 1, 2, 3].map(|n: usize| u64::from(shares[n]) * u64::from(corners[n][3]));
    let total = weights.iter().sum::<u64>();
    if total == 0 {
        return [0; 4];
    }
    let mix = |channel: usize| {
        let sum = corners.iter().zip(weights).map(|(pixel, weight)| u64::from(pixel[channel]) * weight).sum::<u64>();
        ((sum + total / 2) / total) as u8
    };
    [mix(0), mix(1), mix(2), ((total + (1 << 15)) >> 16) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3×3 inside: a red frame around a clear middle. The middle is stretched, the content is one pixel from the left and
    /// the top, and at the edge on the right and below.
    fn patch() -> Picture {
        let mut patch = Picture::solid(Size::new(5, 5), [0; 4]);
        for y in 1..4 {
            patch.row_mut(y)[4..16].copy_from_slice(&[255, 0, 0, 255].repeat(3));
        }
        patch.row_mut(2)[8..12].fill(0);
        let black = [0, 0, 0, 255];
        patch.row_mut(0)[8..12].copy_from_slice(&black);
        patch.row_mut(2)[..4].copy_from_slice(&black);
        for place in 2..4 {
            patch.row_mut(4)[place * 4..][..4].copy_from_slice(&black);
            patch.row_mut(place as u32)[16..20].copy_from_slice(&black);
        }
        patch
    }

    #[test]
    fn guides_say_where_the_content_is() {
        assert_eq!(insets(patch()).unwrap(), Margins { left: 1, top: 1, right: 0, bottom: 0 });
        let none = Picture::solid(Size::new(5, 5), [9; 4]);
        assert_eq!(insets(none).unwrap(), Margins::default());
    }

    #[test]
    fn the_frame_is_stretched_around_the_picture() {
        let blue = Picture::interleaved(Size::new(4, 3), Layout::Rgb, [0, 0, 255].repeat(12)).unwrap();
        let insets = Margins { left: 1, top: 1, right: 0, bottom: 0 };
        let made = nine_patch(blue, &patch(), insets, &Cancel::default()).unwrap();
        assert_eq!(made.size(), Size::new(5, 4));
        let [red, blue] = [[255, 0, 0, 255], [0, 0, 255, 255]];
        assert_eq!(made.row(0), red.repeat(5));
        assert_eq!(made.row(1), [red, blue, blue, blue, red].concat());
        assert_eq!(made.row(3), red.repeat(5));
    }

    #[test]
    fn every_size_is_possible() {
        for side in [1, 2, 3, 4, 50] {
            let picture = Picture::solid(Size::new(side, 1), [1, 2, 3, 4]);
            for frame in [patch(), Picture::solid(Size::new(1, 1), [0; 4]), Picture::solid(Size::new(3, 2), [0; 4])] {
                let made = nine_patch(picture.clone(), &frame, insets(frame.clone()).unwrap(), &Cancel::default());
                assert!(made.unwrap().size().width >= side);
            }
        }
    }
}
