use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use metrics::{counter, gauge, histogram};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::{Error, Object, Source, Stat};

/// How much is asked of a source at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConcurrencyLimits {
    /// Requests that run at once. A read runs until its body is at its end or given up.
    pub requests: NonZeroU32,
    /// How long another request waits for its turn, in the order in which they came.
    pub wait: Duration,
}

/// Asks a source for a bounded number of things at once; the rest waits, and is refused with [`Error::Unavailable`]
/// after a while.
///
/// * `lightmill_source_running{source}`: requests that run;
/// * `lightmill_source_wait_seconds{source}`: how long they waited for their turn;
/// * `lightmill_source_crowded_total{source}`: requests that waited in vain.
#[derive(Debug)]
pub struct Limited<S> {
    inner: S,
    name: String,
    places: Arc<Semaphore>,
    wait: Duration,
}

impl<S: Source> Limited<S> {
    /// `inner` of the configured `name`, with up to `limits.requests` at once.
    pub fn new(inner: S, name: impl Into<String>, limits: ConcurrencyLimits) -> Self {
        let places = Arc::new(Semaphore::new(limits.requests.get() as usize));
        Self { inner, name: name.into(), places, wait: limits.wait }
    }

    async fn place(&self) -> Result<Place, Error> {
        let start = Instant::now();
        let permit = timeout(self.wait, Arc::clone(&self.places).acquire_owned()).await;
        histogram!("lightmill_source_wait_seconds", "source" => self.name.clone()).record(start.elapsed());
        let Ok(permit) = permit else {
            counter!("lightmill_source_crowded_total", "source" => self.name.clone()).increment(1);
            return Err(Error::unavailable("the source is busy with other requests"));
        };
        let permit = permit.map_err(Error::unavailable)?;
        gauge!("lightmill_source_running", "source" => self.name.clone()).increment(1);
        Ok(Place { name: self.name.clone(), _permit: permit })
    }
}

#[async_trait]
impl<S: Source> Source for Limited<S> {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let _place = self.place().await?;
        self.inner.stat(key).await
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let place = self.place().await?;
        let Object { stat, range, body } = self.inner.read(key, range).await?;
        // The end of the body gives the place back, whether the stream is dropped then or not.
        let body = futures::stream::unfold(Some((body, place)), |state| async {
            let (mut body, place) = state?;
            let piece = body.next().await?;
            Some((piece, Some((body, place))))
        });
        Ok(Object { stat, range, body: body.boxed() })
    }
}

/// Held by a request that runs.
struct Place {
    name: String,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        gauge!("lightmill_source_running", "source" => self.name.clone()).decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;
    use crate::collect;
    use crate::testing::FakeSource;

    fn limited(requests: u32, wait: Duration) -> (FakeSource, Limited<FakeSource>) {
        let second = Duration::from_secs(1);
        let fake = FakeSource::default().slow(second, second, second);
        fake.put("a", b"12");
        let limits = ConcurrencyLimits { requests: NonZeroU32::new(requests).unwrap(), wait };
        (fake.clone(), Limited::new(fake, "photos", limits))
    }

    #[tokio::test]
    async fn behaves_as_a_source() {
        let fake = FakeSource::default();
        let limits = ConcurrencyLimits { requests: NonZeroU32::MIN, wait: Duration::ZERO };
        let source = Limited::new(fake.clone(), "photos", limits);
        crate::testing::behaves_as_a_source(&source, async |key, bytes| fake.put(key, bytes)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_run_at_once() {
        let (_, source) = limited(2, Duration::from_secs(10));
        let start = Instant::now();
        assert!(join_all((0..6).map(|_| source.stat("a"))).await.iter().all(Result::is_ok));
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_has_an_end() {
        let (fake, source) = limited(1, Duration::from_millis(1500));
        let results = join_all((0..3).map(|_| source.stat("a"))).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
        assert_eq!(results[2].as_ref().unwrap_err().name(), "unavailable");
        assert_eq!(fake.stats(), 2);
        // What waited in vain, or is no longer waited for, takes no place.
        drop(timeout(Duration::from_millis(500), source.stat("a")).await);
        assert!(source.stat("a").await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_keeps_its_place_until_its_end() {
        let (_, source) = limited(1, Duration::from_millis(100));
        let mut object = source.read("a", None).await.unwrap();
        assert!(source.stat("a").await.is_err());
        while object.body.next().await.is_some() {}
        assert!(source.stat("a").await.is_ok(), "at its end, although the stream is still there");
        let object = source.read("a", None).await.unwrap();
        assert!(source.stat("a").await.is_err());
        drop(object);
        assert!(source.stat("a").await.is_ok(), "given up");
        assert_eq!(collect(source.read("a", None).await.unwrap(), 2).await.unwrap(), "12");
        assert!(source.read("b", None).await.is_err());
        assert!(source.stat("a").await.is_ok(), "after an error");
    }
}
