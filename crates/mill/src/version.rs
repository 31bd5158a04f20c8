use std::time::{Duration, Instant, SystemTime};

use futures::future::try_join_all;
use lightmill_recipe::{Fingerprint, PIXEL_EPOCH};
use lightmill_store::{self as store, Stat};
use moka::sync::Cache;

use crate::flight::Flights;
use crate::job::Task;
use crate::{Error, Job, Place, Sources};

/// Bytes of memory for what is remembered about objects.
const MEMORY_BYTES: u64 = 32 << 20;

/// Bytes of an entry beside its texts: hash table, links, times.
const ENTRY_BYTES: usize = 400;

/// What is known about a result before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validators {
    /// The result's name in every cache.
    pub key: Fingerprint,
    /// A strong entity tag (RFC 9110, section 8.8.3) with its quotes.
    pub etag: String,
    /// When the newest of the inputs and the style was changed.
    pub last_modified: Option<SystemTime>,
    /// The `Cache-Control` that the main input's source states.
    pub cache_control: Option<String>,
    /// What is known about each input, the main one first; there is at least one.
    pub stats: Vec<Stat>,
}

impl Job {
    /// The validators of what this job makes of inputs with these `stats` (one for each of [`Job::places`], in order).
    pub fn validators(&self, stats: Vec<Stat>) -> Validators {
        let versions = stats.iter().map(|stat| stat.version.as_str());
        let (key, style) = match &self.task {
            Task::Original(place) => {
                let epoch = PIXEL_EPOCH.to_string();
                let parts = ["original", epoch.as_str(), place.source.as_str(), place.key.as_str()];
                (Fingerprint::of(parts.into_iter().chain(versions)), None)
            }
            Task::Transform(transform) => (transform.recipe.fingerprint(versions), transform.style.as_ref()),
        };
        let modified = stats.iter().map(|stat| stat.modified).chain(style.map(|style| style.modified));
        // Without the time of one of them it is not known which is the newest.
        let last_modified = modified.collect::<Option<Vec<_>>>().and_then(|times| times.into_iter().max());
        Validators {
            etag: format!("\"{}\"", key.as_str().get(..32).unwrap_or_default()),
            key,
            last_modified,
            cache_control: stats.first().and_then(|stat| stat.cache_control.clone()),
            stats,
        }
    }
}

/// Asks sources for versions, and remembers the answers for a short time.
#[derive(Debug)]
pub(crate) struct Versions {
    sources: Sources,
    remembered: Cache<Place, Remembered>,
    asking: Flights<Place, Stat>,
    version_time: Duration,
    error_time: Duration,
}

#[derive(Debug, Clone)]
struct Remembered {
    at: Instant,
    answer: Result<Stat, store::Error>,
}

impl Versions {
    pub(crate) fn new(sources: Sources, version_time: Duration, error_time: Duration) -> Self {
        let remembered = Cache::builder()
            .max_capacity(MEMORY_BYTES)
            .weigher(|place: &Place, _| (place.source.len() + place.key.len() + ENTRY_BYTES) as u32)
            .time_to_live(version_time.max(error_time).max(Duration::from_millis(1)))
            .build();
        Self { sources, remembered, asking: Flights::default(), version_time, error_time }
    }

    /// The stats of all `places`, in order; they are asked for at the same time.
    pub(crate) async fn of(&self, places: &[Place]) -> Result<Vec<Stat>, Error> {
        try_join_all(places.iter().map(|place| self.one(place))).await
    }

    async fn one(&self, place: &Place) -> Result<Stat, Error> {
        if let Some(Remembered { at, answer }) = self.remembered.get(place)
            && at.elapsed() < self.time_of(&answer)
        {
            return Ok(answer?);
        }
        let source = source(&self.sources, place)?;
        let (asking, _) = self.asking.join(place, || {
            let (source, key) = (source.clone(), place.key.clone());
            async move { Ok(source.stat(&key).await?) }
        });
        let start = Instant::now();
        let answer = asking.await;
        metrics::histogram!("lightmill_stage_seconds", "stage" => "version").record(start.elapsed());
        match &answer {
            Ok(stat) => self.remember(place, Ok(stat.clone()), start),
            Err(Error::Store(error)) => self.remember(place, Err(error.clone()), start),
            Err(_) => {}
        }
        answer
    }

    /// What has become known about an object elsewhere. Its time counts from `at`, before the source was asked.
    pub(crate) fn remember(&self, place: &Place, answer: Result<Stat, store::Error>, at: Instant) {
        if !self.time_of(&answer).is_zero() {
            self.remembered.insert(place.clone(), Remembered { at, answer });
        }
    }

    fn time_of(&self, answer: &Result<Stat, store::Error>) -> Duration {
        match answer {
            Ok(_) => self.version_time,
            Err(store::Error::NotFound | store::Error::Forbidden | store::Error::InvalidKey(_)) => self.error_time,
            // A source that fails may be well again at once.
            Err(_) => Duration::ZERO,
        }
    }
}

/// The source of `place`.
pub(crate) fn source<'a>(sources: &'a Sources, place: &Place) -> Result<&'a std::sync::Arc<dyn store::Source>, Error> {
    sources.get(&place.source).ok_or_else(|| Error::UnknownSource { name: place.source.clone() })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lightmill_store::testing::FakeSource;

    use super::*;

    fn versions(version_time: Duration, error_time: Duration) -> (FakeSource, Versions) {
        let fake = FakeSource::default();
        fake.put("a", b"1");
        let sources: Sources = [("photos".to_owned(), Arc::new(fake.clone()) as Arc<dyn store::Source>)].into();
        (fake, Versions::new(sources, version_time, error_time))
    }

    fn place(key: &str) -> Place {
        Place { source: "photos".into(), key: key.into() }
    }

    #[tokio::test]
    async fn answers_are_remembered_for_their_time() {
        let (fake, versions) = versions(Duration::from_mins(1), Duration::from_millis(50));
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
        let (fake, versions) = versions(Duration::ZERO, Duration::ZERO);
        let before = versions.of(&[place("a")]).await.unwrap();
        fake.put("a", b"2");
        assert_ne!(versions.of(&[place("a")]).await.unwrap(), before);
    }

    #[tokio::test]
    async fn a_source_that_is_not_configured_is_an_error() {
        let (_, versions) = versions(Duration::ZERO, Duration::ZERO);
        let elsewhere = Place { source: "elsewhere".into(), key: "a".into() };
        assert!(matches!(versions.of(&[elsewhere]).await, Err(Error::UnknownSource { .. })));
    }
}
