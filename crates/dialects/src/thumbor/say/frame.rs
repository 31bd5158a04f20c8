use lightmill_recipe::{Cut, DetectionMark, Edges, Flip, Operation, Reframe};

use crate::thumbor::Flavour;

/// The steps of a picture by their place in a URL: each part at most once and in this order, and behind them filters.
#[derive(Debug, Clone, Copy)]
pub(in crate::thumbor) struct Frame<'a> {
    /// Clockwise degrees, a multiple of 90, before everything else (imagor).
    pub turn: Option<u16>,
    pub cut: Option<&'a Cut>,
    /// Focal regions are drawn in the place of a resize (Thumbor).
    pub debug: bool,
    pub reframe: Option<&'a Reframe>,
    pub flip: Option<Flip>,
    /// What is left for filters.
    pub steps: &'a [Operation],
}

impl<'a> Frame<'a> {
    pub fn of(operations: &'a [Operation], flavour: Flavour) -> Self {
        let mut frame = Self { turn: None, cut: None, debug: false, reframe: None, flip: None, steps: operations };
        if flavour == Flavour::Imagor
            && let [Operation::Rotate(rotate), next, ..] = operations
            && rotate.degrees % 90 == 0
            && is_part(next)
        {
            frame.turn = Some(rotate.degrees);
            frame.advance();
        }
        if let [Operation::Cut(cut), ..] = frame.steps
            && is_window(cut)
        {
            frame.cut = Some(cut);
            frame.advance();
        }
        if let [Operation::DrawDetections(DetectionMark::FocalRegions), ..] = frame.steps
            && flavour == Flavour::Thumbor
        {
            frame.debug = true;
            frame.advance();
            return frame;
        }
        if let [Operation::Reframe(reframe), ..] = frame.steps {
            frame.reframe = Some(reframe);
            frame.advance();
        }
        if let [Operation::Flip(flip), ..] = frame.steps {
            frame.flip = Some(*flip);
            frame.advance();
        }
        frame
    }

    fn advance(&mut self) {
        self.steps = self.steps.get(1..).unwrap_or_default();
    }
}

/// Whether only a part of the URL says this, and no filter.
pub(super) fn is_part(operation: &Operation) -> bool {
    match operation {
        Operation::Reframe(_) | Operation::Flip(_) => true,
        Operation::Cut(cut) => is_window(cut),
        _ => false,
    }
}

/// Whether this is what `trim` and `AxB:CxD` say together.
fn is_window(cut: &Cut) -> bool {
    !matches!(cut.window, Some(Edges::Box { .. }))
}
