use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::OnceCell;

use super::{Bucket, Settings};
use crate::{Attributes, Condition, Content, Entry, Error, List, Object, Sink, Source, Span, Stat, Version};

/// A [`Bucket`] that is opened by its first request: where region and credentials come from an instance's metadata, that
/// takes a moment, and a configuration can be checked where there are none. Clones are the same bucket.
#[derive(Debug, Clone)]
pub struct LateBucket {
    late: Arc<Late>,
}

#[derive(Debug)]
struct Late {
    settings: Settings,
    opened: OnceCell<Bucket>,
}

impl LateBucket {
    /// Asks nobody.
    pub fn new(settings: Settings) -> Self {
        Self { late: Arc::new(Late { settings, opened: OnceCell::new() }) }
    }

    async fn bucket(&self) -> &Bucket {
        self.late.opened.get_or_init(|| Bucket::open(&self.late.settings)).await
    }
}

#[async_trait]
impl Source for LateBucket {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        self.bucket().await.stat(key).await
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        self.bucket().await.read(key, range).await
    }
}

#[async_trait]
impl Sink for LateBucket {
    async fn write(&self, key: &str, content: Content, attributes: &Attributes) -> Result<(), Error> {
        self.bucket().await.write(key, content, attributes).await
    }

    async fn write_if(
        &self,
        key: &str,
        body: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<Version, Error> {
        self.bucket().await.write_if(key, body, attributes, condition).await
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        self.bucket().await.remove(key).await
    }
}

impl List for LateBucket {
    fn entries(&self, span: &Span) -> BoxStream<'static, Result<Entry, Error>> {
        let (this, span) = (self.clone(), span.clone());
        stream::once(async move { this.bucket().await.entries(&span) }).flatten().boxed()
    }

    fn seeks(&self) -> bool {
        true
    }
}
