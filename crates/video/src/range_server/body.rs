use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use tokio::sync::OwnedSemaphorePermit;

use super::server::Shared;
use crate::{Error, SourceError};

/// The first part that is asked of the source: a container's header often ends within it.
const FIRST: u64 = 64 << 10;
/// The largest: by then a whole stream is being read, and each request to a store costs time.
const LARGEST: u64 = 4 << 20;

/// The bytes of `range`, each fetched when it is polled for: in parts of [`FIRST`] bytes, then twice as many each time,
/// up to [`LARGEST`]. A failure is remembered in `shared`, and ends the connection.
pub(super) fn pieces(
    shared: Arc<Shared>,
    range: Range<u64>,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send {
    let reader = Reader { shared, range, length: FIRST, part: None, _place: place };
    stream::unfold(Some(reader), |reader| async {
        let mut reader = reader?;
        match reader.next().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(reader))),
            Ok(None) => None,
            Err(error) => {
                reader.shared.fail(error);
                Some((Err(io::Error::other("the source failed")), None))
            }
        }
    })
}

struct Reader {
    shared: Arc<Shared>,
    /// What is not read yet.
    range: Range<u64>,
    /// Bytes of the next part.
    length: u64,
    part: Option<Part>,
    _place: OwnedSemaphorePermit,
}

/// A part that the source is giving.
struct Part {
    left: u64,
    pieces: BoxStream<'static, Result<Bytes, SourceError>>,
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if self.range.is_empty() {
                return Ok(None);
            }
            let part = match &mut self.part {
                Some(part) if part.left > 0 => part,
                _ => {
                    let end = self.range.end.min(self.range.start.saturating_add(self.length));
                    self.length = (self.length * 2).min(LARGEST);
                    let pieces = self.shared.source.read(self.range.start..end).await.map_err(Error::Source)?;
                    self.part.insert(Part { left: end - self.range.start, pieces })
                }
            };
            let piece = part.pieces.next().await;
            let mut piece = piece.ok_or_else(|| Error::failed("the source ended early"))?.map_err(Error::Source)?;
            self.shared.count(piece.len())?;
            piece.truncate(usize::try_from(part.left).unwrap_or(usize::MAX));
            part.left -= piece.len() as u64;
            self.range.start += piece.len() as u64;
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
    }
}
