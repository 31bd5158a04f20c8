use serde_json::Value;

use super::fields::optional;
use super::{DocumentError, eventbridge, s3, text};
use crate::events::Event;

/// Bytes of the longest document that is read.
pub const MAX_BYTES: usize = 256 << 10;

/// Records of one document at most.
pub const MAX_RECORDS: usize = 1000;

/// What a document tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// The store tried whether its documents arrive (`s3:TestEvent`). Nothing happened.
    Test,
    /// Something happened to objects.
    Events {
        /// What happened, in the order of the document.
        events: Vec<Event>,
        /// Names of events of other kinds, for the log: at most 100 characters each.
        ignored: Vec<String>,
    },
}

/// Reads a document: a notification of S3 or of a server that speaks like it, one that came through EventBridge, or one of
/// these in an envelope of SNS. Envelopes are opened here without a look at their signatures: who takes them from elsewhere
/// than a queue asks [`sns`](crate::events::sns) first.
///
/// # Errors
/// What is wrong with it. Then nothing of it is told: a document counts as a whole.
pub fn read(bytes: &[u8]) -> Result<Document, DocumentError> {
    let value = parsed(bytes)?;
    if !is_envelope(&value) {
        return told(&value);
    }
    let inner = parsed(text(&value, "/Message")?.as_bytes())?;
    if is_envelope(&inner) { Err(DocumentError::Nested) } else { told(&inner) }
}

fn parsed(bytes: &[u8]) -> Result<Value, DocumentError> {
    if bytes.len() > MAX_BYTES {
        return Err(DocumentError::TooLarge(bytes.len()));
    }
    serde_json::from_slice(bytes).map_err(|_| DocumentError::NotJson)
}

fn is_envelope(value: &Value) -> bool {
    optional(value, "/Type") == Some("Notification") && value.get("TopicArn").is_some()
}

fn told(value: &Value) -> Result<Document, DocumentError> {
    if let Some(records) = value.get("Records") {
        return s3::read(records);
    }
    if optional(value, "/Event") == Some("s3:TestEvent") {
        return Ok(Document::Test);
    }
    if optional(value, "/source") == Some("aws.s3") { eventbridge::read(value) } else { Err(DocumentError::Unknown) }
}
