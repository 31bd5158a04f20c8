use std::ops::Range;

use async_trait::async_trait;
use futures::StreamExt;

use crate::{Error, Object, Source, Stat};

/// Refuses objects of more than a number of bytes, whatever range of them is asked for.
#[derive(Debug)]
pub struct Limited<S> {
    inner: S,
    max_bytes: u64,
}

impl<S: Source> Limited<S> {
    /// `inner` without its objects of more than `max_bytes`.
    pub fn new(inner: S, max_bytes: u64) -> Self {
        Self { inner, max_bytes }
    }

    fn check(&self, stat: &Stat) -> Result<(), Error> {
        if stat.size > self.max_bytes {
            return Err(Error::TooLarge { actual: stat.size, allowed: self.max_bytes });
        }
        Ok(())
    }
}

#[async_trait]
impl<S: Source> Source for Limited<S> {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let stat = self.inner.stat(key).await?;
        self.check(&stat)?;
        Ok(stat)
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let Object { stat, range, body } = self.inner.read(key, range).await?;
        self.check(&stat)?;
        // A source may give more than it declared.
        let allowed = self.max_bytes;
        let mut actual = 0;
        let body = body.map(move |piece| {
            let piece = piece?;
            actual += piece.len() as u64;
            if actual > allowed { Err(Error::TooLarge { actual, allowed }) } else { Ok(piece) }
        });
        Ok(Object { stat, range, body: body.boxed() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect;
    use crate::testing::FakeSource;

    #[tokio::test]
    async fn behaves_as_a_source() {
        let fake = FakeSource::default();
        let source = Limited::new(fake.clone(), 1 << 20);
        crate::testing::behaves_as_a_source(&source, async |key, bytes| fake.put(key, bytes)).await;
    }

    #[tokio::test]
    async fn neither_declared_nor_real_bytes_pass() {
        let fake = FakeSource::default();
        fake.put("small", b"12345");
        fake.put("large", b"123456");
        let source = Limited::new(fake.clone(), 5);
        let too_large = Error::TooLarge { actual: 6, allowed: 5 };
        assert_eq!(source.stat("small").await.unwrap().size, 5);
        assert_eq!(source.stat("large").await.unwrap_err(), too_large);
        assert_eq!(source.read("large", Some(0..1)).await.unwrap_err(), too_large);
        fake.declare("large", 1);
        let object = source.read("large", None).await.unwrap();
        assert_eq!(collect(object, 100).await.unwrap_err(), too_large);
    }
}
