use std::future::Future;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use tokio::time::Instant;

use crate::{Error, Object, Source, Stat};

/// How long a source may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// Until a stat is answered, or until the first piece of a body is there.
    pub first_byte: Duration,
    /// Until the last piece of a body. Only the time counts in which the caller waits: a slow reader is not the
    /// source's fault.
    pub total: Duration,
}

/// Gives up on a source that is too slow.
#[derive(Debug)]
pub struct Timed<S> {
    inner: S,
    limits: TimeLimits,
}

impl<S: Source> Timed<S> {
    /// `inner`, with [`Error::TimedOut`] after `limits`.
    pub fn new(inner: S, limits: TimeLimits) -> Self {
        Self { inner, limits }
    }
}

#[async_trait]
impl<S: Source> Source for Timed<S> {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let mut budget = Budget::new(self.limits.first_byte);
        budget.spend(self.inner.stat(key)).await?
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let mut total = Budget::new(self.limits.total);
        let mut first_byte = Budget::new(self.limits.first_byte.min(self.limits.total));
        let object = total.spend(first_byte.spend(self.inner.read(key, range))).await???;
        let Object { stat, range, body } = object;
        let body = stream::unfold(Some((body, total, Some(first_byte))), |state| async {
            let (mut body, mut total, mut first_byte) = state?;
            let next = match &mut first_byte {
                Some(first_byte) => total.spend(first_byte.spend(body.next())).await.and_then(|next| next),
                None => total.spend(body.next()).await,
            };
            match next {
                Ok(None) => None,
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some((body, total, None)))),
                Ok(Some(Err(error))) | Err(error) => Some((Err(error), None)),
            }
        });
        Ok(Object { stat, range, body: body.boxed() })
    }
}

/// Time that may still be spent.
struct Budget(Duration);

impl Budget {
    fn new(time: Duration) -> Self {
        Self(time)
    }

    async fn spend<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        let start = Instant::now();
        let result = tokio::time::timeout(self.0, work).await.map_err(|_| Error::TimedOut);
        self.0 = self.0.saturating_sub(start.elapsed());
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect;
    use crate::testing::FakeSource;

    const LIMITS: TimeLimits = TimeLimits { first_byte: Duration::from_secs(2), total: Duration::from_secs(5) };

    fn slow(stat: u64, head: u64, piece: u64) -> Timed<FakeSource> {
        let fake = FakeSource::default().slow(
            Duration::from_millis(stat),
            Duration::from_millis(head),
            Duration::from_millis(piece),
        );
        fake.put("a", b"123");
        Timed::new(fake, LIMITS)
    }

    #[tokio::test]
    async fn behaves_as_a_source() {
        let fake = FakeSource::default();
        let source = Timed::new(fake.clone(), LIMITS);
        crate::testing::behaves_as_a_source(&source, async |key, bytes| fake.put(key, bytes)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn each_wait_has_its_limit() {
        assert!(slow(1900, 0, 0).stat("a").await.is_ok());
        assert_eq!(slow(2100, 0, 0).stat("a").await.unwrap_err(), Error::TimedOut);
        assert_eq!(slow(0, 2100, 0).read("a", None).await.unwrap_err(), Error::TimedOut);
        // Head and first piece together.
        let object = slow(0, 1100, 1000).read("a", None).await.unwrap();
        assert_eq!(collect(object, 10).await.unwrap_err(), Error::TimedOut);
        // Pieces of one byte: 0.4 + 3 × 1.5 seconds.
        let object = slow(0, 400, 1500).read("a", None).await.unwrap();
        assert_eq!(collect(object, 10).await.unwrap(), "123");
        let object = slow(0, 0, 1900).read("a", None).await.unwrap();
        assert_eq!(collect(object, 10).await.unwrap_err(), Error::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_not_the_sources_fault() {
        let mut object = slow(0, 100, 100).read("a", None).await.unwrap();
        let mut count = 0;
        while let Some(piece) = object.body.next().await {
            count += piece.unwrap().len();
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        assert_eq!(count, 3);
    }
}
