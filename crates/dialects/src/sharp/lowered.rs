use lightmill_recipe::sharp::SharpStep;
use lightmill_recipe::{Format, Frames, Input, Locator, Orientation, Output, PictureOutput, Recipe};

/// What a request means.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// The picture, and behind it the pictures laid on it.
    pub inputs: Vec<LoweredInput>,
    /// How the result is encoded.
    pub output: PictureOutput,
    /// What is said about the answer.
    pub response: Response,
    /// Names, in lower case, of the request headers that took part, for the header `Vary`.
    pub vary: Vec<String>,
    /// Whether the request says nothing about the picture, so that its stored bytes are the answer.
    pub original: bool,
    /// Names of what had no effect, each once.
    pub ignored: Vec<String>,
}

/// One picture and what is done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct LoweredInput {
    /// Where it lies.
    pub locator: Locator,
    /// Whether EXIF orientation is applied.
    pub orientation: Orientation,
    /// Which frames of an animation take part.
    pub frames: Frames,
    /// What is done to it, strictly in this order.
    pub steps: Vec<SharpStep>,
}

/// What a request says about its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// Headers, names in lower case; `cache-control` takes the place of the stored object's.
    pub headers: Vec<(String, String)>,
}

impl Lowered {
    /// The format that the result has in any case, if the request or the client names one.
    pub const fn format(&self) -> Option<Format> {
        self.output.format
    }

    /// The recipe, if today's operations can say every step.
    ///
    /// # Errors
    /// The names of what they cannot say, each once.
    pub fn recipe(&self) -> Result<Recipe, Vec<&'static str>> {
        let steps = || self.inputs.iter().flat_map(|input| &input.steps);
        let mut missing: Vec<&'static str> =
            steps().filter(|step| step.operation().is_none()).map(SharpStep::name).collect();
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            return Err(missing);
        }
        let input = |input: &LoweredInput| Input {
            locator: input.locator.clone(),
            orientation: input.orientation,
            frames: input.frames,
            operations: input.steps.iter().filter_map(SharpStep::operation).cloned().collect(),
        };
        Ok(Recipe {
            inputs: self.inputs.iter().map(input).collect(),
            outputs: vec![Output::Picture(self.output.clone())],
            only_if_source_bytes_at_least: None,
        })
    }
}
