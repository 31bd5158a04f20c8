use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::SourceError;

/// One stored video, which is read in parts.
///
/// There is no media type here: what a store says of an object is never to be trusted for decoding.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// Bytes of the whole video.
    fn size(&self) -> u64;

    /// The bytes of a part that lies within the video, in pieces of any size. What is not polled is not to be read
    /// either, and a stream that is dropped ends the reading. It gives every byte of the part, or ends with an error.
    async fn read(&self, part: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, SourceError>>, SourceError>;
}
