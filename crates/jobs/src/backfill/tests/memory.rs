use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use lightmill_store::{Attributes, Condition, Content, Entry, Error, List, Object, Sink, Source, Span, Stat, Version};

/// Objects that are nothing but keys and versions. Clones are the same place.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    pub(super) objects: Arc<Mutex<BTreeMap<String, u64>>>,
    /// Whether a listing says no versions.
    pub(super) keeps_versions: bool,
    /// Whether the order is one of its own, that of UTF-16 backwards.
    pub(super) own_order: bool,
    /// Errors of the listings to come, each after so many entries.
    pub(super) failures: Arc<Mutex<Vec<usize>>>,
    /// Entries that were given.
    pub(super) listed: Arc<Mutex<usize>>,
}

impl Memory {
    pub(super) fn put(&self, key: &str, version: u64) {
        self.objects.lock().unwrap().insert(key.to_owned(), version);
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    /// The entries in the order of a listing.
    pub(super) fn in_order(&self) -> Vec<(String, u64)> {
        let mut all: Vec<(String, u64)> =
            self.objects.lock().unwrap().iter().map(|(key, version)| (key.clone(), *version)).collect();
        if self.own_order {
            all.sort_by_key(|(key, _)| std::cmp::Reverse(key.encode_utf16().collect::<Vec<_>>()));
        }
        all
    }
}

#[async_trait]
impl Source for Memory {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let version = *self.objects.lock().unwrap().get(key).ok_or(Error::NotFound)?;
        Ok(Stat {
            size: 7,
            version: Version::new(version.to_string()),
            modified: None,
            content_type: None,
            cache_control: None,
        })
    }

    async fn read(&self, key: &str, _: Option<Range<u64>>) -> Result<Object, Error> {
        let stat = self.stat(key).await?;
        Ok(Object { range: 0..stat.size, stat, body: stream::iter([Ok(Bytes::from_static(b"nothing"))]).boxed() })
    }
}

#[async_trait]
impl Sink for Memory {
    async fn write(&self, key: &str, _: Content, _: &Attributes) -> Result<(), Error> {
        self.put(key, 0);
        Ok(())
    }

    async fn write_if(&self, key: &str, _: Bytes, _: &Attributes, _: &Condition) -> Result<Version, Error> {
        Err(Error::unusable(format_args!("{key}: nobody writes on conditions here")))
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        self.objects.lock().unwrap().remove(key);
        Ok(())
    }
}

impl List for Memory {
    fn entries(&self, span: &Span) -> BoxStream<'static, Result<Entry, Error>> {
        let all: Vec<(String, u64)> =
            self.in_order().into_iter().filter(|(key, _)| key.starts_with(&span.prefix)).collect();
        let start = match &span.after {
            None => 0,
            Some(after) if self.own_order => {
                all.iter().position(|(key, _)| key == after).map_or(0, |position| position + 1)
            }
            Some(after) => all.iter().take_while(|(key, _)| key <= after).count(),
        };
        let says = span.details && !self.keeps_versions;
        let entries = all.into_iter().skip(start).map(move |(key, version)| {
            Ok(Entry { key, size: Some(7), version: says.then(|| Version::new(version.to_string())) })
        });
        let failure = self.failures.lock().unwrap().pop();
        let entries: Vec<Result<Entry, Error>> = match failure {
            None => entries.collect(),
            Some(after) => entries.take(after).chain([Err(Error::unavailable("for a moment"))]).collect(),
        };
        let listed = Arc::clone(&self.listed);
        stream::iter(entries).inspect(move |_| *listed.lock().unwrap() += 1).boxed()
    }

    fn seeks(&self) -> bool {
        !self.own_order
    }
}
