use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::try_join_all;
use lightmill_recipe::Limits;
use lightmill_store::{self as store, Source, Stat};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{BusyReason, Error, Place, Settings, Sources, version};

/// Permits are counted in units of this many bytes, as a semaphore hands out 2³² at once.
const UNIT_BYTES: u64 = 1024;

/// Reads inputs into memory: a bounded number at a time, and never more bytes than may be held.
#[derive(Debug)]
pub(crate) struct Fetcher {
    sources: Sources,
    reads: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    memory_units: u32,
    wait: Duration,
}

/// Inputs in memory.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) inputs: Vec<Bytes>,
    /// What belongs to these bytes, which may differ from what was known before.
    pub(crate) stats: Vec<Stat>,
    /// Goes back when the bytes are no longer needed.
    pub(crate) held: OwnedSemaphorePermit,
}

impl Fetcher {
    pub(crate) fn new(sources: Sources, settings: &Settings) -> Self {
        let memory_units = units(settings.source_memory_bytes).max(1);
        Self {
            sources,
            reads: Arc::new(Semaphore::new(settings.fetches.clamp(1, Semaphore::MAX_PERMITS))),
            memory: Arc::new(Semaphore::new(memory_units as usize)),
            memory_units,
            wait: settings.permits.queue_time,
        }
    }

    /// One that reads from other `sources`, within the same bounds together with this one.
    pub(crate) fn reading(&self, sources: Sources) -> Self {
        Self { sources, reads: Arc::clone(&self.reads), memory: Arc::clone(&self.memory), ..*self }
    }

    /// Reads all `places` at the same time. `expected` is what is known about them. An error comes with the index of the
    /// place that it is about.
    pub(crate) async fn fetch(
        &self,
        places: &[Place],
        expected: &[Stat],
        limits: &Limits,
    ) -> Result<Fetched, (usize, Error)> {
        let allowed = limits.source_bytes;
        let sizes = expected.iter().map(|stat| stat.size).enumerate();
        if let Some((index, actual)) = sizes.into_iter().find(|(_, size)| *size > allowed) {
            return Err((index, store::Error::TooLarge { actual, allowed }.into()));
        }
        let bytes: u64 = expected.iter().map(|stat| stat.size).sum();
        // More than there is would wait for ever: it waits until it is alone.
        let wanted = units(bytes).clamp(1, self.memory_units);
        let held =
            self.in_time(Arc::clone(&self.memory).acquire_many_owned(wanted)).await.map_err(|error| (0, error))?;
        let read = async |(index, place)| self.read(place, allowed).await.map_err(|error| (index, error));
        let read = try_join_all(places.iter().enumerate().map(read)).await?;
        let (inputs, stats) = read.into_iter().unzip();
        Ok(Fetched { inputs, stats, held })
    }

    async fn read(&self, place: &Place, max_bytes: u64) -> Result<(Bytes, Stat), Error> {
        let source: &Arc<dyn Source> = version::source(&self.sources, place)?;
        let _permit = self.in_time(self.reads.acquire()).await?;
        let object = source.read(&place.key, None).await?;
        let stat = object.stat.clone();
        Ok((store::collect(object, max_bytes).await?, stat))
    }

    async fn in_time<T, E: std::fmt::Display>(&self, permit: impl Future<Output = Result<T, E>>) -> Result<T, Error> {
        let start = Instant::now();
        let permit = tokio::time::timeout(self.wait, permit).await.map_err(|_| {
            let retry_after = Duration::from_secs(start.elapsed().as_secs().max(1));
            Error::Busy { retry_after, reason: BusyReason::QueueTimeout }
        })?;
        permit.map_err(Error::internal)
    }
}

/// Units that hold this many bytes.
fn units(bytes: u64) -> u32 {
    // Half of what fits: a semaphore of Tokio holds less than 2³² permits on 32-bit machines.
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX).min(u32::MAX >> 4)
}

#[cfg(test)]
mod tests {
    use lightmill_store::testing::FakeSource;

    use super::*;

    fn fetcher(fake: &FakeSource, settings: &Settings) -> Fetcher {
        let source: Arc<dyn Source> = Arc::new(fake.clone());
        Fetcher::new([("photos".to_owned(), source)].into(), settings)
    }

    fn places(keys: &[&str]) -> Vec<Place> {
        keys.iter().map(|key| Place { source: "photos".into(), key: (*key).into() }).collect()
    }

    async fn stats(fake: &FakeSource, keys: &[&str]) -> Vec<Stat> {
        let mut stats = Vec::new();
        for key in keys {
            stats.push(fake.stat(key).await.unwrap());
        }
        stats
    }

    #[tokio::test(start_paused = true)]
    async fn inputs_are_read_at_the_same_time_on_permits() {
        let second = Duration::from_secs(1);
        let fake = FakeSource::default().slow(Duration::ZERO, second, Duration::ZERO);
        for key in ["a", "b", "c", "d"] {
            fake.put(key, key.as_bytes());
        }
        let keys = ["a", "b", "c", "d"];
        let stats = stats(&fake, &keys).await;
        for (fetches, seconds) in [(4, 1), (2, 2), (1, 4), (0, 4)] {
            let fetcher = fetcher(&fake, &Settings { fetches, ..Settings::default() });
            let start = tokio::time::Instant::now();
            let fetched = fetcher.fetch(&places(&keys), &stats, &Limits::default()).await.unwrap();
            assert_eq!(fetched.inputs, ["a", "b", "c", "d"]);
            assert_eq!(start.elapsed().as_secs(), seconds, "{fetches}");
        }
    }

    #[tokio::test]
    async fn sizes_are_bounded_before_and_while_reading() {
        let fake = FakeSource::default();
        fake.put("a", b"123456");
        let fetcher = fetcher(&fake, &Settings::default());
        let limits = Limits { source_bytes: 5, ..Limits::default() };
        let mut stats = stats(&fake, &["a"]).await;
        let too_large = Err(store::Error::TooLarge { actual: 6, allowed: 5 });
        let fetch = async |stats: &[Stat]| match fetcher.fetch(&places(&["a"]), stats, &limits).await {
            Err((0, Error::Store(error))) => Err(error),
            other => panic!("{other:?}"),
        };
        assert_eq!(fetch(&stats).await, too_large.clone().map(|()| unreachable!()));
        assert_eq!(fake.reads(), 0);
        fake.declare("a", 1);
        stats[0].size = 1;
        assert_eq!(fetch(&stats).await, too_large.map(|()| unreachable!()));
        assert_eq!(fake.reads(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn held_bytes_are_bounded() {
        let fake = FakeSource::default();
        fake.put("a", &[0; 3000]);
        let settings = Settings { source_memory_bytes: 5000, ..Settings::default() };
        let fetcher = fetcher(&fake, &settings);
        let (places, stats, limits) = (places(&["a"]), stats(&fake, &["a"]).await, Limits::default());
        let first = fetcher.fetch(&places, &stats, &limits).await.unwrap();
        let second = fetcher.fetch(&places, &stats, &limits).await;
        assert!(matches!(second, Err((_, Error::Busy { reason: BusyReason::QueueTimeout, .. }))));
        drop(first);
        assert!(fetcher.fetch(&places, &stats, &limits).await.is_ok());
        // More than there is, alone.
        let double = [places[0].clone(), places[0].clone()];
        assert!(fetcher.fetch(&double, &[stats[0].clone(), stats[0].clone()], &limits).await.is_ok());
    }
}
