use lightmill_recipe::{Format, Input, Output, PictureOutput, Recipe};

/// What a request means.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// The picture, behind it the pictures laid on it, and how the result is encoded.
    pub recipe: Recipe,
    /// What is said about the answer.
    pub response: Response,
    /// Names, in lower case, of the request headers that took part, for the header `Vary`.
    pub vary: Vec<String>,
    /// Whether the request says nothing about the picture, so that its stored bytes are the answer.
    pub original: bool,
    /// Names of what had no effect, each once.
    pub ignored: Vec<String>,
}

/// What a request says about its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// Headers, names in lower case; `cache-control` takes the place of the stored object's.
    pub headers: Vec<(String, String)>,
}

impl Lowered {
    /// The format that the result has in any case, if the request or the client names one.
    pub fn format(&self) -> Option<Format> {
        self.picture()?.format
    }

    /// How the result is encoded.
    pub fn picture(&self) -> Option<&PictureOutput> {
        self.recipe.outputs.iter().find_map(|output| match output {
            Output::Picture(picture) => Some(picture),
            _ => None,
        })
    }
}

/// The recipe of these inputs, of which the first is the picture.
pub(crate) fn recipe(inputs: impl IntoIterator<Item = Input>, output: PictureOutput) -> Recipe {
    Recipe {
        inputs: inputs.into_iter().collect(),
        outputs: vec![Output::Picture(output)],
        only_if_source_bytes_at_least: None,
    }
}
