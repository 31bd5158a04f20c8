//! Objects of a bucket of Google Cloud Storage, or of a server that speaks its protocol.
//!
//! `settings.rs` says which bucket and how to reach it, `url.rs` reads that from a URL, `credentials.rs` finds who asks and
//! `token.rs` has it confirmed, `bucket.rs` opens it and says what a key may be, `source.rs` reads, `sink.rs` and
//! `resumable.rs` write, `error.rs` says what an error means.
//!
//! # What it costs
//! [`stat`](crate::Source::stat) is one `HEAD`, [`read`](crate::Source::read) one `GET` of the XML interface. What the
//! answer to a `HEAD` leaves open (it has no body) is asked once more by a `GET` of one byte: every 400, 401 and 403, and a
//! 404 as long as nothing is known about the bucket. A range that lies behind the end costs a `HEAD` on top, one of no bytes
//! is a `HEAD` alone. Writes are one request of the JSON interface, or one for each 16 MiB.
//!
//! # What is tried again
//! Nothing, save what an upload in parts has lost: [`guard::Retried`](crate::guard::Retried) does that for reads.

mod bucket;
mod credentials;
mod error;
mod list;
mod resumable;
mod settings;
mod sink;
mod source;
#[cfg(test)]
mod tests;
mod token;
mod url;

pub use bucket::Bucket;
pub use credentials::CredentialsError;
pub use settings::{Credentials, Settings};
