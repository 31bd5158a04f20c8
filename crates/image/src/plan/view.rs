//! Where things of the source lie in a picture that was cut, resized and turned.

use lightmill_recipe::{Found, Rect, Size};

use super::Action;

/// From parts of the width and height of the upright source to pixels of a picture made of it: an affine map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    /// Column: `x[0]`·u + `x[1]`·v + `x[2]`.
    x: [f64; 3],
    /// Row, likewise.
    y: [f64; 3],
}

impl View {
    /// Of the whole of a picture of `size`.
    pub(super) fn of(size: Size) -> Self {
        Self { x: [size.width.into(), 0.0, 0.0], y: [0.0, size.height.into(), 0.0] }
    }

    /// The same after `action`, which makes a picture of size `after` of one of size `before`.
    pub(super) fn then(self, action: &Action, before: Size, after: Size) -> Self {
        let (width, height) = (f64::from(before.width), f64::from(before.height));
        match action {
            Action::Resample { .. } | Action::ResampleBy { .. } => {
                self.map([f64::from(after.width) / width, 0.0, 0.0], [0.0, f64::from(after.height) / height, 0.0])
            }
            Action::Crop { window } => self.moved(-f64::from(window.x), -f64::from(window.y)),
            Action::Pad { at, .. } | Action::Extend { at, .. } => self.moved(at.0.into(), at.1.into()),
            Action::Fill { at, .. } => self.moved(at.0 as f64, at.1 as f64),
            Action::NinePatch { insets, .. } => self.moved(insets.left.into(), insets.top.into()),
            Action::Orient { orientation } => match orientation.value() {
                2 => self.map([-1.0, 0.0, width], [0.0, 1.0, 0.0]),
                3 => self.map([-1.0, 0.0, width], [0.0, -1.0, height]),
                4 => self.map([1.0, 0.0, 0.0], [0.0, -1.0, height]),
                5 => self.map([0.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
                6 => self.map([0.0, -1.0, height], [1.0, 0.0, 0.0]),
                7 => self.map([0.0, -1.0, height], [-1.0, 0.0, width]),
                8 => self.map([0.0, 1.0, 0.0], [-1.0, 0.0, width]),
                _ => self,
            },
            Action::Rotate { degrees } => {
                let (sin, cos) = f64::from(*degrees).to_radians().sin_cos();
                let centred = self.moved(-width / 2.0, -height / 2.0);
                let turned = centred.map([cos, -sin, 0.0], [sin, cos, 0.0]);
                turned.moved(f64::from(after.width) / 2.0, f64::from(after.height) / 2.0)
            }
            Action::Affine { back, .. } => self.back(back),
            _ => self,
        }
    }

    fn moved(self, right: f64, down: f64) -> Self {
        self.map([1.0, 0.0, right], [0.0, 1.0, down])
    }

    /// This map and then the inverse of one of pixels; the same if that has none.
    fn back(self, [a, b, x, c, d, y]: &[f64; 6]) -> Self {
        let determinant = a * d - b * c;
        if determinant == 0.0 {
            return self;
        }
        let across = [d / determinant, -b / determinant, (b * y - d * x) / determinant];
        self.map(across, [-c / determinant, a / determinant, (c * x - a * y) / determinant])
    }

    /// This map and then the one with these rows.
    fn map(self, x: [f64; 3], y: [f64; 3]) -> Self {
        let row = |[a, b, c]: [f64; 3]| {
            let mixed = |index: usize| a * self.x[index] + b * self.y[index];
            [mixed(0), mixed(1), mixed(2) + c]
        };
        Self { x: row(x), y: row(y) }
    }

    /// The box of what was found: left, top, right and bottom in pixels, which may lie outside.
    pub(super) fn edges(self, found: &Found) -> [f64; 4] {
        let [left, top, width, height] = [found.left, found.top, found.width, found.height].map(f64::from);
        let corners = [(left, top), (left + width, top), (left, top + height), (left + width, top + height)];
        let mut edges = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for (u, v) in corners {
            let at = |row: [f64; 3]| row[0] * u + row[1] * v + row[2];
            let (x, y) = (at(self.x), at(self.y));
            edges = [edges[0].min(x), edges[1].min(y), edges[2].max(x), edges[3].max(y)];
        }
        edges
    }

    /// The whole pixels of a picture of `size` that the box of what was found touches; `None` if it lies outside.
    pub(super) fn pixels(self, found: &Found, size: Size) -> Option<Rect> {
        /// What rounding of parts may add to an edge on whole pixels.
        const NOTHING: f64 = 1e-3;
        let [left, top, right, bottom] = self.edges(found);
        // Float casts saturate.
        let (x, y) = ((left + NOTHING).floor() as u32, (top + NOTHING).floor() as u32);
        let right = ((right - NOTHING).ceil() as u32).min(size.width);
        let bottom = ((bottom - NOTHING).ceil() as u32).min(size.height);
        (x < right && y < bottom).then(|| Rect { x, y, size: Size::new(right - x, bottom - y) })
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{FoundKind, Light};

    use super::*;
    use crate::ExifOrientation;

    fn found(left: f32, top: f32, width: f32, height: f32) -> Found {
        Found { what: FoundKind::Face, left, top, width, height, confidence: 1.0 }
    }

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, size: Size::new(width, height) }
    }

    #[test]
    fn places_follow_cuts_and_scales() {
        let size = Size::new(400, 200);
        let face = found(0.25, 0.5, 0.25, 0.25);
        let view = View::of(size);
        assert_eq!(view.pixels(&face, size), Some(rect(100, 100, 100, 50)));
        let window = rect(50, 90, 200, 100);
        let cut = view.then(&Action::Crop { window }, size, window.size);
        assert_eq!(cut.pixels(&face, window.size), Some(rect(50, 10, 100, 50)));
        let half = Size::new(100, 50);
        let scaled = cut.then(&Action::Resample { light: Light::Gamma, part: None }, window.size, half);
        assert_eq!(scaled.pixels(&face, half), Some(rect(25, 5, 50, 25)));
        assert_eq!(cut.pixels(&found(0.9, 0.0, 0.1, 0.1), window.size), None);
    }

    #[test]
    fn places_follow_turns() {
        let size = Size::new(400, 200);
        // The upper left corner's 40×20 pixels.
        let corner = found(0.0, 0.0, 0.1, 0.1);
        for (orientation, expected) in [
            (1, rect(0, 0, 40, 20)),
            (2, rect(360, 0, 40, 20)),
            (3, rect(360, 180, 40, 20)),
            (4, rect(0, 180, 40, 20)),
            (5, rect(0, 0, 20, 40)),
            (6, rect(180, 0, 20, 40)),
            (7, rect(180, 360, 20, 40)),
            (8, rect(0, 360, 20, 40)),
        ] {
            let orientation = ExifOrientation::new(orientation);
            let after = if orientation.transposes() { size.transposed() } else { size };
            let view = View::of(size).then(&Action::Orient { orientation }, size, after);
            assert_eq!(view.pixels(&corner, after), Some(expected), "{orientation:?}");
        }
        let square = Size::new(100, 100);
        let turned = Size::new(141, 141);
        let view = View::of(square).then(&Action::Rotate { degrees: 45 }, square, turned);
        let middle = view.edges(&found(0.5, 0.5, 0.0, 0.0));
        assert!(middle.iter().all(|edge| (edge - 70.5).abs() < 1e-9), "{middle:?}");
    }
}
