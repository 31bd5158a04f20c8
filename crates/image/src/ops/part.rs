use lightmill_recipe::{Rect, Size};
use serde::Serialize;

/// Source samples on each side of a result sample that Lanczos3 looks at, where it does not widen.
const LOBES: f64 = 3.0;

/// The part of a picture that resampling makes a whole one of, in pixels with fractions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Part {
    /// The left edge, 0 or more.
    pub x: f64,
    /// The upper edge, 0 or more.
    pub y: f64,
    /// Columns, more than 0.
    pub width: f64,
    /// Rows, more than 0.
    pub height: f64,
    /// The pixels that may be looked at, which hold all of the part: kernels reach beyond its edges.
    pub within: Rect,
}

impl Part {
    /// All of `window` and nothing else.
    pub fn of(window: Rect) -> Self {
        let Rect { x, y, size } = window;
        Self { x: x.into(), y: y.into(), width: size.width.into(), height: size.height.into(), within: window }
    }

    /// What becomes `window`, if this becomes a picture of size `scaled`.
    #[must_use]
    pub fn window(self, scaled: Size, window: Rect) -> Self {
        let (across, down) = self.factors(scaled);
        Self {
            x: self.x + f64::from(window.x) * across,
            y: self.y + f64::from(window.y) * down,
            width: f64::from(window.size.width) * across,
            height: f64::from(window.size.height) * down,
            ..self
        }
    }

    /// The same part of the picture at `scale` (0 exclusive to 1) of its size, which then has `size`.
    #[must_use]
    pub fn reduced(self, scale: f64, size: Size) -> Self {
        let axis = |start: f64, length: f64, first: u32, count: u32, whole: u32| {
            let (start, end) = (start * scale, (start + length) * scale);
            let (first, end_of_all) = (f64::from(first) * scale, f64::from(first + count) * scale);
            let (first, last) = (first.floor() as u32, (end_of_all.ceil() as u32).min(whole));
            (start, end - start, first, last - first)
        };
        let within = self.within;
        let (x, width, left, columns) = axis(self.x, self.width, within.x, within.size.width, size.width);
        let (y, height, top, rows) = axis(self.y, self.height, within.y, within.size.height, size.height);
        Self { x, y, width, height, within: Rect { x: left, y: top, size: Size::new(columns, rows) } }
    }

    /// The same part seen from the upper left corner of `region`, which holds all that [`Self::reach`] gives.
    #[must_use]
    pub fn seen_from(self, region: Rect) -> Self {
        let seen = self.within.intersection(region);
        Self {
            x: self.x - f64::from(region.x),
            y: self.y - f64::from(region.y),
            within: Rect { x: seen.x - region.x, y: seen.y - region.y, ..seen },
            ..self
        }
    }

    /// The pixels that Lanczos3 to a picture of size `to` looks at, also where chroma is half as fine; some more.
    pub fn reach(self, to: Size) -> Rect {
        let axis = |start: f64, length: f64, factor: f64, first: u32, count: u32| {
            let reach = LOBES * factor.max(2.0) + 2.0;
            // Float casts saturate.
            let from = ((start - reach).floor() as u32).max(first);
            let end = ((start + length + reach).ceil() as u32).min(first + count);
            (from, end - from)
        };
        let (across, down) = self.factors(to);
        let within = self.within;
        let (x, width) = axis(self.x, self.width, across, within.x, within.size.width);
        let (y, height) = axis(self.y, self.height, down, within.y, within.size.height);
        Rect { x, y, size: Size::new(width, height) }
    }

    /// Source pixels for a pixel of a picture of size `to`, across and down.
    pub fn factors(self, to: Size) -> (f64, f64) {
        (self.width / f64::from(to.width), self.height / f64::from(to.height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, size: Size::new(width, height) }
    }

    #[test]
    fn a_window_of_the_result_is_made_of_less() {
        let part = Part::of(rect(100, 50, 400, 200)).window(Size::new(40, 20), rect(10, 0, 20, 20));
        assert_eq!((part.x, part.y, part.width, part.height), (200.0, 50.0, 200.0, 200.0));
        assert_eq!(part.within, rect(100, 50, 400, 200));
        // Three samples of ten on each side and two more, as far as the window goes.
        assert_eq!(part.reach(Size::new(20, 20)), rect(168, 50, 264, 200));
    }

    #[test]
    fn a_reduced_part_keeps_its_fractions() {
        let part = Part::of(rect(9, 3, 101, 50)).reduced(0.125, Size::new(14, 7));
        assert_eq!((part.x, part.y, part.width, part.height), (1.125, 0.375, 12.625, 6.25));
        assert_eq!(part.within, rect(1, 0, 13, 7));
        let seen = part.seen_from(rect(1, 0, 10, 6));
        assert_eq!((seen.x, seen.y, seen.within), (0.125, 0.375, rect(0, 0, 10, 6)));
    }
}
