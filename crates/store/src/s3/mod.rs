//! Objects of an S3 bucket, or of a bucket of a server that speaks S3's protocol.
//!
//! `settings.rs` says which bucket and how to reach it, `url.rs` reads that from a URL, `client.rs` makes the SDK's
//! client of it, `bucket.rs` opens it (`late.rs`: when it is needed) and says what a key may be, `source.rs` reads, `sink.rs`,
//! `multipart.rs` and `condition.rs` write, `list.rs` lists, `error.rs` says what an error means.
//!
//! # What it costs
//! [`stat`](crate::Source::stat) is one `HeadObject`, [`read`](crate::Source::read) one `GetObject`. What the answer to
//! a `HEAD` leaves open (it has no body) is asked once more by a `GET` of one byte: every 301, 400 and 403, and a 404 as
//! long as nothing is known about the bucket. A range that lies behind the end costs a `HeadObject` on top, one of no
//! bytes is a `HeadObject` alone. A picture that no cache has is therefore two requests, and one that does not exist is
//! one, or two where the credentials lack `s3:ListBucket`.
//!
//! # What is tried again
//! A request that fails before its answer's headers are there, with a status of 500 or above, or because there are too
//! many, is sent three times at most, with pauses that grow and never exceed a second (the SDK's standard retries, with a
//! quota for each bucket). A write on a condition is sent once: a second attempt could find what the first one wrote. A body
//! that breaks off is an error. Those times count in [`guard::Timed`](crate::guard::Timed).

mod bucket;
mod client;
mod condition;
mod error;
mod late;
mod list;
mod multipart;
mod settings;
mod sink;
mod source;
#[cfg(test)]
mod tests;
mod url;

pub use bucket::Bucket;
pub use late::LateBucket;
pub use settings::Settings;

pub use crate::Secret;
pub use crate::aws::{Credentials, Role};
