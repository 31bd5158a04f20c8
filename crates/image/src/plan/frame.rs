//! Another size and aspect ratio, around what matters.

use lightmill_recipe::{
    Arithmetic, FocalRegion, FoundKind, Growth, Light, Method, Rect, Reframe, Size, Source, geometry,
};

use super::build::Purpose;
use super::steps::Steps;

/// Part of a face's height by which Thumbor moves it up, so that hair is kept.
const HAIR: f64 = 0.12;

impl Steps {
    /// Cuts, resamples and cuts as `reframe` comes to for this picture, of which `found` is known.
    pub(super) fn reframe(
        &mut self,
        reframe: &Reframe,
        source: &Source,
        found: Option<&lightmill_recipe::Findings>,
        purpose: Purpose<'_>,
    ) {
        let mut reframe = reframe.clone();
        if let (true, Some(found)) = (reframe.focus.detect, found) {
            reframe.focus.regions.extend(self.regions(found, reframe.arithmetic));
        }
        if matches!(source, Source::Colour(_)) {
            // A picture of one colour is as large as is asked for.
            (reframe.method, reframe.growth) = (Method::Stretch, Growth::Always);
        }
        let made = geometry::reframe(self.loaded, self.cut, &reframe, purpose.parent);
        self.crop(made.crop);
        self.resample(made.scaled, Light::Gamma);
        self.crop(made.window);
        self.frame = Some(made.frame);
    }

    /// What was found, as focal regions of the picture before it was cut: faces, or where there are none all else but
    /// text.
    fn regions(&self, found: &lightmill_recipe::Findings, arithmetic: Arithmetic) -> Vec<FocalRegion> {
        let is_face = |what: &FoundKind| *what == FoundKind::Face;
        let any_face = found.regions.iter().any(|found| is_face(&found.what));
        let counts = |what: &FoundKind| if any_face { is_face(what) } else { *what != FoundKind::Text };
        let regions = found.regions.iter().filter(|found| counts(&found.what)).map(|found| {
            let [left, mut top, right, mut bottom] = self.view.edges(found);
            if is_face(&found.what) && arithmetic == Arithmetic::CropThenScale {
                let up = ((bottom - top) * HAIR).min(top.max(0.0));
                (top, bottom) = (top - up, bottom - up);
            }
            let (x, y) = (f64::from(self.cut.x), f64::from(self.cut.y));
            FocalRegion { left: left + x, top: top + y, right: right + x, bottom: bottom + y, relative: false }
        });
        regions.collect()
    }

    /// What is kept of a picture whose border leaves `trimmed`, and of the window asked for.
    pub(super) fn trim_and_cut(&mut self, trimmed: Option<Rect>, window: Option<&lightmill_recipe::Edges>) {
        let kept = geometry::cut(self.size, trimmed, window);
        self.cut(kept);
    }

    /// Enlarged to the frame.
    pub(super) fn grow(&mut self) {
        let size: Size = geometry::grow(self.size, self.frame.unwrap_or(self.size));
        self.resample(size, Light::Gamma);
    }
}
