//! Canvases behind pictures.

use lightmill_recipe::{Backdrop, Colour, Fill, FillCanvas, Margins, Size};

use super::Action;
use super::steps::Steps;

/// Whether a picture blended over this backdrop may be transparent; `alpha`: whether the picture may.
pub(super) const fn lets_through(backdrop: Backdrop, alpha: bool) -> bool {
    match backdrop {
        Backdrop::Colour(colour) => colour.alpha < 255,
        Backdrop::Mean => false,
        Backdrop::Blurred => alpha,
        Backdrop::Transparent => true,
    }
}

impl Steps {
    /// A larger canvas, or only a backdrop where that is as large as the picture.
    pub(super) fn fill(&mut self, fill: &Fill) {
        let (base, margins) = match fill.canvas {
            FillCanvas::Frame(margins) => (self.frame.unwrap_or(self.size), margins),
            FillCanvas::Picture(margins) => (self.size, margins),
        };
        let Margins { left, top, right, bottom } = margins;
        let canvas = Size::new(
            base.width.saturating_add(left).saturating_add(right),
            base.height.saturating_add(top).saturating_add(bottom),
        );
        let middle = |canvas: u32, picture: u32| (i64::from(canvas) - i64::from(picture)).div_euclid(2);
        let at = (
            i64::from(left) + middle(base.width, self.size.width),
            i64::from(top) + middle(base.height, self.size.height),
        );
        self.lay(canvas, at, fill.backdrop, fill.blend);
    }

    /// A backdrop behind transparent pixels.
    pub(super) fn flatten(&mut self, backdrop: Backdrop) {
        // The result has no transparency: a colour counts as opaque, and nothing as white.
        let backdrop = match backdrop {
            Backdrop::Colour(colour) => Backdrop::Colour(Colour { alpha: 255, ..colour }),
            Backdrop::Transparent => Backdrop::Colour(Colour::WHITE),
            other => other,
        };
        self.lay(self.size, (0, 0), backdrop, true);
    }

    fn lay(&mut self, canvas: Size, at: (i64, i64), backdrop: Backdrop, blend: bool) {
        let covers = at == (0, 0) && canvas == self.size;
        if covers && (!blend || !self.alpha || backdrop == Backdrop::Transparent) {
            return;
        }
        let fits = |at: i64, length: u32, room: u32| {
            u32::try_from(at).ok().filter(|at| at.checked_add(length).is_some_and(|end| end <= room))
        };
        let place = fits(at.0, self.size.width, canvas.width).zip(fits(at.1, self.size.height, canvas.height));
        let opaque = !blend || !self.alpha;
        match (backdrop, place) {
            (Backdrop::Colour(colour), Some(at)) if opaque => self.push(Action::Pad { at, colour }, canvas),
            (Backdrop::Transparent, Some(at)) => self.push(Action::Pad { at, colour: Colour::TRANSPARENT }, canvas),
            (backdrop, _) => self.push(Action::Fill { at, backdrop, blend }, canvas),
        }
    }
}
