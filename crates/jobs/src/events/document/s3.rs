//! Notifications of S3 (event message structure 2.x) and of MinIO, whose records have the same fields.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>

use serde_json::Value;

use super::fields::{optional, shown};
use super::{Document, DocumentError, MAX_RECORDS, key, text};
use crate::events::{Event, Sequencer, Version, What};
use crate::rfc3339;

/// The part of each record that tells of the object.
const OBJECT: &str = "/s3/object";

pub(super) fn read(records: &Value) -> Result<Document, DocumentError> {
    let records = records.as_array().ok_or(DocumentError::Missing("/Records"))?;
    if records.len() > MAX_RECORDS {
        return Err(DocumentError::TooMany(records.len()));
    }
    let (mut events, mut ignored) = (Vec::new(), Vec::new());
    for record in records {
        let name = text(record, "/eventName")?;
        match what(name) {
            Some(what) => events.push(event(record, what)?),
            None => ignored.push(shown(name)),
        }
    }
    Ok(Document::Events { events, ignored })
}

/// MinIO writes `s3:` before the names.
fn what(name: &str) -> Option<What> {
    match name.strip_prefix("s3:").unwrap_or(name).split(':').next()? {
        "ObjectCreated" => Some(What::Created),
        "ObjectRemoved" | "LifecycleExpiration" => Some(What::Removed),
        _ => None,
    }
}

fn event(record: &Value, what: What) -> Result<Event, DocumentError> {
    let object = record.pointer(OBJECT).ok_or(DocumentError::Missing(OBJECT))?;
    let owned = |path| optional(object, path).map(str::to_owned);
    Ok(Event {
        what,
        bucket: text(record, "/s3/bucket/name")?.to_owned(),
        key: key::decoded(text(record, "/s3/object/key")?)?,
        version: Version { id: owned("/versionId"), etag: owned("/eTag") },
        size: object.get("size").and_then(Value::as_u64),
        sequencer: optional(object, "/sequencer").and_then(Sequencer::read),
        at: optional(record, "/eventTime").and_then(rfc3339::read),
    })
}
