use std::ops::Range;

use async_trait::async_trait;

use super::Container;
use crate::{Error, Object, Source, Stat, cloud};

#[async_trait]
impl Source for Container {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        cloud::stat(self, &self.key(key)?).await
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        cloud::read(self, &self.key(key)?, range).await
    }
}
