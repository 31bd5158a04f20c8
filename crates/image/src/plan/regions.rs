//! What is done where an analyser found something.

use lightmill_recipe::{DetectionMark, Findings, Found, FoundKind, Rect, Redact};

use super::Action;
use super::steps::Steps;

impl Steps {
    pub(super) fn redact(&mut self, redact: Redact, found: Option<&Findings>) {
        let regions = self.pixels(found, |what| *what != FoundKind::Salient);
        if !regions.is_empty() {
            self.push(Action::Redact { regions, redact }, self.size);
        }
    }

    pub(super) fn outline(&mut self, mark: DetectionMark, found: Option<&Findings>) {
        let any_face = found.is_some_and(|found| found.regions.iter().any(|found| found.what == FoundKind::Face));
        let regions = self.pixels(found, |what| match mark {
            DetectionMark::FocalRegions if any_face => *what == FoundKind::Face,
            DetectionMark::FocalRegions => *what != FoundKind::Text,
            DetectionMark::Detections => *what != FoundKind::Salient,
        });
        if !regions.is_empty() {
            self.push(Action::Outline { regions }, self.size);
        }
    }

    pub(super) fn red_eye(&mut self, found: Option<&Findings>) {
        let faces = self.pixels(found, |what| *what == FoundKind::Face);
        if !faces.is_empty() {
            self.push(Action::RedEye { faces }, self.size);
        }
    }

    /// Where what was found, of the kinds that `counts`, lies in the picture.
    fn pixels(&self, found: Option<&Findings>, counts: impl Fn(&FoundKind) -> bool) -> Vec<Rect> {
        let regions = found.map(|found| found.regions.as_slice()).unwrap_or_default();
        let seen = |found: &Found| self.view.pixels(found, self.size);
        regions.iter().filter(|found| counts(&found.what)).filter_map(seen).collect()
    }
}
