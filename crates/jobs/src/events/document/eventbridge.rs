//! Events of S3 that come through EventBridge. Their keys are not encoded.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>

use serde_json::Value;

use super::fields::{optional, shown};
use super::{Document, DocumentError, key, text};
use crate::events::{Event, Sequencer, Version, What};
use crate::rfc3339;

/// The part that tells of the object.
const OBJECT: &str = "/detail/object";

pub(super) fn read(value: &Value) -> Result<Document, DocumentError> {
    let name = text(value, "/detail-type")?;
    let what = match name {
        "Object Created" => What::Created,
        "Object Deleted" => What::Removed,
        other => return Ok(Document::Events { events: Vec::new(), ignored: vec![shown(other)] }),
    };
    let object = value.pointer(OBJECT).ok_or(DocumentError::Missing(OBJECT))?;
    let owned = |path| optional(object, path).map(str::to_owned);
    let event = Event {
        what,
        bucket: text(value, "/detail/bucket/name")?.to_owned(),
        key: key::bounded(text(value, "/detail/object/key")?)?,
        version: Version { id: owned("/version-id"), etag: owned("/etag") },
        size: object.get("size").and_then(Value::as_u64),
        sequencer: optional(object, "/sequencer").and_then(Sequencer::read),
        at: optional(value, "/time").and_then(rfc3339::read),
    };
    Ok(Document::Events { events: vec![event], ignored: Vec::new() })
}
