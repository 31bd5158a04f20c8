//! What two frames of an animation do not have in common.

use lightmill_recipe::{Rect, Size};

use crate::{Layout, Picture, Plane};

/// Milliseconds below which browsers show a frame for longer than it says, for 100: frames of less are not merged, as
/// their sum would be shown for another time than they are one by one.
pub(super) const SHORTEST_DELAY: u32 = 20;

/// The smallest window that holds every pixel that looks different in two pictures of the same size and layout; empty
/// if they look the same. What is transparent in both looks the same, whatever its colour.
pub(super) fn difference(before: &Picture, after: &Picture) -> Rect {
    let whole = Rect::whole(after.size());
    match (after.layout(), before.planes(), after.planes()) {
        (Layout::Rgba, [before], [after]) => window::<4>(before, after, |a, b| seen(*a, *b)),
        (Layout::Rgb, [before], [after]) => window::<3>(before, after, |a, b| a != b),
        (Layout::YCbCr(subsampling), [a, a_blue, a_red], [b, b_blue, b_red]) => {
            let luma = window::<1>(a, b, |a, b| a != b);
            let chroma = window::<1>(a_blue, b_blue, |a, b| a != b).hull(window::<1>(a_red, b_red, |a, b| a != b));
            let (across, down) = (u32::from(subsampling.horizontal), u32::from(subsampling.vertical));
            let size = Size::new(chroma.size.width * across, chroma.size.height * down);
            luma.hull(Rect { x: chroma.x * across, y: chroma.y * down, size }.intersection(whole))
        }
        (_, [before], [after]) => window::<1>(before, after, |a, b| a != b),
        // No layout has other numbers of planes.
        _ => whole,
    }
}

/// Whether two pixels look different.
pub(super) fn seen(a: [u8; 4], b: [u8; 4]) -> bool {
    a != b && (a[3] | b[3]) != 0
}

fn window<const CHANNELS: usize>(
    before: &Plane,
    after: &Plane,
    differ: impl Fn(&[u8; CHANNELS], &[u8; CHANNELS]) -> bool,
) -> Rect {
    let mut window = Rect::whole(Size::new(0, 0));
    for y in 0..after.size.height {
        let (a, b) = (before.row(y, CHANNELS), after.row(y, CHANNELS));
        // Most rows of most frames are equal, which whole rows tell soonest.
        if a == b {
            continue;
        }
        let pixels = || a.as_chunks::<CHANNELS>().0.iter().zip(b.as_chunks::<CHANNELS>().0);
        let Some(first) = pixels().position(|(a, b)| differ(a, b)) else { continue };
        let last = pixels().rposition(|(a, b)| differ(a, b)).unwrap_or(first);
        window = window.hull(Rect { x: first as u32, y, size: Size::new((last - first + 1) as u32, 1) });
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Subsampling;

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, size: Size::new(width, height) }
    }

    #[test]
    fn windows_are_tight() {
        let size = Size::new(9, 7);
        for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba, Layout::YCbCr(Subsampling::S420)] {
            let mut before = Picture::blank(size, layout);
            if layout.has_alpha() {
                before.planes_mut()[0].data.fill(255);
            }
            let mut after = before.clone();
            assert!(difference(&before, &after).is_empty());
            let channels = layout.channels();
            after.row_mut(2)[7 * channels] = 9;
            after.row_mut(5)[4 * channels] = 9;
            assert_eq!(difference(&before, &after), rect(4, 2, 4, 4), "{layout:?}");
        }
    }

    #[test]
    fn chroma_counts_where_it_is_seen() {
        let before = Picture::blank(Size::new(9, 7), Layout::YCbCr(Subsampling::S420));
        let mut after = before.clone();
        after.planes_mut()[2].row_mut(3, 1)[4] = 1;
        assert_eq!(difference(&before, &after), rect(8, 6, 1, 1));
    }

    #[test]
    fn what_is_transparent_has_no_colour() {
        let before = Picture::solid(Size::new(3, 3), [1, 2, 3, 0]);
        let mut after = Picture::solid(Size::new(3, 3), [200, 100, 0, 0]);
        assert!(difference(&before, &after).is_empty());
        after.row_mut(1)[7] = 1;
        assert_eq!(difference(&before, &after), rect(1, 1, 1, 1));
    }
}
