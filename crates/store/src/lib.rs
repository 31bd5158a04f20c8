//! Where bytes, styles and secrets live.
//!
//! 1. [`Source`]: objects by key; [`Source::stat`] tells size and version, [`Source::read`] streams the bytes.
//! 2. [`local`]: objects and styles in a folder of this machine.
//! 3. [`http`]: objects of an HTTP(S) origin.
//! 4. [`s3`]: objects of an S3 bucket.
//! 5. [`gcs`], [`azure`]: objects of a bucket of Google Cloud Storage, of a container of Azure Blob Storage.
//! 6. [`Sink`]: where objects are written: a folder, a bucket; [`Content`]: what is written, in memory or an [`OpenFile`];
//!    [`Condition`]: whether it is still to be written; [`List`]: where objects can be listed.
//! 7. [`guard`]: sources that wrap a source and add one behaviour: a timeout, retries, metrics.
//! 8. [`collect`]: a whole object in memory, never more than a stated number of bytes.
//! 9. [`Styles`]: texts by name, which a dialect reads as recipes; [`dynamodb`] has a table of them, and
//!    [`styles`] what wraps others. Tables of other items are there, too.
//! 10. [`secrets`]: what signs, wherever it is kept.
//! 11. [`disk`]: a cache in a folder.
//! 12. [`sqs`]: messages of a queue.
//!
//! Every source and every sink shows the same behaviour, which the suites in `testing` state; a new one starts by passing
//! them.

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "azure")]
pub mod azure;
mod blocking;
#[cfg(test)]
mod canned;
#[cfg(any(feature = "gcs", feature = "azure"))]
mod cloud;
mod collect;
mod content;
pub mod disk;
#[cfg(test)]
mod documented;
#[cfg(feature = "aws")]
pub mod dynamodb;
mod error;
#[cfg(feature = "gcs")]
pub mod gcs;
pub mod guard;
pub mod http;
mod list;
pub mod local;
mod open_file;
#[cfg(any(feature = "aws", feature = "gcs", feature = "azure"))]
mod parameters;
#[cfg(feature = "s3")]
pub mod s3;
pub mod secrets;
mod sink;
mod source;
#[cfg(feature = "aws")]
pub mod sqs;
mod style;
pub mod styles;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use async_trait::async_trait;
pub use collect::collect;
pub use content::{Content, Piece};
pub use error::Error;
pub use list::{Entry, List, Span};
pub use open_file::OpenFile;
pub use secrets::Secret;
pub use sink::{Attributes, Condition, Sink};
pub use source::{Object, Source, Stat, Version};
pub use style::{Style, Styles};
