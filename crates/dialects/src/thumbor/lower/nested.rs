use lightmill_recipe::{FrameRange, InputIndex, Mark, NinePatch, Operation, Orientation, Stamp, StampMark, Step};

use super::{Draft, LoweredInput, Source, frame};
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

    fn lay(&mut self, mut inputs: Vec<LoweredInput>) -> InputIndex {
        self.refuse_if(Error::limit("pictures", self.pictures, self.options.max_inputs));
        let index = self.marks.len() + 1;
        for step in inputs.iter_mut().flat_map(|input| &mut input.steps) {
            shift(step, index);
        }
        self.marks.append(&mut inputs);
        InputIndex(index)
    }

    fn plain(&self, key: &str) -> Option<LoweredInput> {
        let image = Image::Object { key: key.to_owned(), base64: false };
        let locator = image.locator().ok()?;
        let apply = self.options.respect_orientation || self.options.flavour == Flavour::Imagor;
        let orientation = if apply { Orientation::Apply } else { Orientation::Ignore };
        let source = Source::Object(locator);
        Some(LoweredInput { source, orientation, frames: FrameRange::default(), steps: Vec::new() })
    }

    fn nested(&mut self, path: &str) -> Result<Vec<LoweredInput>, Error> {
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
        Ok(lowered.inputs)
    }
}

/// Moves the input that a step refers to by `by` places.
fn shift(step: &mut Step, by: usize) {
    let index = match step {
        Step::Stamp(Stamp { mark: StampMark::Image(index, _), .. }) | Step::NinePatch(NinePatch { input: index }) => {
            index
        }
        Step::Operation(Operation::Overlay(overlay)) => match &mut overlay.mark {
            Mark::Image(index) | Mark::ImageAndText { image: index, .. } => index,
            Mark::Text(_) => return,
        },
        _ => return,
    };
    index.0 += by;
}
