//! What a request means, as steps in the order of sharp's pipeline.

mod draft;
mod encoding;

use lightmill_recipe::{Frames, Input};

pub(super) use draft::Draft;

use super::{Error, ImageRequest, Options};
use crate::sharp::{Lowered, Response, recipe};

/// Lowers a request of a client that sent `accept`.
pub fn lower(request: &ImageRequest, accept: Option<&str>, options: &Options) -> Result<Lowered, Error> {
    let mut draft = Draft::new(options);
    for edit in &request.edits {
        (edit.definition.lower)(&edit.value, &mut draft)?;
    }
    let encoding = encoding::decide(request, accept, &mut draft).quality_as_palette(&request.key);
    let original = request.edits.is_empty() && encoding.format.is_none() && encoding.preferred.is_empty();
    if draft.pipeline.loses_tint() {
        draft.ignored.push("tint".to_owned());
    }
    let Draft { pipeline, marks, frames, orientation, ignored, to_format, .. } = draft;
    let varies = encoding::varies_by_accept(request, to_format, options);
    let main = Input { orientation, frames, operations: pipeline.finish(), ..Input::new(request.locator()?) };
    let mark = |locator| Input { orientation, frames: Frames::First, ..Input::new(locator) };
    let inputs = std::iter::once(main).chain(marks.into_iter().map(mark));
    Ok(Lowered {
        recipe: recipe(inputs, encoding.output()),
        response: Response { headers: request.headers.clone() },
        vary: varies.then(|| "accept".to_owned()).into_iter().collect(),
        original,
        ignored,
    })
}

#[cfg(test)]
mod tests;
