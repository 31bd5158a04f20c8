use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;

use crate::Error;

/// A place where objects are written by key.
///
/// Keys are those of a [`Source`](crate::Source) that reads the same place. No method has a default, so that a sink that
/// wraps another cannot forget one.
#[async_trait]
pub trait Sink: Send + Sync + std::fmt::Debug {
    /// Writes an object, in place of one of that key. Whole or not at all: readers see the old object or the new one.
    /// An error leaves the old one; only after [`Error::TimedOut`] and [`Error::Unavailable`] can it be either.
    ///
    /// A sink keeps what it has a place for of `attributes`, and says which that is.
    async fn write(&self, key: &str, body: Bytes, attributes: &Attributes) -> Result<(), Error>;

    /// Removes an object. That there is none is no error.
    async fn remove(&self, key: &str) -> Result<(), Error>;
}

/// What is said about an object to whoever fetches it. Nothing by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    /// Its media type.
    pub content_type: Option<String>,
    /// The `Cache-Control` that goes with it.
    pub cache_control: Option<String>,
    /// The `Content-Disposition` that goes with it.
    pub content_disposition: Option<String>,
    /// Further pairs: names of small ASCII letters, digits and `-`, values of printable ASCII.
    pub metadata: BTreeMap<String, String>,
}
