//! The behaviour that every [`Source`] and every [`Sink`](crate::Sink) shows, and a source in memory that is as slow and as wrong as a test wants.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, StreamExt};

use crate::source::cut;
use crate::{Error, Object, Source, Stat, Version, collect};

mod conditions;
mod content;
mod list;
mod sink;

pub use list::behaves_as_a_list;
pub use sink::{Keeps, behaves_as_a_sink};

/// Asserts what callers rely on. `put` writes an object into what `source` reads from, in place of one of that key.
///
/// # Panics
/// Where `source` behaves otherwise.
pub async fn behaves_as_a_source(source: &dyn Source, put: impl AsyncFn(&str, &[u8])) {
    let whole: Vec<u8> = (0..700_000_u32).map(|i| (i % 251) as u8).collect();
    for (key, bytes) in [("small.jpg", &whole[..5]), ("empty", &[]), ("folder/大 large+%20.png", &whole)] {
        put(key, bytes).await;
        let stat = source.stat(key).await.unwrap_or_else(|error| panic!("{key}: {error}"));
        assert_eq!(stat.size, bytes.len() as u64, "{key}");
        assert_eq!(read(source, key, None).await, (0..stat.size, Bytes::copy_from_slice(bytes)), "{key}");
        let object = source.read(key, None).await.unwrap_or_else(|error| panic!("{key}: {error}"));
        assert_eq!(object.stat, stat, "stat and read agree on {key}");
    }
    ranges_are_cut(source, "folder/大 large+%20.png", &whole).await;
    for missing in
        ["nothing", "folder", "folder/nothing", "small.jpg/below", "folder/", "folder//small.jpg", "Small.jpg"]
    {
        assert_eq!(source.stat(missing).await.err(), Some(Error::NotFound), "stat of {missing}");
        assert_eq!(source.read(missing, None).await.err(), Some(Error::NotFound), "read of {missing}");
    }
    let before = source.stat("small.jpg").await.map(|stat| stat.version);
    put("small.jpg", b"another").await;
    assert_ne!(source.stat("small.jpg").await.map(|stat| stat.version), before, "another object, another version");
}

async fn ranges_are_cut(source: &dyn Source, key: &str, whole: &[u8]) {
    let size = whole.len() as u64;
    for (asked, given) in [
        (0..1, 0..1),
        (3..400_000, 3..400_000),
        (size - 1..size, size - 1..size),
        (size - 10..size + 10, size - 10..size),
        (size..size + 1, size..size),
        (size + 5..size + 10, size..size),
        (7..7, 7..7),
        (0..u64::MAX, 0..size),
    ] {
        let bytes = Bytes::copy_from_slice(&whole[given.start as usize..given.end as usize]);
        assert_eq!(read(source, key, Some(asked.clone())).await, (given, bytes), "{asked:?}");
    }
}

async fn read(source: &dyn Source, key: &str, range: Option<Range<u64>>) -> (Range<u64>, Bytes) {
    let object = source.read(key, range).await.unwrap_or_else(|error| panic!("{key}: {error}"));
    let range = object.range.clone();
    (range, collect(object, 1 << 20).await.unwrap_or_else(|error| panic!("{key}: {error}")))
}

/// Objects in memory. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct FakeSource {
    objects: Arc<Mutex<HashMap<String, FakeObject>>>,
    stats: Arc<AtomicUsize>,
    reads: Arc<AtomicUsize>,
    failures: Arc<Mutex<VecDeque<Error>>>,
    body_failures: Arc<Mutex<VecDeque<(usize, Error)>>>,
    stat_delay: Duration,
    head_delay: Duration,
    piece_delay: Option<Duration>,
}

#[derive(Debug, Clone)]
struct FakeObject {
    bytes: Bytes,
    version: u64,
    declared: Option<u64>,
}

impl FakeSource {
    /// Answers a stat after `stat`, opens an object after `head`, and gives it byte by byte, each after `piece`.
    #[must_use]
    pub fn slow(mut self, stat: Duration, head: Duration, piece: Duration) -> Self {
        (self.stat_delay, self.head_delay, self.piece_delay) = (stat, head, Some(piece));
        self
    }

    /// Writes an object; every time with another version.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let version = objects.get(key).map_or(0, |object| object.version + 1);
        objects.insert(key.to_owned(), FakeObject { bytes: Bytes::copy_from_slice(bytes), version, declared: None });
    }

    /// Removes an object.
    pub fn remove(&self, key: &str) {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Makes the object claim a size that is not its own.
    pub fn declare(&self, key: &str, size: u64) {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(object) = objects.get_mut(key) {
            object.declared = Some(size);
        }
    }

    /// Answers the next requests with these errors, one each.
    pub fn fail(&self, errors: impl IntoIterator<Item = Error>) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).extend(errors);
    }

    /// Ends the next bodies after so many bytes with these errors, one each.
    pub fn fail_bodies(&self, errors: impl IntoIterator<Item = (usize, Error)>) {
        self.body_failures.lock().unwrap_or_else(PoisonError::into_inner).extend(errors);
    }

    /// How often an object was asked for its stat.
    pub fn stats(&self) -> usize {
        self.stats.load(Ordering::SeqCst)
    }

    /// How often an object was opened.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    fn object(&self, key: &str) -> Result<(FakeObject, Stat), Error> {
        if let Some(error) = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            return Err(error);
        }
        let objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let object = objects.get(key).cloned().ok_or(Error::NotFound)?;
        let stat = Stat {
            size: object.declared.unwrap_or(object.bytes.len() as u64),
            version: Version::new(object.version.to_string()),
            modified: None,
            content_type: None,
            cache_control: None,
        };
        Ok((object, stat))
    }
}

#[async_trait]
impl Source for FakeSource {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        self.stats.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.stat_delay).await;
        Ok(self.object(key)?.1)
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.head_delay).await;
        let (FakeObject { bytes, declared, .. }, stat) = self.object(key)?;
        let range = cut(range, stat.size);
        let mut bytes = if declared.is_some() { bytes } else { bytes.slice(range.start as usize..range.end as usize) };
        let failure = self.body_failures.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        if let Some((given, _)) = &failure {
            bytes.truncate(*given);
        }
        let failure = stream::iter(failure.map(|(_, error)| Err(error)));
        let body = match self.piece_delay {
            None => stream::iter((!bytes.is_empty()).then_some(Ok(bytes))).boxed(),
            Some(delay) => stream::iter(0..bytes.len())
                .then(move |i| {
                    let piece = bytes.slice(i..=i);
                    async move {
                        tokio::time::sleep(delay).await;
                        Ok(piece)
                    }
                })
                .boxed(),
        };
        Ok(Object { stat, range, body: body.chain(failure).boxed() })
    }
}
