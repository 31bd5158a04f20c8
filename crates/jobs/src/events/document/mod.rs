//! Documents that tell of events.
//!
//! `read.rs` tells them apart, `s3.rs` reads notifications of S3 and of servers that speak like it (MinIO), `eventbridge.rs`
//! those that went through EventBridge, `key.rs` decodes keys, `fields.rs` takes values from JSON,
//! `error.rs` says what is wrong.

mod error;
mod eventbridge;
mod fields;
mod key;
mod read;
mod s3;
#[cfg(test)]
mod tests;

pub use error::DocumentError;
pub(super) use fields::text;
pub use key::MAX_KEY;
pub use read::{Document, MAX_BYTES, MAX_RECORDS, read};
