use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use super::files::Files;
use super::index::Index;
use super::scan::scan;

/// A cache in a folder that no other process may use.
///
/// Names are 2 to 200 ASCII letters and digits. Entries outlive the process; one that was being written when it was
/// killed is gone. A crash of the whole machine can leave an entry with the wrong bytes under its name: nothing is
/// flushed, and whoever reads must check. No error of the disk reaches a caller: it is logged and counted
/// (`lightmill_disk_cache_errors_total{operation}`), and the entry is a miss.
///
/// Clones are the same cache.
#[derive(Debug, Clone)]
pub struct DiskCache {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    files: Arc<Files>,
    index: Index,
    /// Whether the index knows everything that an earlier process left.
    complete: AtomicBool,
    /// Larger entries are not kept: one must not drive out all others.
    largest: u64,
}

impl DiskCache {
    /// Opens the folder, or makes it. What lies in it is counted in the background, and found meanwhile.
    ///
    /// `max_bytes`: how much all files may take, in whole blocks of 4096 bytes; for moments it can be more by what is
    /// being written. Entries of more than an eighth of that are not kept.
    ///
    /// # Errors
    /// What the file system says; [`io::ErrorKind::WouldBlock`] if another process uses the folder.
    pub fn open(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        let files = Arc::new(Files::open(folder)?);
        let index = Index::new(&files, max_bytes)?;
        let shared = Arc::new(Shared { files, index, complete: AtomicBool::new(false), largest: max_bytes / 8 });
        let cache = Self { shared: Arc::clone(&shared) };
        std::thread::Builder::new().name("disk-cache-scan".to_owned()).spawn(move || {
            match scan(shared.files.entries(), &shared.index) {
                Ok(()) => shared.complete.store(true, Ordering::Release),
                Err(error) => failed("scan", &error),
            }
            shared.report();
        })?;
        Ok(cache)
    }

    /// The bytes under this name.
    pub async fn get(&self, name: &str) -> Option<Bytes> {
        self.tail(name, u64::MAX).await
    }

    /// The last `most` bytes under this name, or all if there are fewer.
    pub async fn tail(&self, name: &str, most: u64) -> Option<Bytes> {
        if !is_name(name) || !self.shared.may_have(name) {
            return None;
        }
        let (shared, name) = (Arc::clone(&self.shared), name.to_owned());
        blocking(move || {
            let read = shared.files.read(&name, most).inspect_err(|error| failed("read", error)).ok().flatten();
            if read.is_none() {
                shared.index.forget(&name);
            }
            read
        })
        .await
        .flatten()
    }

    /// Keeps `parts`, one behind the other, under this name, in place of what is there.
    pub async fn put(&self, name: &str, parts: Vec<Bytes>) {
        let bytes = parts.iter().map(|part| part.len() as u64).sum();
        if !is_name(name) || bytes > self.shared.largest {
            return;
        }
        let (shared, name) = (Arc::clone(&self.shared), name.to_owned());
        blocking(move || match shared.files.write(&name, &parts) {
            Ok(()) => {
                shared.index.insert(name, bytes);
                shared.report();
            }
            Err(error) => failed("write", &error),
        })
        .await;
    }

    /// Removes what is under this name.
    pub async fn remove(&self, name: &str) {
        if !is_name(name) {
            return;
        }
        let (shared, name) = (Arc::clone(&self.shared), name.to_owned());
        blocking(move || {
            shared.index.forget(&name);
            shared.files.remove(&name).unwrap_or_else(|error| failed("remove", &error));
        })
        .await;
    }

    /// The names of all entries that are known, in no order: all there are, once the folder was looked through.
    pub fn names(&self) -> Vec<String> {
        self.shared.index.names()
    }
}

impl Shared {
    fn may_have(&self, name: &str) -> bool {
        self.index.knows(name) || !self.complete.load(Ordering::Acquire)
    }

    fn report(&self) {
        metrics::gauge!("lightmill_disk_cache_bytes").set(self.index.bytes() as f64);
    }
}

/// No name leads to another folder.
fn is_name(name: &str) -> bool {
    (2..=200).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn failed(operation: &'static str, error: &io::Error) {
    metrics::counter!("lightmill_disk_cache_errors_total", "operation" => operation).increment(1);
    tracing::warn!(operation, %error, "the disk cache");
}

/// `None` if the work panicked.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.inspect_err(|error| tracing::error!(%error, "the disk cache")).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;

    fn files(folder: &Path) -> Vec<u64> {
        let mut sizes = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                sizes.extend(files(&entry.path()));
            } else if entry.file_name() != "lock" {
                // One may be removed meanwhile.
                sizes.extend(entry.metadata().map(|metadata| metadata.len()));
            }
        }
        sizes
    }

    fn name(i: usize) -> String {
        format!("{:02x}entry{i}", i % 256)
    }

    /// Waits for what happens on other threads.
    async fn until(what: impl Fn() -> bool) {
        let waiting = async {
            while !what() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
    }

    #[tokio::test]
    async fn entries_are_kept_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(cache.get("ab1").await, None);
        cache.put("ab1", vec![Bytes::from_static(b"one"), Bytes::from_static(b"two")]).await;
        assert_eq!(cache.get("ab1").await.unwrap(), "onetwo");
        assert_eq!(cache.tail("ab1", 4).await.unwrap(), "etwo");
        cache.put("ab1", vec![Bytes::from_static(b"three")]).await;
        assert_eq!(cache.get("ab1").await.unwrap(), "three");
        assert_eq!(cache.names(), ["ab1"]);
        cache.remove("ab1").await;
        cache.remove("ab1").await;
        assert_eq!((cache.get("ab1").await, files(folder.path())), (None, vec![]));
    }

    #[tokio::test]
    async fn names_lead_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(&folder.path().join("cache"), 1 << 20).unwrap();
        for name in ["", "a", "..", "../x", "ab/x", "ab.x", "äb", &"a".repeat(201)] {
            cache.put(name, vec![Bytes::from_static(b"x")]).await;
            assert_eq!(cache.get(name).await, None, "{name}");
            cache.remove(name).await;
        }
        assert!(files(folder.path()).is_empty());
    }

    #[tokio::test]
    async fn bytes_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let most = 100 * 4096;
        let cache = DiskCache::open(folder.path(), most).unwrap();
        for i in 0..300 {
            cache.put(&name(i), vec![Bytes::from(vec![0; 3 * 4096])]).await;
        }
        assert!(cache.shared.index.bytes() <= most);
        let kept = || files(folder.path());
        until(|| kept().iter().map(|size| size + 4096).sum::<u64>() <= most).await;
        assert_eq!(kept().len(), cache.names().len());
        assert!(kept().len() >= 20, "{}", kept().len());
        cache.put("toolarge", vec![Bytes::from(vec![0; most as usize / 8 + 1])]).await;
        assert_eq!(cache.get("toolarge").await, None);
    }

    #[tokio::test]
    async fn entries_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(folder.path(), 1 << 20).unwrap();
        for i in 0..20 {
            cache.put(&name(i), vec![Bytes::from(i.to_string())]).await;
        }
        let busy = DiskCache::open(folder.path(), 1 << 20).unwrap_err();
        assert_eq!(busy.kind(), io::ErrorKind::WouldBlock);
        let entries = cache.shared.files.entries().to_owned();
        fs::write(folder.path().join("unfinished/7"), "half").unwrap();
        let ends = || Arc::strong_count(&cache.shared) == 1;
        until(ends).await;
        drop(cache);

        let opened = async {
            loop {
                // The remover holds the folder until it has seen that its index is gone.
                match DiskCache::open(folder.path(), 1 << 20) {
                    Ok(cache) => return cache,
                    Err(_) => tokio::time::sleep(Duration::from_millis(2)).await,
                }
            }
        };
        let cache = tokio::time::timeout(Duration::from_secs(10), opened).await.unwrap();
        for i in 0..20 {
            assert_eq!(cache.get(&name(i)).await.unwrap(), i.to_string());
        }
        until(|| cache.shared.complete.load(Ordering::Acquire)).await;
        assert_eq!(cache.names().len(), 20);
        assert_eq!(fs::read_dir(folder.path().join("unfinished")).unwrap().count(), 0);
        // Removed by somebody else.
        fs::remove_dir_all(entries).unwrap();
        assert_eq!(cache.get(&name(1)).await, None);
        assert_eq!(cache.names().len(), 19);
        fs::create_dir_all(cache.shared.files.entries()).unwrap();
        cache.put(&name(1), vec![Bytes::from_static(b"again")]).await;
        assert_eq!(cache.get(&name(1)).await.unwrap(), "again");
    }

    #[tokio::test]
    async fn what_does_not_fit_any_more_goes() {
        let folder = tempfile::tempdir().unwrap();
        let files_of = |name: &str| folder.path().join("v1").join(&name[..2]);
        for i in 0..50 {
            fs::create_dir_all(files_of(&name(i))).unwrap();
            fs::write(files_of(&name(i)).join(name(i)), vec![0; 4000]).unwrap();
        }
        let cache = DiskCache::open(folder.path(), 20 * 4096).unwrap();
        until(|| cache.shared.complete.load(Ordering::Acquire) && files(folder.path()).len() <= 10).await;
        assert!(!cache.names().is_empty());
    }
}
