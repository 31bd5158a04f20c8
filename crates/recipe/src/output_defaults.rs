use crate::{
    Effort, FormatChoice, Light, Metadata, Operation, Output, PaletteColours, PictureOutput, Profile, QualityRule,
    Recipe,
};

/// What a mount or a command line says about results, where a request itself says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutputDefaults {
    /// Instead of [`QualityRule::Default`].
    pub quality: QualityRule,
    /// Where the request names no policy.
    pub metadata: Metadata,
    /// What becomes of ICC profiles; no request names it.
    pub profile: Profile,
    /// Where the request sets no bound.
    pub max_bytes: Option<u64>,
    /// How long to search for a smaller file; no request names it.
    pub effort: Effort,
    /// Colours of a PNG's palette at most; no request names it.
    pub palette: Option<PaletteColours>,
    /// No loss in formats that can be either; no request names it.
    pub lossless: bool,
    /// Which of several formats is taken; no request names it.
    pub choose: FormatChoice,
    /// Whether encodings of an unchanged picture may be larger than it; no request names it.
    pub may_grow: bool,
    /// In which light pictures are resized; no request names it.
    pub light: Light,
}

impl OutputDefaults {
    /// Fills in what `recipe` leaves open.
    pub fn apply(&self, recipe: &mut Recipe) {
        for output in &mut recipe.outputs {
            if let Output::Picture(picture) | Output::Meta { picture, .. } = output {
                self.apply_to(picture);
            }
        }
        for operation in recipe.inputs.iter_mut().flat_map(|input| &mut input.operations) {
            if let Operation::Resize(resize) = operation
                && resize.light == Light::default()
            {
                resize.light = self.light;
            }
        }
    }

    fn apply_to(&self, output: &mut PictureOutput) {
        if output.quality.rule == QualityRule::Default {
            output.quality.rule = self.quality;
        }
        output.metadata = output.metadata.or(Some(self.metadata));
        if output.profile == Profile::default() {
            output.profile = self.profile;
        }
        output.max_bytes = output.max_bytes.or(self.max_bytes);
        if output.choose == FormatChoice::default() {
            output.choose = self.choose;
        }
        output.may_grow |= self.may_grow;
        output.lossless |= self.lossless;
        output.palette = output.palette.or(self.palette);
        if output.effort == Effort::default() {
            output.effort = self.effort;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Enlarge, Fit, Input, Locator, Resize, Target};

    #[test]
    fn what_a_request_says_stays() {
        let defaults = OutputDefaults {
            quality: QualityRule::Perceptual(70),
            metadata: Metadata::Keep,
            profile: Profile::Keep,
            max_bytes: Some(1000),
            effort: Effort::Small,
            palette: PaletteColours::new(16),
            lossless: true,
            choose: FormatChoice::Smallest,
            may_grow: true,
            light: Light::Linear,
        };
        let mut silent = PictureOutput::default();
        defaults.apply_to(&mut silent);
        assert_eq!((silent.quality.rule, silent.metadata), (defaults.quality, Some(Metadata::Keep)));
        assert_eq!((silent.profile, silent.max_bytes), (Profile::Keep, Some(1000)));
        assert_eq!((silent.choose, silent.may_grow), (FormatChoice::Smallest, true));
        assert_eq!((silent.effort, silent.palette), (Effort::Small, PaletteColours::new(16)));
        assert!(silent.lossless);

        let mut explicit = PictureOutput { metadata: Some(Metadata::Drop), max_bytes: Some(5), ..Default::default() };
        explicit.quality.rule = QualityRule::Absolute(40);
        defaults.apply_to(&mut explicit);
        assert_eq!((explicit.metadata, explicit.max_bytes), (Some(Metadata::Drop), Some(5)));
        assert_eq!(explicit.quality.rule, QualityRule::Absolute(40));
    }

    #[test]
    fn every_resize_of_every_input_is_in_the_light_of_the_mount() {
        let target = Target::Percent(50);
        let resize =
            Operation::Resize(Resize { target, fit: Fit::Inside, enlarge: Enlarge::Never, light: Light::Gamma });
        let mut recipe = Recipe::new(Locator::key("a"));
        recipe.inputs.push(Input::new(Locator::key("b")));
        for input in &mut recipe.inputs {
            input.operations = vec![Operation::Greyscale, resize.clone()];
        }
        OutputDefaults { light: Light::Linear, ..OutputDefaults::default() }.apply(&mut recipe);
        for input in &recipe.inputs {
            assert!(matches!(&input.operations[1], Operation::Resize(resize) if resize.light == Light::Linear));
        }
    }
}
