use crate::{Edges, Rect, Size};

/// What is kept of a picture of `size` whose border leaves `trimmed` (all of it, where nothing is trimmed): the window's
/// edges count from the untrimmed picture. A window that has no pixel in common with what is left is no window.
pub fn cut(size: Size, trimmed: Option<Rect>, window: Option<&Edges>) -> Rect {
    let base = trimmed.filter(|rect| !rect.is_empty() && rect.fits(size)).unwrap_or(Rect::whole(size));
    let Some(window) = window else { return base };
    let window = rectangle(size, window);
    let kept = base.intersection(window);
    if window.is_empty() || kept.is_empty() { base } else { kept }
}

/// The window's rectangle inside of a picture of `size`; empty if it has no pixel in it.
fn rectangle(size: Size, window: &Edges) -> Rect {
    let round = |part: f64, length: u32| (part * f64::from(length)).round() as u32;
    match *window {
        Edges::Pixels { left, top, right, bottom } => between(size, left, top, right, bottom),
        Edges::Parts { left, top, right, bottom } => between(
            size,
            round(left, size.width),
            round(top, size.height),
            round(right, size.width),
            round(bottom, size.height),
        ),
        Edges::Box { left, top, width, height } => {
            let pixels = |n: f64, length| if n > 0.0 && n < 1.0 { round(n, length) } else { n as u32 };
            let (left, top) = (pixels(left, size.width), pixels(top, size.height));
            let right = left.saturating_add(pixels(width, size.width));
            between(size, left, top, right, top.saturating_add(pixels(height, size.height)))
        }
    }
}

fn between(size: Size, left: u32, top: u32, right: u32, bottom: u32) -> Rect {
    let (x, y) = (left.min(size.width), top.min(size.height));
    let right = right.min(size.width).max(x);
    let bottom = bottom.min(size.height).max(y);
    Rect { x, y, size: Size::new(right - x, bottom - y) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUAD: Size = Size::new(240, 120);

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, size: Size::new(width, height) }
    }

    fn pixels(left: u32, top: u32, right: u32, bottom: u32) -> Edges {
        Edges::Pixels { left, top, right, bottom }
    }

    #[test]
    fn windows_are_clamped_and_inverted_ones_dropped() {
        assert_eq!(cut(QUAD, None, Some(&pixels(10, 20, 1000, 110))), rect(10, 20, 230, 90));
        assert_eq!(cut(QUAD, None, Some(&pixels(150, 110, 10, 20))), Rect::whole(QUAD));
        assert_eq!(cut(QUAD, None, Some(&pixels(500, 0, 600, 10))), Rect::whole(QUAD));
    }

    #[test]
    fn windows_count_from_the_untrimmed_picture() {
        let trimmed = Some(rect(20, 15, 160, 120));
        let border = Size::new(200, 150);
        assert_eq!(cut(border, trimmed, None), rect(20, 15, 160, 120));
        assert_eq!(cut(border, trimmed, Some(&pixels(10, 10, 90, 90))), rect(20, 15, 70, 75));
        assert_eq!(cut(border, trimmed, Some(&pixels(0, 0, 10, 10))), rect(20, 15, 160, 120));
    }

    #[test]
    fn parts_are_rounded() {
        let parts = Edges::Parts { left: 0.1, top: 0.1, right: 0.9, bottom: 1.0 };
        assert_eq!(cut(QUAD, None, Some(&parts)), rect(24, 12, 192, 108));
        let window = Edges::Box { left: 0.5, top: 10.0, width: 50.0, height: 0.5 };
        assert_eq!(cut(QUAD, None, Some(&window)), rect(120, 10, 50, 60));
    }

    proptest! {
        #[test]
        fn what_is_kept_is_inside_and_not_empty(
            width in 1..9000u32, height in 1..9000u32, edges in proptest::array::uniform4(any::<u32>()),
            trim in proptest::array::uniform4(0..9000u32), parts in proptest::array::uniform4(-1e9..1e9f64),
        ) {
            let size = Size::new(width, height);
            let trimmed = Some(rect(trim[0], trim[1], trim[2], trim[3]));
            let [a, b, c, d] = parts;
            for window in [
                pixels(edges[0], edges[1], edges[2], edges[3]),
                Edges::Parts { left: a, top: b, right: c, bottom: d },
                Edges::Box { left: a, top: b, width: c, height: d },
            ] {
                let kept = cut(size, trimmed, Some(&window));
                prop_assert!(kept.fits(size) && !kept.is_empty());
            }
        }
    }
}
