use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use crate::Error;

/// Longest body of no interest that is read so that its connection can be used again, in bytes. A new connection is
/// cheaper than more.
const DISCARDED_BYTES: u64 = 16 * 1024;

/// How long such a body may take.
const DISCARDED_TIME: Duration = Duration::from_secs(1);

/// Which bytes of a body are given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Bytes that are left out at the start.
    pub(crate) skip: u64,
    /// Bytes that are given after them: all of them, or the stream ends with an error.
    pub(crate) give: u64,
    /// Whether the body has to end there. It does not if an origin gave more than what was asked for and said so.
    pub(crate) end: bool,
}

/// The bytes of `part`, as they come.
pub(crate) fn pieces(body: Incoming, part: Part) -> BoxStream<'static, Result<Bytes, Error>> {
    stream::try_unfold((body, part), |(mut body, mut part)| async move {
        while part.give > 0 || part.end {
            let Some(frame) = body.frame().await else {
                return if part.give == 0 { Ok(None) } else { Err(short(part.give)) };
            };
            let frame = frame.map_err(|error| Error::unavailable(super::client::chain(&error)))?;
            // Trailers are of no interest.
            let Ok(mut piece) = frame.into_data() else { continue };
            let skipped = part.skip.min(piece.len() as u64);
            part.skip -= skipped;
            piece = piece.split_off(skipped as usize);
            if part.end && piece.len() as u64 > part.give {
                return Err(Error::unavailable("the body is longer than the origin stated"));
            }
            piece.truncate(usize::try_from(part.give).unwrap_or(usize::MAX));
            part.give -= piece.len() as u64;
            if !piece.is_empty() {
                return Ok(Some((piece, (body, part))));
            }
        }
        Ok(None)
    })
    .boxed()
}

fn short(missing: u64) -> Error {
    Error::unavailable(format_args!("the body ended {missing} bytes before its end"))
}

/// Reads a short body that nobody wants, apart from the request, which goes on.
pub(crate) fn discard(mut body: Incoming) {
    let short = body.size_hint().upper().is_some_and(|bytes| bytes <= DISCARDED_BYTES);
    if short && !body.is_end_stream() {
        tokio::spawn(tokio::time::timeout(
            DISCARDED_TIME,
            async move { while let Some(Ok(_)) = body.frame().await {} },
        ));
    }
}
