use crate::{DetectionMark, Operation, Recipe};

/// What an analyser is to look for in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own, whatever the others are")]
pub struct Wanted {
    /// Faces.
    pub faces: bool,
    /// Where there are no faces: whatever draws the eye.
    pub salient: bool,
    /// Whether faces are looked for to be hidden: without knowing them the picture must not be shown.
    pub hides: bool,
    /// Whether the picture is to be cut to a face: where nobody looks for faces, that cannot be done.
    pub cuts_to_face: bool,
    /// Whether the picture should be shown: labels of at least this confidence, in percent, 0 to 100.
    pub moderation: Option<f64>,
}

impl Wanted {
    /// Whether nothing has to be looked for.
    pub const fn is_nothing(self) -> bool {
        !self.faces && !self.salient && self.moderation.is_none()
    }

    /// What either is to look for; of two confidences the lower.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let moderation = match (self.moderation, other.moderation) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self {
            faces: self.faces || other.faces,
            salient: self.salient || other.salient,
            hides: self.hides || other.hides,
            cuts_to_face: self.cuts_to_face || other.cuts_to_face,
            moderation,
        }
    }
}

impl Recipe {
    /// What is to be looked for in each input, in their order, before a plan is made. Without it, detected focus falls
    /// back to the alignment, and what is done to found regions does nothing; [`Operation::SmartCrop`] and
    /// [`Operation::ContentModeration`] are refused.
    pub fn analysis(&self) -> Vec<Wanted> {
        let wanted = |operations: &[Operation]| operations.iter().map(wanted).fold(Wanted::default(), Wanted::or);
        self.inputs.iter().map(|input| wanted(&input.operations)).collect()
    }
}

const fn wanted(operation: &Operation) -> Wanted {
    if let Operation::ContentModeration(moderation) = operation {
        let moderation = Some(moderation.min_confidence);
        return Wanted { faces: false, salient: false, hides: false, cuts_to_face: false, moderation };
    }
    let (faces, salient, hides) = match operation {
        Operation::Reframe(reframe) => (reframe.focus.detect, reframe.focus.detect, false),
        Operation::DrawDetections(DetectionMark::FocalRegions) => (true, true, false),
        Operation::DrawDetections(DetectionMark::Detections) | Operation::RedEye | Operation::SmartCrop(_) => {
            (true, false, false)
        }
        Operation::Redact(_) => (true, false, true),
        _ => (false, false, false),
    };
    let cuts_to_face = matches!(operation, Operation::SmartCrop(_));
    Wanted { faces, salient, hides, cuts_to_face, moderation: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharp::SmartCrop;
    use crate::{Colour, Locator, Redact, RedactShape, RedactWith};

    #[test]
    fn each_input_says_what_is_to_be_found() {
        let mut recipe = Recipe::new(Locator::key("a"));
        assert!(recipe.analysis()[0].is_nothing());
        recipe.inputs[0].operations = vec![Operation::Equalize, Operation::RedEye];
        let faces = Wanted { faces: true, ..Wanted::default() };
        assert_eq!(recipe.analysis(), [faces]);
        recipe.inputs[0].operations.push(Operation::DrawDetections(DetectionMark::FocalRegions));
        assert_eq!(recipe.analysis(), [Wanted { salient: true, ..faces }]);
        let redact = Redact { with: RedactWith::Colour(Colour::BLACK), shape: RedactShape::Oval };
        recipe.inputs[0].operations.push(Operation::Redact(redact));
        assert_eq!(recipe.analysis(), [Wanted { salient: true, hides: true, ..faces }]);
        recipe.inputs[0].operations = vec![Operation::SmartCrop(SmartCrop { face_index: 0, padding: 0 })];
        assert_eq!(recipe.analysis(), [Wanted { cuts_to_face: true, ..faces }]);
    }

    #[test]
    fn the_lesser_certainty_holds_for_both() {
        let sure = |percent| Wanted { moderation: Some(percent), ..Wanted::default() };
        assert!(!sure(50.0).is_nothing() && Wanted::default().is_nothing());
        assert_eq!(sure(75.0).or(sure(50.0)).moderation, Some(50.0));
        assert_eq!(Wanted::default().or(sure(75.0)).moderation, Some(75.0));
    }
}
