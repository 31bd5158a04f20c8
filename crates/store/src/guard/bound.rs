use std::ops::Range;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use metrics::counter;

use crate::{Error, Object, Source, Stat};

/// Gives no body of more than a stated number of bytes: [`Error::TooLarge`] from the declared bytes before anything is
/// read, and from those that come, as declarations can be wrong. A part of a larger object may be read.
///
/// Counts `lightmill_source_too_large_total{source, found}`, `found` being `declared` or `counted`.
#[derive(Debug)]
pub struct Bounded<S> {
    inner: S,
    name: String,
    max_bytes: u64,
}

impl<S: Source> Bounded<S> {
    /// `inner` of the configured `name`, with bodies of up to `max_bytes`.
    pub fn new(inner: S, name: impl Into<String>, max_bytes: u64) -> Self {
        Self { inner, name: name.into(), max_bytes }
    }
}

#[async_trait]
impl<S: Source> Source for Bounded<S> {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        self.inner.stat(key).await
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let Object { stat, range, body } = self.inner.read(key, range).await?;
        let counter = Counter { name: self.name.clone(), allowed: self.max_bytes, actual: 0 };
        counter.check("declared", range.end.saturating_sub(range.start))?;
        let body = stream::unfold(Some((body, counter)), |state| async {
            let (mut body, mut counter) = state?;
            match body.next().await? {
                Ok(piece) => {
                    counter.actual += piece.len() as u64;
                    match counter.check("counted", counter.actual) {
                        Ok(()) => Some((Ok(piece), Some((body, counter)))),
                        Err(error) => Some((Err(error), None)),
                    }
                }
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(Object { stat, range, body: body.boxed() })
    }
}

struct Counter {
    name: String,
    allowed: u64,
    actual: u64,
}

impl Counter {
    fn check(&self, found: &'static str, actual: u64) -> Result<(), Error> {
        if actual <= self.allowed {
            return Ok(());
        }
        counter!("lightmill_source_too_large_total", "source" => self.name.clone(), "found" => found).increment(1);
        Err(Error::TooLarge { actual, allowed: self.allowed })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::collect;
    use crate::testing::FakeSource;

    #[tokio::test]
    async fn behaves_as_a_source() {
        let fake = FakeSource::default();
        let source = Bounded::new(fake.clone(), "photos", 1 << 20);
        crate::testing::behaves_as_a_source(&source, async |key, bytes| fake.put(key, bytes)).await;
    }

    #[tokio::test]
    async fn what_is_declared_is_refused_before_it_is_read() {
        let fake = FakeSource::default();
        fake.put("a", b"123456");
        let source = Bounded::new(fake, "photos", 5);
        assert_eq!(source.read("a", None).await.unwrap_err(), Error::TooLarge { actual: 6, allowed: 5 });
        assert_eq!(source.stat("a").await.unwrap().size, 6);
        let part = source.read("a", Some(1..6)).await.unwrap();
        assert_eq!(collect(part, 5).await.unwrap(), "23456");
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_is_counted() {
        let fake = FakeSource::default().slow(Duration::ZERO, Duration::ZERO, Duration::ZERO);
        fake.put("a", b"123456");
        fake.declare("a", 2);
        let source = Bounded::new(fake, "photos", 5);
        let object = source.read("a", None).await.unwrap();
        let pieces: Vec<_> = object.body.collect().await;
        assert_eq!(pieces.len(), 6);
        assert_eq!(pieces.last(), Some(&Err(Error::TooLarge { actual: 6, allowed: 5 })));
    }
}
