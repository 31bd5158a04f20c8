use std::future::Future;
use std::num::NonZeroU32;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use metrics::counter;
use tokio::time::{Instant, sleep, timeout_at};

use crate::{Error, Object, Source, Stat};

/// How often a source is asked again, and after how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryLimits {
    /// Attempts, the first one included.
    pub attempts: NonZeroU32,
    /// The pause after attempt n is random between 0 and this time × 2ⁿ⁻¹ ("full jitter"): callers that failed together
    /// do not come back together.
    pub first_pause: Duration,
    /// No random pause is longer.
    pub longest_pause: Duration,
    /// All attempts and pauses together, until a stat is answered or the first piece of a body is there.
    pub total: Duration,
}

/// Asks again after [`Error::Unavailable`] and [`Error::TimedOut`]. A read is tried again until its first piece is
/// there, and not after it: what was given cannot be taken back, and may be of another version.
///
/// A source that says when to come back is not asked before, and not at all if that is beyond the total time.
///
/// * `lightmill_source_retries_total{source, operation}`: attempts after the first;
/// * `lightmill_source_given_up_total{source, operation}`: requests that failed at their last attempt.
#[derive(Debug)]
pub struct Retried<S> {
    inner: S,
    name: String,
    limits: RetryLimits,
}

impl<S: Source> Retried<S> {
    /// `inner` of the configured `name`, tried again within `limits`.
    pub fn new(inner: S, name: impl Into<String>, limits: RetryLimits) -> Self {
        Self { inner, name: name.into(), limits }
    }

    fn attempts(&self, operation: &'static str) -> Attempts<'_> {
        Attempts {
            name: &self.name,
            limits: &self.limits,
            operation,
            tried: 0,
            deadline: Instant::now() + self.limits.total,
        }
    }
}

#[async_trait]
impl<S: Source> Source for Retried<S> {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let mut attempts = self.attempts("stat");
        loop {
            match attempts.in_time(self.inner.stat(key)).await {
                Ok(stat) => return Ok(stat),
                Err(error) => attempts.pause_after(error).await?,
            }
        }
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let mut attempts = self.attempts("read");
        loop {
            let attempt = async { begun(self.inner.read(key, range.clone()).await?).await };
            match attempts.in_time(attempt).await {
                Ok(object) => return Ok(object),
                Err(error) => attempts.pause_after(error).await?,
            }
        }
    }
}

/// The attempts of one request.
struct Attempts<'a> {
    name: &'a str,
    limits: &'a RetryLimits,
    operation: &'static str,
    tried: u32,
    deadline: Instant,
}

impl Attempts<'_> {
    async fn in_time<T>(&mut self, attempt: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.tried += 1;
        timeout_at(self.deadline, attempt).await.unwrap_or(Err(Error::TimedOut))
    }

    /// Waits for the time of the next attempt, or gives the error back if there is none.
    async fn pause_after(&self, error: Error) -> Result<(), Error> {
        let asked = match &error {
            Error::Unavailable { retry_after, .. } => retry_after.unwrap_or_default(),
            Error::TimedOut => Duration::ZERO,
            _ => return Err(error),
        };
        let pause = self.limits.pause(self.tried).max(asked);
        let rest = self.deadline.saturating_duration_since(Instant::now());
        if self.tried >= self.limits.attempts.get() || pause >= rest {
            self.count("lightmill_source_given_up_total");
            return Err(error);
        }
        sleep(pause).await;
        self.count("lightmill_source_retries_total");
        Ok(())
    }

    fn count(&self, metric: &'static str) {
        counter!(metric, "source" => self.name.to_owned(), "operation" => self.operation).increment(1);
    }
}

impl RetryLimits {
    /// The random pause after so many attempts.
    fn pause(&self, tried: u32) -> Duration {
        let factor = 2_u32.saturating_pow(tried - 1);
        let most = self.first_pause.saturating_mul(factor).min(self.longest_pause);
        most.mul_f64(fastrand::f64())
    }
}

/// `object` with its first piece at hand.
async fn begun(object: Object) -> Result<Object, Error> {
    let Object { stat, range, mut body } = object;
    let first: Option<Bytes> = body.next().await.transpose()?;
    let body: BoxStream<'static, Result<Bytes, Error>> = match first {
        Some(first) => stream::iter([Ok(first)]).chain(body).boxed(),
        None => stream::empty().boxed(),
    };
    Ok(Object { stat, range, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect;
    use crate::testing::FakeSource;

    const LIMITS: RetryLimits = RetryLimits {
        attempts: NonZeroU32::new(4).unwrap(),
        first_pause: Duration::from_secs(1),
        longest_pause: Duration::from_secs(3),
        total: Duration::from_secs(20),
    };

    fn failing(errors: impl IntoIterator<Item = Error>) -> (FakeSource, Retried<FakeSource>) {
        let fake = FakeSource::default();
        fake.put("a", b"123");
        fake.fail(errors);
        (fake.clone(), Retried::new(fake, "photos", LIMITS))
    }

    fn unavailable() -> Error {
        Error::unavailable("no")
    }

    #[tokio::test]
    async fn behaves_as_a_source() {
        let fake = FakeSource::default();
        let source = Retried::new(fake.clone(), "photos", LIMITS);
        crate::testing::behaves_as_a_source(&source, async |key, bytes| fake.put(key, bytes)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_tried_again() {
        let (fake, source) = failing([unavailable(), Error::TimedOut, unavailable()]);
        let start = Instant::now();
        assert!(source.stat("a").await.is_ok());
        assert_eq!(fake.stats(), 4);
        assert!(start.elapsed() <= Duration::from_secs(1 + 2 + 3), "{:?}", start.elapsed());
        let (fake, source) = failing([unavailable(), unavailable()]);
        assert_eq!(collect(source.read("a", None).await.unwrap(), 3).await.unwrap(), "123");
        assert_eq!(fake.reads(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_are_bounded() {
        let (fake, source) = failing(vec![unavailable(); 9]);
        assert_eq!(source.stat("a").await, Err(unavailable()));
        assert_eq!(fake.stats(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn answers_are_not_tried_again() {
        for error in [Error::NotFound, Error::Forbidden, Error::unusable("odd"), Error::InvalidKey("is bad")] {
            let (fake, source) = failing([error.clone()]);
            assert_eq!(source.stat("a").await, Err(error));
            assert_eq!(fake.stats(), 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_total_time_is_bounded() {
        let slow = FakeSource::default().slow(Duration::from_secs(15), Duration::ZERO, Duration::ZERO);
        slow.put("a", b"");
        slow.fail(vec![unavailable(); 9]);
        let source = Retried::new(slow.clone(), "photos", LIMITS);
        let start = Instant::now();
        assert_eq!(source.stat("a").await, Err(Error::TimedOut));
        assert_eq!((slow.stats(), start.elapsed()), (2, LIMITS.total));
    }

    #[tokio::test(start_paused = true)]
    async fn the_source_says_when_to_come_back() {
        let wait =
            |seconds| Error::Unavailable { detail: String::new(), retry_after: Some(Duration::from_secs(seconds)) };
        let (_, source) = failing([wait(7)]);
        let start = Instant::now();
        assert!(source.stat("a").await.is_ok());
        assert_eq!(start.elapsed(), Duration::from_secs(7));
        let (fake, source) = failing([wait(21)]);
        let start = Instant::now();
        assert_eq!(source.stat("a").await, Err(wait(21)));
        assert_eq!((fake.stats(), start.elapsed()), (1, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_tried_again_until_its_first_piece() {
        let (fake, source) = failing([]);
        fake.fail_bodies([(0, unavailable()), (2, unavailable())]);
        let object = source.read("a", None).await.unwrap();
        assert_eq!(fake.reads(), 2, "the first body failed at its start");
        let pieces: Vec<_> = object.body.collect().await;
        assert_eq!(pieces, [Ok(Bytes::from_static(b"12")), Err(unavailable())]);
        assert_eq!(fake.reads(), 2, "the second was begun");
    }

    #[test]
    fn pauses_are_spread_over_all_their_time() {
        for (tried, most) in [(1, 1), (2, 2), (3, 3), (60, 3)] {
            let pauses: Vec<_> = (0..500).map(|_| LIMITS.pause(tried).as_secs_f64() / f64::from(most)).collect();
            assert!(pauses.iter().all(|pause| *pause <= 1.0));
            for tenth in 0..10 {
                assert!(pauses.iter().any(|pause| (pause * 10.0) as u32 == tenth), "{tried}: {tenth}");
            }
        }
    }
}
