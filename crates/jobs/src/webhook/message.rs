use std::time::SystemTime;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rfc3339;

/// What is told, in the form of Standard Webhooks 1.0.0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// What has happened, as words with points between them.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, as RFC 3339 writes it.
    pub timestamp: String,
    /// What it happened to.
    pub data: Value,
}

impl Message {
    /// That `kind` happened to `data` at a time.
    pub fn new(kind: impl Into<String>, at: SystemTime, data: Value) -> Self {
        Self { kind: kind.into(), timestamp: rfc3339::text(at), data }
    }

    /// The body of each delivery.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn body(&self) -> serde_json::Result<Bytes> {
        serde_json::to_vec(self).map(Bytes::from)
    }
}
