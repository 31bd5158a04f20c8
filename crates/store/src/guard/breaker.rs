use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use metrics::{counter, gauge};
use tokio::time::Instant;

use crate::{Error, Object, Source, Stat};

/// When a source is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Failures in a row after which nothing more is asked.
    pub failures: NonZeroU32,
    /// Until the next request is let through, alone, to see whether the source is back.
    pub pause: Duration,
}

/// A circuit breaker. A source that fails again and again is left alone for a while: all else is refused at once with
/// [`Error::Unavailable`], which says when to come back, rather than waiting for what will not come.
///
/// [`Error::Unavailable`] and [`Error::TimedOut`] are failures, also in the middle of a body; all other errors are
/// answers, and prove that the source is there. A read is a success at the end of its body, or at its head if it is the
/// one that was let through.
///
/// * `lightmill_source_breaker_open{source}`: 1 while nothing is asked, else 0;
/// * `lightmill_source_breaker_opened_total{source}`: how often it opened;
/// * `lightmill_source_breaker_refused_total{source}`: requests that were refused.
#[derive(Debug)]
pub struct Broken<S> {
    inner: S,
    breaker: Arc<Breaker>,
}

impl<S: Source> Broken<S> {
    /// `inner` of the configured `name`, left alone by `limits`.
    pub fn new(inner: S, name: impl Into<String>, limits: BreakerLimits) -> Self {
        let state = Mutex::new(State::Closed { failures: 0 });
        Self { inner, breaker: Arc::new(Breaker { name: name.into(), limits, state }) }
    }
}

#[async_trait]
impl<S: Source> Source for Broken<S> {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let pass = self.breaker.enter()?;
        let result = self.inner.stat(key).await;
        pass.settle(result.as_ref().err());
        result
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let pass = self.breaker.enter()?;
        let result = self.inner.read(key, range).await;
        let pass = match &result {
            // The head of the one that was let through is enough: its body may be long.
            Ok(_) if pass.probe => {
                pass.settle(None);
                Pass { breaker: Arc::clone(&self.breaker), probe: false }
            }
            Ok(_) => pass,
            Err(error) => {
                pass.settle(Some(error));
                return result;
            }
        };
        let Object { stat, range, body } = result?;
        let body = stream::unfold(Some((body, pass)), |state| async {
            let (mut body, pass) = state?;
            match body.next().await {
                Some(Ok(piece)) => Some((Ok(piece), Some((body, pass)))),
                Some(Err(error)) => {
                    pass.settle(Some(&error));
                    Some((Err(error), None))
                }
                None => {
                    pass.settle(None);
                    None
                }
            }
        });
        Ok(Object { stat, range, body: body.boxed() })
    }
}

#[derive(Debug)]
struct Breaker {
    name: String,
    limits: BreakerLimits,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// All requests pass.
    Closed { failures: u32 },
    /// None passes until then; the first one after it does.
    Open { until: Instant },
    /// One has passed, and will tell.
    HalfOpen,
}

impl Breaker {
    fn enter(self: &Arc<Self>) -> Result<Pass, Error> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let retry_after = match *state {
            State::Closed { .. } => return Ok(Pass { breaker: Arc::clone(self), probe: false }),
            State::Open { until } if until <= now => {
                *state = State::HalfOpen;
                return Ok(Pass { breaker: Arc::clone(self), probe: true });
            }
            State::Open { until } => until - now,
            State::HalfOpen => self.limits.pause,
        };
        counter!("lightmill_source_breaker_refused_total", "source" => self.name.clone()).increment(1);
        let detail = "the source failed again and again, and is left alone".to_owned();
        Err(Error::Unavailable { detail, retry_after: Some(retry_after) })
    }

    fn close(&self, state: &mut State) {
        *state = State::Closed { failures: 0 };
        gauge!("lightmill_source_breaker_open", "source" => self.name.clone()).set(0.0);
    }

    fn open(&self, state: &mut State) {
        *state = State::Open { until: Instant::now() + self.limits.pause };
        gauge!("lightmill_source_breaker_open", "source" => self.name.clone()).set(1.0);
        counter!("lightmill_source_breaker_opened_total", "source" => self.name.clone()).increment(1);
        tracing::warn!(source = self.name, pause = ?self.limits.pause, "a source is left alone for a while");
    }
}

/// A request that was let through.
struct Pass {
    breaker: Arc<Breaker>,
    /// Whether it was let through to see how the source is.
    probe: bool,
}

impl Pass {
    fn settle(mut self, error: Option<&Error>) {
        let failed = matches!(error, Some(Error::Unavailable { .. } | Error::TimedOut));
        // The source was not asked.
        let unknown = matches!(error, Some(Error::InvalidKey(_)));
        let probe = !unknown && std::mem::take(&mut self.probe);
        let breaker = &self.breaker;
        let mut state = breaker.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *state {
            _ if unknown => {}
            State::HalfOpen if probe && failed => breaker.open(&mut state),
            State::HalfOpen if probe => breaker.close(&mut state),
            State::Closed { failures } if failed => {
                *failures += 1;
                if *failures >= breaker.limits.failures.get() {
                    breaker.open(&mut state);
                }
            }
            State::Closed { failures } => *failures = 0,
            // It was let through before the breaker opened: the source is judged by what was asked since.
            State::Open { .. } | State::HalfOpen => {}
        }
    }
}

impl Drop for Pass {
    /// One that was let through and given up tells nothing: the next one takes its place.
    fn drop(&mut self) {
        if self.probe {
            let mut state = self.breaker.state.lock().unwrap_or_else(PoisonError::into_inner);
            *state = State::Open { until: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect;
    use crate::testing::FakeSource;

    const LIMITS: BreakerLimits =
        BreakerLimits { failures: NonZeroU32::new(3).unwrap(), pause: Duration::from_secs(10) };

    fn failing(errors: impl IntoIterator<Item = Error>) -> (FakeSource, Broken<FakeSource>) {
        let fake = FakeSource::default();
        fake.put("a", b"123");
        fake.fail(errors);
        (fake.clone(), Broken::new(fake, "photos", LIMITS))
    }

    fn unavailable() -> Error {
        Error::unavailable("no")
    }

    fn refused(seconds: u64) -> Error {
        let detail = "the source failed again and again, and is left alone".to_owned();
        Error::Unavailable { detail, retry_after: Some(Duration::from_secs(seconds)) }
    }

    #[tokio::test]
    async fn behaves_as_a_source() {
        let fake = FakeSource::default();
        let source = Broken::new(fake.clone(), "photos", LIMITS);
        crate::testing::behaves_as_a_source(&source, async |key, bytes| fake.put(key, bytes)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_and_closes_after_a_success() {
        let (fake, source) = failing([unavailable(), Error::TimedOut, unavailable(), unavailable()]);
        for _ in 0..3 {
            assert!(source.stat("a").await.is_err());
        }
        assert_eq!(source.stat("a").await, Err(refused(10)));
        assert_eq!(source.read("a", None).await.unwrap_err(), refused(10));
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(source.stat("a").await, Err(refused(1)));
        assert_eq!(fake.stats(), 3);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(source.stat("a").await, Err(unavailable()), "let through, and failed");
        assert_eq!(source.stat("a").await, Err(refused(10)));
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(source.read("a", None).await.is_ok());
        assert!(source.stat("a").await.is_ok(), "the head was enough");
    }

    #[tokio::test(start_paused = true)]
    async fn answers_prove_that_the_source_is_there() {
        for answer in [Error::NotFound, Error::Forbidden, Error::unusable("odd")] {
            let (_, source) = failing([
                unavailable(),
                unavailable(),
                answer,
                unavailable(),
                unavailable(),
                Error::InvalidKey("is bad"),
            ]);
            for _ in 0..6 {
                assert!(source.stat("a").await.is_err());
            }
            assert!(source.stat("a").await.is_ok());
        }
        let (_, source) = failing([unavailable(), unavailable(), Error::InvalidKey("is bad"), unavailable()]);
        for _ in 0..4 {
            assert!(source.stat("a").await.is_err());
        }
        assert_eq!(source.stat("a").await, Err(refused(10)), "a key that names nothing proves nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn one_alone_is_let_through() {
        let fake = FakeSource::default().slow(Duration::from_secs(1), Duration::ZERO, Duration::ZERO);
        fake.put("a", b"123");
        fake.fail(vec![unavailable(); 3]);
        let source = Broken::new(fake.clone(), "photos", LIMITS);
        for _ in 0..3 {
            assert!(source.stat("a").await.is_err());
        }
        tokio::time::advance(LIMITS.pause).await;
        let (probe, other) = tokio::join!(source.stat("a"), source.stat("a"));
        assert!(probe.is_ok());
        assert_eq!(other, Err(refused(10)));
        assert_eq!(fake.stats(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_given_up_lets_the_next_one_through() {
        let fake = FakeSource::default().slow(Duration::from_secs(1), Duration::ZERO, Duration::ZERO);
        fake.put("a", b"123");
        fake.fail(vec![unavailable(); 3]);
        let source = Broken::new(fake.clone(), "photos", LIMITS);
        for _ in 0..3 {
            assert!(source.stat("a").await.is_err());
        }
        tokio::time::advance(LIMITS.pause).await;
        assert!(tokio::time::timeout(Duration::from_millis(500), source.stat("a")).await.is_err());
        assert!(source.stat("a").await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_that_fail_count() {
        let (_, source) = failing([]);
        source.inner.fail_bodies((0..3).map(|_| (2, unavailable())));
        for _ in 0..3 {
            let object = source.read("a", None).await.unwrap();
            assert_eq!(collect(object, 3).await, Err(unavailable()));
        }
        assert_eq!(source.stat("a").await, Err(refused(10)));
    }
}
