use lightmill_recipe::{Rect, Size};
use serde::Serialize;

use crate::ExifOrientation;

/// A window of a picture as it is stored, turned and mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// The window, in stored pixels.
    pub window: Rect,
    /// What is then done to it.
    pub orientation: ExifOrientation,
}

/// A turn in three steps: exchange of the axes, then mirrorings of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mirrorings {
    pub transposes: bool,
    /// Left and right are exchanged.
    pub horizontal: bool,
    /// Top and bottom are exchanged.
    pub vertical: bool,
}

impl Turn {
    /// The whole picture as it is.
    pub fn none(size: Size) -> Self {
        Self { window: Rect::whole(size), orientation: ExifOrientation::UPRIGHT }
    }

    /// Size of the result.
    pub fn size(&self) -> Size {
        if self.orientation.transposes() { self.window.size.transposed() } else { self.window.size }
    }

    /// The same, and then turned by `orientation`.
    #[must_use]
    pub fn then_turn(self, orientation: ExifOrientation) -> Self {
        let (first, second) = (Mirrorings::of(self.orientation), Mirrorings::of(orientation));
        let (horizontal, vertical) =
            if second.transposes { (first.vertical, first.horizontal) } else { (first.horizontal, first.vertical) };
        let both = Mirrorings {
            transposes: first.transposes != second.transposes,
            horizontal: horizontal != second.horizontal,
            vertical: vertical != second.vertical,
        };
        Self { orientation: both.orientation(), ..self }
    }

    /// The same, and then only `window` of it, which lies inside.
    #[must_use]
    pub fn then_crop(self, window: Rect) -> Self {
        let (size, turn) = (self.size(), Mirrorings::of(self.orientation));
        let from_left = if turn.horizontal { size.width - window.x - window.size.width } else { window.x };
        let from_top = if turn.vertical { size.height - window.y - window.size.height } else { window.y };
        let (x, y, size) = if turn.transposes {
            (from_top, from_left, window.size.transposed())
        } else {
            (from_left, from_top, window.size)
        };
        Self { window: Rect { x: self.window.x + x, y: self.window.y + y, size }, ..self }
    }

    /// Whether the edges that become the left and the upper edge lie between blocks of `unit` pixels, so that whole
    /// blocks can be moved.
    pub fn fits(&self, unit: Size) -> bool {
        let Rect { x, y, size } = self.window;
        let (right, bottom) = self.mirrored();
        let vertical_edge = if right { x + size.width } else { x };
        let horizontal_edge = if bottom { y + size.height } else { y };
        vertical_edge.is_multiple_of(unit.width) && horizontal_edge.is_multiple_of(unit.height)
    }

    /// Whether the stored right edge comes to the beginning of its axis, and the stored lower edge.
    pub(super) fn mirrored(&self) -> (bool, bool) {
        let turn = Mirrorings::of(self.orientation);
        if turn.transposes { (turn.vertical, turn.horizontal) } else { (turn.horizontal, turn.vertical) }
    }
}

impl Mirrorings {
    pub fn of(orientation: ExifOrientation) -> Self {
        let value = orientation.value();
        Self {
            transposes: orientation.transposes(),
            horizontal: matches!(value, 2 | 3 | 6 | 7),
            vertical: matches!(value, 3 | 4 | 7 | 8),
        }
    }

    fn orientation(self) -> ExifOrientation {
        let all = (1..=8).map(ExifOrientation::new);
        all.into_iter().find(|orientation| Self::of(*orientation) == self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Cancel, Layout, Picture, ops};

    /// Every pixel different.
    fn picture(size: Size) -> Picture {
        let data = (0..size.width * size.height).map(|i| i as u8).collect();
        Picture::interleaved(size, Layout::Grey, data).unwrap()
    }

    fn made(turn: Turn, source: &Picture) -> Picture {
        let cropped = ops::crop(source.clone(), turn.window).unwrap();
        ops::orient(cropped, turn.orientation, &Cancel::default()).unwrap()
    }

    proptest! {
        #[test]
        fn one_turn_does_what_its_steps_do(steps in proptest::collection::vec((1u32..=8, 0.0..1.0f64, 0.0..1.0f64), 1..5)) {
            let source = picture(Size::new(17, 13));
            let (mut turn, mut step_by_step) = (Turn::none(source.size()), source.clone());
            for (orientation, x, y) in steps {
                let orientation = ExifOrientation::new(orientation);
                turn = turn.then_turn(orientation);
                step_by_step = ops::orient(step_by_step, orientation, &Cancel::default()).unwrap();
                let size = step_by_step.size();
                let (x, y) = ((x * f64::from(size.width)) as u32 / 2, (y * f64::from(size.height)) as u32 / 2);
                let window = Rect { x, y, size: Size::new((size.width - x).div_ceil(2), (size.height - y).div_ceil(2)) };
                turn = turn.then_crop(window);
                step_by_step = ops::crop(step_by_step, window).unwrap();
            }
            prop_assert_eq!(turn.size(), step_by_step.size());
            prop_assert_eq!(made(turn, &source), step_by_step);
        }
    }

    #[test]
    fn only_moved_edges_must_fit() {
        let unit = Size::new(16, 16);
        let turn = |value| Turn::none(Size::new(100, 96)).then_turn(ExifOrientation::new(value));
        let fitting: Vec<u32> = (1..=8).filter(|value| turn(*value).fits(unit)).collect();
        // 100 is no multiple of 16: whatever brings the right edge to the beginning does not fit.
        assert_eq!(fitting, [1, 4, 5, 6]);
        let window = |x, y| Turn::none(Size::new(100, 96)).then_crop(Rect { x, y, size: Size::new(10, 10) });
        assert!(window(32, 16).fits(unit) && !window(33, 16).fits(unit) && !window(32, 8).fits(unit));
    }
}
