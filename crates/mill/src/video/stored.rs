use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use lightmill_store::{self as store, Stat};
use lightmill_video::{self as video, SourceError};

/// One state of an object, read in parts. A part of another state is an error: put together they would be neither.
pub(super) struct Stored {
    source: Arc<dyn store::Source>,
    key: String,
    stat: Stat,
}

impl Stored {
    pub(super) fn new(source: Arc<dyn store::Source>, key: String, stat: Stat) -> Self {
        Self { source, key, stat }
    }
}

#[video::async_trait]
impl video::Source for Stored {
    fn size(&self) -> u64 {
        self.stat.size
    }

    async fn read(&self, part: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, SourceError>>, SourceError> {
        let object = self.source.read(&self.key, Some(part.clone())).await.map_err(wrapped)?;
        if object.stat.version != self.stat.version || object.range != part {
            return Err(wrapped(store::Error::unavailable("the video changed while it was read")));
        }
        Ok(object.body.map(|piece| piece.map_err(wrapped)).boxed())
    }
}

fn wrapped(error: store::Error) -> SourceError {
    Arc::new(error)
}
