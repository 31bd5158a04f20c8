use lightmill_recipe::{Format, Frames, Input, Locator, Metadata, Orientation};

use super::{Config, Error, Options, Resolved};
use crate::sharp::{Encoding, Lowered, Pipeline, Response, recipe};

/// A format that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormatWish {
    /// The best that the client may get.
    Auto,
    /// This one.
    Is(Format),
}

/// A request that is being lowered, transformation by transformation.
#[derive(Debug)]
pub(super) struct Draft<'o> {
    pub options: &'o Options,
    pub config: &'o Config,
    pub pipeline: Pipeline,
    /// Pictures laid on this one; the first of them is input 1.
    pub marks: Vec<Locator>,
    pub frames: Frames,
    pub orientation: Orientation,
    pub metadata: Option<Metadata>,
    pub format: Option<FormatWish>,
    pub quality: Option<u8>,
}

/// Lowers a request whose origin, policy and hints are resolved: smart crop, windows and the resize first, then everything
/// else, each at its place in sharp's pipeline.
pub fn lower(resolved: &Resolved, config: &Config, options: &Options) -> Result<Lowered, Error> {
    let mut draft = Draft {
        options,
        config,
        pipeline: Pipeline::default(),
        marks: Vec::new(),
        frames: Frames::All,
        orientation: options.orientation,
        metadata: None,
        format: None,
        quality: None,
    };
    let mut transformations: Vec<_> = resolved.transformations.iter().collect();
    transformations.sort_by_key(|one| one.definition.rank);
    for one in transformations {
        (one.definition.lower)(&one.value, &mut draft)?;
    }
    let (format, preferred) = match draft.format {
        Some(FormatWish::Is(format)) => (Some(format), Vec::new()),
        Some(FormatWish::Auto) => (None, resolved.accepted.clone()),
        None => (None, Vec::new()),
    };
    let original = resolved.transformations.is_empty()
        || (draft.format == Some(FormatWish::Auto) && preferred.is_empty() && resolved.transformations.len() == 1);
    let mut ignored = resolved.ignored.clone();
    if draft.pipeline.loses_tint() {
        ignored.push("tint".to_owned());
    }
    let Draft { pipeline, marks, frames, orientation, metadata, quality, .. } = draft;
    let encoding = Encoding { format, preferred, quality, metadata, ..Encoding::default() };
    let encoding = encoding.quality_as_palette(&resolved.locator.key);
    let main = Input { orientation, frames, operations: pipeline.finish(), ..Input::new(resolved.locator.clone()) };
    let mark = |locator| Input { orientation, frames: Frames::First, ..Input::new(locator) };
    let inputs = std::iter::once(main).chain(marks.into_iter().map(mark));
    Ok(Lowered {
        recipe: recipe(inputs, encoding.output()),
        response: Response::default(),
        vary: resolved.vary.clone(),
        original,
        ignored,
    })
}
