//! What only this language says, where a mount takes several.

use super::request::{POLICY, encoded};
use super::transformations::{find, transformations};
use crate::query::Parameter;
use crate::sharp::Json;

/// Whether the path encodes a JSON object that names a path, and nothing of the Lambda engine's requests.
pub(crate) fn is_encoded(path: &str) -> bool {
    encoded(path).is_some_and(|json| {
        matches!(json.member("path"), Some(Json::Text(_)))
            && ["bucket", "key"].iter().all(|name| json.member(name).is_none())
    })
}

/// Whether a parameter is of this language alone: `policyId`, a transformation's member (`resize.width`, `sharpen[sigma]`),
/// or a transformation that is no parameter of the Lambda engine.
pub(crate) fn says(parameter: &Parameter<'_>) -> bool {
    let name = parameter.name();
    let Ok(name) = std::str::from_utf8(&name) else { return false };
    let member = || {
        let (name, rest) = name.split_once(['.', '['])?;
        (!rest.is_empty()).then(|| find(name))?
    };
    let is_theirs = || crate::dit::parameters().iter().any(|theirs| theirs.name == name);
    name == POLICY || member().is_some() || (transformations().iter().any(|own| own.is(name)) && !is_theirs())
}
