use lightmill_recipe::{Colour, Frames, Input, Operation, Orientation, Output, Recipe};

use super::Options;
use super::definition::Say;
use super::operations::reference;
use super::video;

/// Something in a recipe has no words in this language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("x-oss-process cannot say {0}")]
pub struct CannotSay(pub String);

impl CannotSay {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// Where a step that is being written stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub options: &'a Options,
    pub recipe: &'a Recipe,
    /// Whether this is the picture of a watermark.
    pub is_mark: bool,
}

impl Writer<'_> {
    /// The operations of an input, as actions in their order.
    pub fn steps(&self, input: &Input) -> Result<Vec<String>, CannotSay> {
        input.operations.iter().map(|operation| self.step(operation)).collect()
    }

    fn step(&self, operation: &Operation) -> Result<String, CannotSay> {
        reference()
            .iter()
            .filter(|definition| definition.for_marks || !self.is_mark)
            .find_map(|definition| match definition.say {
                Say::Step(say) => say(operation, self),
                Say::Setting(_) => None,
            })
            .unwrap_or_else(|| Err(CannotSay::new(format!("{} here", operation.name()))))
    }
}

/// The recipe's actions in canonical form: `image/` and the steps in their order, then the settings that differ from
/// the flavour's defaults; or the one action of a video, with `image/` and the same behind a frame.
///
/// What a mount or a client decides is not part of the text: the object's key, the formats that `Accept` prefers and the
/// choice among them, the quality where none is asked for, bounds on bytes, colour profiles. Reading the text gives the recipe back.
pub fn format(recipe: &Recipe, options: &Options) -> Result<String, CannotSay> {
    let writer = Writer { options, recipe, is_mark: false };
    let [main, ..] = recipe.inputs.as_slice() else { return Err(CannotSay::new("a recipe without a picture")) };
    if main.locator().is_none() {
        return Err(CannotSay::new("a picture of one colour"));
    }
    let [output] = recipe.outputs.as_slice() else { return Err(CannotSay::new("several results of one request")) };
    if let Output::Picture(picture) = output
        && picture.matte != Colour::WHITE
    {
        return Err(CannotSay::new("what lies behind transparent pixels"));
    }
    if matches!(main.frames, Frames::First | Frames::Range(_)) {
        return Err(CannotSay::new("some frames of any animation"));
    }
    if output.is_of_video() {
        return of_video(recipe, main, &writer);
    }
    let is_info = matches!(output, Output::Info(_));
    if is_info && recipe.only_if_source_bytes_at_least.is_some() {
        return Err(CannotSay::new("info about large sources only"));
    }
    // Information is about the source as stored: no step or setting takes part in it, and none may stand beside it.
    let mut actions = if is_info { Vec::new() } else { writer.steps(main)? };
    for definition in reference().iter().filter(|definition| !is_info || definition.name == "info") {
        if let Say::Setting(say) = definition.say {
            actions.extend(say(recipe, &writer)?);
        }
    }
    if main.video_frame.is_some() {
        let snapshot = video::say(recipe, &writer)?;
        return Ok(match actions.as_slice() {
            [] => format!("video/{snapshot}"),
            actions => format!("video/{snapshot}/image/{}", actions.join("/")),
        });
    }
    if actions.is_empty() {
        // `image` alone asks for the original; turning upright is what every other request does.
        actions.push("auto-orient,1".to_owned());
    }
    Ok(format!("image/{}", actions.join("/")))
}

/// The action that makes something of a whole video.
fn of_video(recipe: &Recipe, main: &Input, writer: &Writer<'_>) -> Result<String, CannotSay> {
    let plain = main.operations.is_empty()
        && main.video_frame.is_none()
        && main.orientation == Orientation::Apply
        && main.frames == Frames::All;
    if !plain || recipe.inputs.len() > 1 || recipe.only_if_source_bytes_at_least.is_some() {
        return Err(CannotSay::new("steps and settings of pictures beside what is made of a whole video"));
    }
    Ok(format!("video/{}", video::say(recipe, writer)?))
}
