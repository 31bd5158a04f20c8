use serde_json::Value;

use super::DocumentError;

/// Letters of a text of a document that are shown at most.
const SHOWN: usize = 100;

/// The text at `path` (RFC 6901), which has to be there.
pub(in crate::events) fn text<'a>(value: &'a Value, path: &'static str) -> Result<&'a str, DocumentError> {
    optional(value, path).ok_or(DocumentError::Missing(path))
}

/// The same, which may be missing. An empty text says nothing.
pub(super) fn optional<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path)?.as_str().filter(|text| !text.is_empty())
}

/// A name for the log: its beginning, without characters that would break a line.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(SHOWN).map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}
