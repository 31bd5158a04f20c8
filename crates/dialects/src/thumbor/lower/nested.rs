use lightmill_recipe::{Frames, Input, InputIndex, NinePatch, Operation, Orientation, Source, Stamp, StampMark};

use super::{Draft, frame};
use crate::Error;
use crate::thumbor::{Flavour, Image, Url};

impl Draft<'_> {
    /// A place among the inputs for the picture of this key. `None`, and the filter is ignored, if it names none.
    pub fn mark(&mut self, key: &str) -> Option<InputIndex> {
        let input = self.plain(key)?;
        self.pictures += 1;
        Some(self.lay(vec![input]))
    }

    /// A place among the inputs for the picture of a path of the whole language (imagor).
    pub fn nested_mark(&mut self, path: &str) -> Option<InputIndex> {
        match self.nested(path) {
            Ok(inputs) => Some(self.lay(inputs)),
            Err(Error::NoKey) => None,
            Err(error) => {
                self.refuse(error);
                None
            }
        }
    }

    fn lay(&mut self, mut inputs: Vec<Input>) -> InputIndex {
        self.refuse_if(Error::limit("pictures", self.pictures, self.options.max_inputs));
        let index = self.marks.len() + 1;
        for operation in inputs.iter_mut().flat_map(|input| &mut input.operations) {
            shift(operation, index);
        }
        self.marks.append(&mut inputs);
        InputIndex(index)
    }

    fn plain(&self, key: &str) -> Option<Input> {
        let image = Image::Object { key: key.to_owned(), base64: false };
        let locator = image.locator().ok()?;
        let apply = self.options.respect_orientation || self.options.flavour == Flavour::Imagor;
        let orientation = if apply { Orientation::Apply } else { Orientation::Ignore };
        let source = Source::Object(locator);
        Some(Input { source, orientation, frames: Frames::All, video_frame: None, operations: Vec::new() })
    }

    fn nested(&mut self, path: &str) -> Result<Vec<Input>, Error> {
        Error::limit("depth of pictures", self.depth + 1, self.options.max_depth)?;
        let url = Url::parse_nested(path, self.options)?;
        let mut draft = Draft::new(self.options, self.depth + 1);
        (draft.pictures, draft.filters) = (self.pictures + 1, self.filters);
        let lowered = frame::with_draft(&url, &mut draft);
        (self.pictures, self.filters) = (draft.pictures, draft.filters);
        let lowered = lowered?;
        for name in &lowered.ignored {
            self.ignore(name);
        }
        Ok(lowered.recipe.inputs)
    }
}

/// Moves the input that an operation refers to by `by` places.
fn shift(operation: &mut Operation, by: usize) {
    if let Operation::Stamp(Stamp { mark: StampMark::Image(index, _), .. })
    | Operation::NinePatch(NinePatch { input: index }) = operation
    {
        index.0 += by;
    }
}
