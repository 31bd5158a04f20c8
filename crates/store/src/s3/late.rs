use std::ops::Range;

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::{Bucket, Settings};
use crate::{Error, Object, Source, Stat};

/// A [`Bucket`] that is opened by its first request: where region and credentials come from an instance's metadata, that
/// takes a moment, and a configuration can be checked where there are none.
#[derive(Debug)]
pub struct LateBucket {
    settings: Settings,
    opened: OnceCell<Bucket>,
}

impl LateBucket {
    /// Asks nobody.
    pub fn new(settings: Settings) -> Self {
        Self { settings, opened: OnceCell::new() }
    }

    async fn bucket(&self) -> &Bucket {
        self.opened.get_or_init(|| Bucket::open(&self.settings)).await
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
