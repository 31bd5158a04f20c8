use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use lightmill_store::{self as store, Source, Stat};
use moka::sync::Cache;

use crate::flight::{Flights, Waiting};
use crate::{Error, Place, Purge, Settings, Sources};

/// Bytes of memory for what is remembered about objects.
const MEMORY_BYTES: u64 = 32 << 20;

/// Bytes of an entry beside its texts: hash table, links, times.
const ENTRY_BYTES: usize = 400;

/// Asks sources for versions, and remembers the answers for a short time.
#[derive(Debug)]
pub(crate) struct Versions {
    sources: Sources,
    memory: Memory,
    /// By the number of times that something was forgotten before: whoever asks afterwards does not get an older answer.
    asking: Flights<(Place, u64), Stat>,
}

impl Versions {
    pub(crate) fn new(sources: Sources, settings: &Settings) -> Self {
        Self { sources, memory: Memory::new(settings), asking: Flights::default() }
    }

    /// The stats of all `places`, in order; they are asked for at the same time. An error comes with the index of its place.
    pub(crate) async fn of(&self, places: &[Place]) -> Result<Vec<Stat>, (usize, Error)> {
        let indexed = async |(index, place)| self.one(place).await.map_err(|error| (index, error));
        match places {
            [place] => Ok(vec![indexed((0, place)).await?]),
            places => try_join_all(places.iter().enumerate().map(indexed)).await,
        }
    }

    async fn one(&self, place: &Place) -> Result<Stat, Error> {
        match self.memory.get(place) {
            Known::Fresh(answer) => Ok(answer?),
            Known::Stale(stat) => {
                let asking = self.ask(place)?;
                // Whatever comes is remembered, or the old answer stays.
                tokio::spawn(async move { drop(asking.await) });
                Ok(stat)
            }
            Known::Nothing => self.ask(place)?.await,
        }
    }

    /// Asks the source, unless it is being asked, and remembers what it says.
    fn ask(&self, place: &Place) -> Result<Waiting<(Place, u64), Stat>, Error> {
        let source = source(&self.sources, place)?;
        let (asking, _) = self.asking.join(&(place.clone(), self.memory.forgotten().0), || {
            let (source, place, memory) = (source.clone(), place.clone(), self.memory.clone());
            async move {
                let start = Instant::now();
                let answer = source.stat(&place.key).await;
                metrics::histogram!("lightmill_stage_seconds", "stage" => "version").record(start.elapsed());
                memory.keep(&place, answer.clone(), start);
                Ok(answer?)
            }
        });
        Ok(asking)
    }

    /// What has become known about an object elsewhere. Its time counts from `at`, before the source was asked.
    pub(crate) fn remember(&self, place: &Place, answer: Result<Stat, store::Error>, at: Instant) {
        self.memory.keep(place, answer, at);
    }

    /// Forgets what is known about the objects that `purge` means.
    pub(crate) fn forget(&self, purge: &Purge) {
        self.memory.forget(purge);
    }
}

/// Answers of sources. Clones are the same memory.
#[derive(Debug, Clone)]
struct Memory {
    remembered: Cache<Place, Remembered>,
    version_time: Duration,
    stale_time: Duration,
    error_time: Duration,
    /// How often something was forgotten, and when that was last.
    forgotten: Arc<Mutex<(u64, Option<Instant>)>>,
}

#[derive(Debug, Clone)]
struct Remembered {
    at: Instant,
    answer: Result<Stat, store::Error>,
}

/// What is known about an object.
enum Known {
    /// This, for the moment.
    Fresh(Result<Stat, store::Error>),
    /// This, a while ago.
    Stale(Stat),
    Nothing,
}

impl Memory {
    fn new(settings: &Settings) -> Self {
        let Settings { version_time, stale_time, error_time, .. } = *settings;
        let longest = version_time.saturating_add(stale_time).max(error_time);
        let remembered = Cache::builder()
            .max_capacity(MEMORY_BYTES)
            .weigher(|place: &Place, _| (place.source.len() + place.key.len() + ENTRY_BYTES) as u32)
            .time_to_live(longest.max(Duration::from_millis(1)))
            .build();
        Self { remembered, version_time, stale_time, error_time, forgotten: Arc::default() }
    }

    fn forgotten(&self) -> (u64, Option<Instant>) {
        *self.forgotten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, place: &Place) -> Known {
        let Some(Remembered { at, answer }) = self.remembered.get(place) else { return Known::Nothing };
        let age = at.elapsed();
        match answer {
            answer if age < self.fresh_time(&answer) => Known::Fresh(answer),
            Ok(stat) if age < self.version_time.saturating_add(self.stale_time) => Known::Stale(stat),
            _ => Known::Nothing,
        }
    }

    fn keep(&self, place: &Place, answer: Result<Stat, store::Error>, at: Instant) {
        // What was asked for before something was forgotten may be just that.
        if self.forgotten().1.is_some_and(|forgotten| at <= forgotten) {
            return;
        }
        let stale_time = if answer.is_ok() { self.stale_time } else { Duration::ZERO };
        if !self.fresh_time(&answer).saturating_add(stale_time).is_zero() {
            self.remembered.insert(place.clone(), Remembered { at, answer });
        }
    }

    fn fresh_time(&self, answer: &Result<Stat, store::Error>) -> Duration {
        match answer {
            Ok(_) => self.version_time,
            Err(store::Error::NotFound | store::Error::Forbidden | store::Error::InvalidKey(_)) => self.error_time,
            // A source that fails may be well again at once.
            Err(_) => Duration::ZERO,
        }
    }

    fn forget(&self, purge: &Purge) {
        {
            let mut forgotten = self.forgotten.lock().unwrap_or_else(PoisonError::into_inner);
            *forgotten = (forgotten.0 + 1, Some(Instant::now()));
        }
        let condemned = self.remembered.iter().filter(|(place, _)| purge.matches_object(&place.source, &place.key));
        for (place, _) in condemned.collect::<Vec<_>>() {
            self.remembered.invalidate(&*place);
        }
    }
}

/// The source of `place`.
pub(crate) fn source<'a>(sources: &'a Sources, place: &Place) -> Result<&'a Arc<dyn Source>, Error> {
    sources.get(&place.source).ok_or_else(|| Error::UnknownSource { name: place.source.clone() })
}

#[cfg(test)]
mod tests {
    use lightmill_store::testing::FakeSource;

    use super::*;

    const NEVER: Duration = Duration::ZERO;
    const MINUTE: Duration = Duration::from_mins(1);

    fn versions(version_time: Duration, stale_time: Duration, error_time: Duration) -> (FakeSource, Versions) {
        let fake = FakeSource::default();
        fake.put("a", b"1");
        let sources: Sources = [("photos".to_owned(), Arc::new(fake.clone()) as Arc<dyn Source>)].into();
        let settings = Settings { version_time, stale_time, error_time, ..Settings::default() };
        (fake, Versions::new(sources, &settings))
    }

    fn place(key: &str) -> Place {
        Place { source: "photos".into(), key: key.into() }
    }

    #[tokio::test]
    async fn answers_are_remembered_for_their_time() {
        let (fake, versions) = versions(MINUTE, NEVER, Duration::from_millis(50));
        for _ in 0..5 {
            assert!(versions.of(&[place("a"), place("a")]).await.is_ok());
            assert!(versions.of(&[place("none")]).await.is_err());
        }
        assert_eq!(fake.stats(), 2);
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(versions.of(&[place("a")]).await.is_ok());
        fake.put("none", b"1");
        assert!(versions.of(&[place("none")]).await.is_ok());
        assert_eq!(fake.stats(), 3);
    }

    #[tokio::test]
    async fn nothing_is_remembered_for_no_time() {
        let (fake, versions) = versions(NEVER, NEVER, NEVER);
        let before = versions.of(&[place("a")]).await.unwrap();
        fake.put("a", b"2");
        assert_ne!(versions.of(&[place("a")]).await.unwrap(), before);
    }

    #[tokio::test]
    async fn nobody_waits_while_a_stale_answer_is_refreshed() {
        for version_time in [NEVER, Duration::from_millis(1)] {
            let (fake, versions) = versions(version_time, MINUTE, MINUTE);
            let of = async || versions.of(&[place("a")]).await;
            let before = of().await.unwrap();
            fake.put("a", b"2");
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert_eq!(of().await.unwrap(), before, "the old one first");
            let refreshed = async {
                while of().await.unwrap() == before {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(10), refreshed).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_stale_answer_outlives_a_source_that_fails_but_not_the_object() {
        let (fake, versions) = versions(NEVER, MINUTE, MINUTE);
        let before = versions.of(&[place("a")]).await.unwrap();
        fake.fail((0..3).map(|_| store::Error::TimedOut));
        for _ in 0..3 {
            assert_eq!(versions.of(&[place("a")]).await.unwrap(), before);
            tokio::task::yield_now().await;
        }
        fake.remove("a");
        let gone = async {
            while versions.of(&[place("a")]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_purged_is_asked_again() {
        let (fake, versions) = versions(MINUTE, NEVER, MINUTE);
        fake.put("b", b"1");
        let all = [place("a"), place("b")];
        versions.of(&all).await.unwrap();
        versions.forget(&Purge::Key { source: "photos".into(), key: "a".into() });
        versions.of(&all).await.unwrap();
        assert_eq!(fake.stats(), 3);
    }

    #[tokio::test]
    async fn an_answer_from_before_a_purge_is_not_remembered_after_it() {
        let (fake, versions) = versions(MINUTE, NEVER, MINUTE);
        let fake = fake.slow(Duration::from_millis(50), Duration::ZERO, Duration::ZERO);
        let sources: Sources = [("photos".to_owned(), Arc::new(fake.clone()) as Arc<dyn Source>)].into();
        let versions = Arc::new(Versions { sources, ..versions });
        let early = {
            let versions = Arc::clone(&versions);
            tokio::spawn(async move { versions.of(&[place("a")]).await })
        };
        while fake.stats() == 0 {
            tokio::task::yield_now().await;
        }
        versions.forget(&Purge::Key { source: "photos".into(), key: "a".into() });
        let late = versions.of(&[place("a")]).await.unwrap();
        assert_eq!((early.await.unwrap().unwrap(), fake.stats()), (late, 2), "the second did not wait for the first");
        versions.of(&[place("a")]).await.unwrap();
        assert_eq!(fake.stats(), 2, "what was asked for afterwards is remembered");
    }

    #[tokio::test]
    async fn a_source_that_is_not_configured_is_an_error() {
        let (_, versions) = versions(NEVER, NEVER, NEVER);
        let elsewhere = Place { source: "elsewhere".into(), key: "a".into() };
        assert!(matches!(versions.of(&[elsewhere]).await, Err((0, Error::UnknownSource { .. }))));
    }
}
