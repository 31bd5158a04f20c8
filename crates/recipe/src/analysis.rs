use crate::{DetectionMark, Operation, Recipe};

/// What an analyser is to look for in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Wanted {
    /// Faces.
    pub faces: bool,
    /// Where there are no faces: whatever draws the eye.
    pub salient: bool,
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
        Self { faces: self.faces || other.faces, salient: self.salient || other.salient, moderation }
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
    let (faces, salient, moderation) = match operation {
        Operation::Reframe(reframe) => (reframe.focus.detect, reframe.focus.detect, None),
        Operation::DrawDetections(DetectionMark::FocalRegions) => (true, true, None),
        Operation::DrawDetections(DetectionMark::Detections)
        | Operation::Redact(_)
        | Operation::RedEye
        | Operation::SmartCrop(_) => (true, false, None),
        Operation::ContentModeration(moderation) => (false, false, Some(moderation.min_confidence)),
        _ => (false, false, None),
    };
    Wanted { faces, salient, moderation }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Locator;
    use crate::sharp::ContentModeration;

    #[test]
    fn each_input_says_what_is_to_be_found() {
        let mut recipe = Recipe::new(Locator::key("a"));
        assert!(recipe.analysis()[0].is_nothing());
        recipe.inputs[0].operations = vec![Operation::Equalize, Operation::RedEye];
        let faces = Wanted { faces: true, ..Wanted::default() };
        assert_eq!(recipe.analysis(), [faces]);
        recipe.inputs[0].operations.push(Operation::DrawDetections(DetectionMark::FocalRegions));
        assert_eq!(recipe.analysis(), [Wanted { salient: true, ..faces }]);
    }

    #[test]
    fn the_lowest_confidence_holds() {
        let mut recipe = Recipe::new(Locator::key("a"));
        let moderation = |min_confidence| {
            Operation::ContentModeration(ContentModeration { min_confidence, sigma: 50.0, labels: Vec::new() })
        };
        recipe.inputs[0].operations = vec![moderation(75.0), moderation(60.0), moderation(90.0)];
        assert_eq!(recipe.analysis(), [Wanted { moderation: Some(60.0), ..Wanted::default() }]);
    }
}
