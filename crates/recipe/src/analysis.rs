use crate::{DetectionMark, Operation, Recipe};

/// What an analyser is to look for in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Faces.
    pub faces: bool,
    /// Where there are no faces: whatever draws the eye.
    pub salient: bool,
}

impl Wanted {
    /// Whether nothing has to be looked for.
    pub const fn is_nothing(self) -> bool {
        !self.faces && !self.salient
    }
}

impl Recipe {
    /// What is to be looked for in each input, in their order, before a plan is made. Without it, detected focus falls
    /// back to the alignment, and what is done to found regions does nothing.
    pub fn analysis(&self) -> Vec<Wanted> {
        let wanted = |operations: &[Operation]| {
            operations.iter().fold(Wanted::default(), |sum, operation| {
                let one = wanted(operation);
                Wanted { faces: sum.faces || one.faces, salient: sum.salient || one.salient }
            })
        };
        self.inputs.iter().map(|input| wanted(&input.operations)).collect()
    }
}

const fn wanted(operation: &Operation) -> Wanted {
    match operation {
        Operation::Reframe(reframe) => Wanted { faces: reframe.focus.detect, salient: reframe.focus.detect },
        Operation::DrawDetections(DetectionMark::FocalRegions) => Wanted { faces: true, salient: true },
        Operation::DrawDetections(DetectionMark::Detections) | Operation::Redact(_) | Operation::RedEye => {
            Wanted { faces: true, salient: false }
        }
        _ => Wanted { faces: false, salient: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Locator;

    #[test]
    fn each_input_says_what_is_to_be_found() {
        let mut recipe = Recipe::new(Locator::key("a"));
        assert!(recipe.analysis()[0].is_nothing());
        recipe.inputs[0].operations = vec![Operation::Equalize, Operation::RedEye];
        assert_eq!(recipe.analysis(), [Wanted { faces: true, salient: false }]);
        recipe.inputs[0].operations.push(Operation::DrawDetections(DetectionMark::FocalRegions));
        assert_eq!(recipe.analysis(), [Wanted { faces: true, salient: true }]);
    }
}
