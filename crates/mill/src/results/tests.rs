use std::time::Duration;

use lightmill_store::local::{LocalSink, LocalSource};
use lightmill_store::testing::FakeSource;
use tempfile::TempDir;

use super::*;
use crate::Place;
use crate::tests::made;

/// Folders in which results are kept, and what is kept nowhere but there.
struct Kept {
    disk: TempDir,
    store: TempDir,
}

impl Kept {
    fn new() -> Self {
        Self { disk: tempfile::tempdir().unwrap(), store: tempfile::tempdir().unwrap() }
    }

    fn store(&self) -> ResultStore {
        let source = LocalSource::open(self.store.path()).unwrap();
        let sink = LocalSink::open(self.store.path()).unwrap();
        ResultStore { source: Arc::new(source.clone()), sink: Arc::new(sink), list: Arc::new(source) }
    }

    fn results(&self, disk: bool, store: bool) -> Results {
        self.results_of(&Settings::default(), disk, store)
    }

    fn results_of(&self, settings: &Settings, disk: bool, store: bool) -> Results {
        let disk = disk.then(|| DiskCache::open(self.disk.path(), 100 << 20).unwrap());
        Results::new(settings, Persistence { disk, store: store.then(|| self.store()) })
    }
}

fn key(i: u8) -> Fingerprint {
    Fingerprint::of([[i]])
}

fn labels(object: &str) -> Labels {
    Labels { places: vec![Place { source: "photos".into(), key: object.into() }], tags: vec!["blog".into()] }
}

async fn from(results: &Results, i: u8, object: &str) -> Option<Origin> {
    let (made, origin) = results.find(&key(i), &labels(object), 1 << 20).await?;
    assert_eq!(made.bytes, [i; 100][..]);
    Some(origin)
}

fn keep(results: &Results, i: u8, object: &str) {
    results.keep(&key(i), &Arc::new(made(&[i; 100])), &labels(object));
}

/// The only file below the folder.
fn file(folder: &std::path::Path) -> std::path::PathBuf {
    let path = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if path.is_dir() { file(&path) } else { path }
}

#[tokio::test]
async fn another_instance_finds_what_one_has_made() {
    let kept = Kept::new();
    let first = kept.results(true, true);
    keep(&first, 1, "a");
    assert!(first.remembered(&key(1)).is_some());
    assert_eq!(from(&first, 2, "a").await, None);
    first.settle().await;
    assert_eq!(from(&first, 1, "a").await, Some(Origin::Disk));

    let second = kept.results(false, true);
    assert!(second.remembered(&key(1)).is_none());
    assert_eq!(from(&second, 1, "a").await, Some(Origin::Stored));
    assert!(second.remembered(&key(1)).is_some(), "what is found is kept nearer");
}

#[tokio::test]
async fn an_instance_of_other_formats_finds_nothing() {
    let kept = Kept::new();
    let first = kept.results(false, true);
    keep(&first, 1, "a");
    first.settle().await;
    let mut settings = Settings::default();
    settings.formats.set(Format::Avif, true, false);
    assert_eq!(from(&kept.results_of(&settings, false, true), 1, "a").await, None);
}

#[tokio::test]
async fn what_is_found_in_the_store_is_kept_on_disk() {
    let kept = Kept::new();
    let (first, second) = (kept.results(false, true), kept.results(true, true));
    keep(&first, 1, "a");
    first.settle().await;
    assert_eq!(from(&second, 1, "a").await, Some(Origin::Stored));
    second.settle().await;
    std::fs::remove_dir_all(kept.store.path()).unwrap();
    assert_eq!(from(&second, 1, "a").await, Some(Origin::Disk));
}

#[tokio::test]
async fn damage_is_a_miss() {
    let kept = Kept::new();
    let results = kept.results(true, true);
    keep(&results, 1, "a");
    results.settle().await;
    for path in [file(&kept.disk.path().join("v1")), file(&kept.store.path().join("photos"))] {
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[50] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
    assert_eq!(from(&results, 1, "a").await, None);
    assert_eq!(results.lasting.disk.as_ref().unwrap().names(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_or_stalls_is_a_miss() {
    let kept = Kept::new();
    let hour = Duration::from_hours(1);
    for source in [FakeSource::default().slow(hour, hour, hour), FakeSource::default()] {
        source.fail([lightmill_store::Error::unavailable("on purpose")]);
        let store = ResultStore { source: Arc::new(source), ..kept.store() };
        let results = Results::new(&Settings::default(), Persistence { disk: None, store: Some(store) });
        let start = tokio::time::Instant::now();
        assert_eq!(from(&results, 1, "a").await, None);
        assert!(start.elapsed() <= Duration::from_secs(2));
    }
}

#[tokio::test]
async fn what_is_purged_is_gone_everywhere() {
    let kept = Kept::new();
    let count = |memory, disk, stored| Purged { memory, disk, stored, complete: true };
    let key_of = |key: &str| Purge::Key { source: "photos".into(), key: key.into() };
    let prefix = |prefix: &str| Purge::Prefix { source: "photos".into(), prefix: prefix.into() };
    let results = kept.results(true, true);
    for (i, object) in [(1, "a/b"), (2, "a/b"), (3, "a/b/c"), (4, "a/bc"), (5, "x")] {
        keep(&results, i, object);
    }
    assert_eq!(results.purge(&key_of("a"), None).await, count(0, 0, 0));
    assert_eq!(results.purge(&key_of("a/b"), None).await, count(2, 2, 2));
    assert_eq!(from(&results, 1, "a/b").await, None);
    assert_eq!(from(&results, 3, "a/b/c").await, Some(Origin::Disk));
    assert_eq!(results.purge(&prefix("a/b"), None).await, count(2, 2, 2));
    assert_eq!(results.purge(&Purge::Tag("shop".into()), None).await, count(0, 0, 0));
    assert_eq!(results.purge(&Purge::Tag("blog".into()), None).await, count(1, 1, 1));
    keep(&results, 6, "y");
    assert_eq!(results.purge(&Purge::All, None).await, count(1, 1, 1));
    assert_eq!(from(&results, 6, "y").await, None);
}
