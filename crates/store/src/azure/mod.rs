//! Blobs of a container of Azure Blob Storage, or of a server that speaks its protocol.
//!
//! `settings.rs` says which container and how to reach it, `url.rs` reads that from a URL, `credentials.rs` finds who asks,
//! `sign.rs` signs and `token.rs` asks for tokens, `container.rs` opens it and says what a key may be, `source.rs` reads,
//! `sink.rs` and `blocks.rs` write, `error.rs` says what an error means.
//!
//! # What it costs
//! [`stat`](crate::Source::stat) is one `HEAD`, [`read`](crate::Source::read) one `GET`; a range that lies behind the end
//! costs a `HEAD` on top, one of no bytes is a `HEAD` alone. Writes are one request, or one for each 16 MiB and one more.
//!
//! # What is tried again
//! Nothing: [`guard::Retried`](crate::guard::Retried) does that for reads.

mod blocks;
mod container;
mod credentials;
mod error;
mod list;
mod settings;
mod sign;
mod sink;
mod source;
#[cfg(test)]
mod tests;
mod token;
mod url;

pub use container::{Container, ContainerError};
pub use settings::{Credentials, Settings};
