//! The picture of a watermark: a key, and behind it what is done to that picture first.

use lightmill_recipe::{Frames, Input, InputIndex, Locator, Orientation};

use crate::oss::draft::Draft;
use crate::oss::format::{CannotSay, Writer};
use crate::{Error, key};

/// What stands between a key and its actions.
const PROCESS: &str = "?x-oss-process=";

/// Reads `logo.png` or `logo.png?x-oss-process=image/resize,P_30`.
pub(super) fn read(text: &str, draft: &mut Draft<'_>) -> Result<InputIndex, Error> {
    let (key, actions) = text.split_once(PROCESS).unwrap_or((text, ""));
    let locator = key::checked(key.strip_prefix('/').unwrap_or(key)).map_err(|error| match error {
        Error::NoKey => Error::Key("of watermark image is empty"),
        other => other,
    })?;
    let mut actions = actions.split('/').filter(|action| !action.is_empty());
    match actions.next() {
        None | Some("image") => draft.mark(&locator, actions),
        Some(_) => Err(Error::UnknownProcessor),
    }
}

/// The text that [`read`] reads as this input.
pub(super) fn say(input: &Input, writer: &Writer<'_>) -> Result<String, CannotSay> {
    let Some(Locator { source, key }) = input.locator() else {
        return Err(CannotSay::new("a picture of one colour"));
    };
    if source.is_some() {
        return Err(CannotSay::new("a picture of another source"));
    }
    if key.contains(PROCESS) || key.contains(char::is_control) || key::checked(key).is_err() {
        return Err(CannotSay::new(format!("the key {key}")));
    }
    // One leading slash is passed over.
    let key = if key.starts_with('/') { format!("/{key}") } else { key.clone() };
    if matches!(input.frames, Frames::FirstOfGif(_) | Frames::Range(_)) {
        return Err(CannotSay::new("the first frames of a watermark's picture"));
    }
    let mut actions = Writer { is_mark: true, ..*writer }.steps(input)?;
    if input.orientation == Orientation::Ignore {
        actions.push("auto-orient,0".to_owned());
    }
    Ok(if actions.is_empty() { key } else { format!("{key}{PROCESS}image/{}", actions.join("/")) })
}
