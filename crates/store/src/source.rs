use std::ops::Range;
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::Error;

/// Objects by key.
///
/// Keys are UTF-8, segments separated by `/`, without a leading `/`. No method has a default, so that a source that
/// wraps another cannot forget one.
#[async_trait]
pub trait Source: Send + Sync + std::fmt::Debug {
    /// What is known about the object without reading it.
    async fn stat(&self, key: &str) -> Result<Stat, Error>;

    /// The object's bytes, or those of `range`. The body is streamed: what the caller does not read is not read from
    /// the source either.
    ///
    /// A range is cut to the object: its part beyond the end is left out, and may leave nothing.
    /// The body ends with an error rather than early if it cannot give every byte of [`Object::range`].
    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error>;
}

/// What is known about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Bytes of the whole object.
    pub size: u64,
    /// Changes whenever the bytes change.
    pub version: Version,
    /// When the bytes were last written.
    pub modified: Option<SystemTime>,
    /// The media type that the source states; never to be trusted for decoding.
    pub content_type: Option<String>,
    /// The `Cache-Control` that the source states.
    pub cache_control: Option<String>,
}

/// An opaque text that differs between two states of an object: an `ETag`, or time, size and inode of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// A source's own words.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An object that is being read.
pub struct Object {
    /// What was known about it when it was opened; belongs to the bytes of `body`.
    pub stat: Stat,
    /// Which bytes `body` gives.
    pub range: Range<u64>,
    /// The bytes, in pieces of any size.
    pub body: BoxStream<'static, Result<Bytes, Error>>,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object").field("stat", &self.stat).field("range", &self.range).finish_non_exhaustive()
    }
}

/// The part of `range` that lies within an object of `size` bytes; the whole object without a range.
pub(crate) fn cut(range: Option<Range<u64>>, size: u64) -> Range<u64> {
    let Range { start, end } = range.unwrap_or(0..size);
    let end = end.min(size);
    start.min(end)..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_the_object() {
        assert_eq!(cut(None, 10), 0..10);
        assert_eq!(cut(Some(2..5), 10), 2..5);
        assert_eq!(cut(Some(2..50), 10), 2..10);
        assert_eq!(cut(Some(20..50), 10), 10..10);
        assert_eq!(cut(Some(0..1), 0), 0..0);
        #[expect(clippy::reversed_empty_ranges, reason = "what a careless caller may pass")]
        let reversed = 5..2;
        assert_eq!(cut(Some(reversed), 10), 2..2);
    }
}
