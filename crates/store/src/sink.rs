use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{Content, Error, Version};

/// A place where objects are written by key.
///
/// Keys are those of a [`Source`](crate::Source) that reads the same place. No method has a default, so that a sink that
/// wraps another cannot forget one.
#[async_trait]
pub trait Sink: Send + Sync + std::fmt::Debug {
    /// Writes an object, in place of one of that key. Whole or not at all: readers see the old object or the new one.
    /// An error leaves the old one; only after [`Error::TimedOut`] and [`Error::Unavailable`] can it be either.
    ///
    /// A sink keeps what it has a place for of `attributes`, and says which that is. It holds no more of `content` in memory
    /// than the parts that it is sending.
    async fn write(&self, key: &str, content: Content, attributes: &Attributes) -> Result<(), Error>;

    /// As [`Self::write`], if `condition` holds; [`Error::Changed`] if it does not. Of several who write one key on the
    /// same condition at a time, one succeeds. The body is small: a few kilobytes, sent in one request and only once.
    ///
    /// Gives the version of what was written: that which a source over the same place tells from then on.
    ///
    /// States are told apart by their versions. A bucket whose versions are hashes of the bytes takes equal bytes for the same
    /// state: what is written again and again holds something that differs each time, as a count.
    async fn write_if(
        &self,
        key: &str,
        body: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<Version, Error>;

    /// Removes an object, in whatever state. That there is none is no error.
    async fn remove(&self, key: &str) -> Result<(), Error>;
}

/// What must be so for an object to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// There is no object of that key.
    Absent,
    /// The object is in the state of this version, which a [`Source`](crate::Source) over the same place or
    /// [`Sink::write_if`] told. One that was removed is not.
    Unchanged(Version),
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
