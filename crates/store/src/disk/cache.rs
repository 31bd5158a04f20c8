use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use super::files::Files;
use super::index::Index;
use super::scan::scan;
use crate::OpenFile;

/// The part of the cache that an entry may take, and the one that an adopted file may.
const SHARE_OF_BYTES: u64 = 8;
const SHARE_OF_FILE: u64 = 2;

/// A cache in a folder that no other process may use.
///
/// Names are 2 to 200 ASCII letters and digits. Entries outlive the process; one that was being written when it was
/// killed is gone. A crash of the whole machine can leave an entry with the wrong bytes under its name: nothing is
/// flushed, and whoever reads must check; but adopted files are whole. No error of the disk reaches a caller: it is logged and counted
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
    /// What all entries may take.
    max_bytes: u64,
}

impl DiskCache {
    /// Opens the folder, or makes it. What lies in it is counted in the background, and found meanwhile.
    ///
    /// `max_bytes`: how much all files may take, in whole blocks of 4096 bytes; for moments it can be more by what is
    /// being written. Entries of more than an eighth of that are not kept, and files of more than half of it not adopted: one
    /// must not drive out all others.
    ///
    /// # Errors
    /// What the file system says; [`io::ErrorKind::WouldBlock`] if another process uses the folder.
    pub fn open(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        let files = Arc::new(Files::open(folder)?);
        let index = Index::new(&files, max_bytes)?;
        let shared = Arc::new(Shared { files, index, complete: AtomicBool::new(false), max_bytes });
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
        self.reading(name, move |files, name| files.read(name, most)).await
    }

    /// What `read` finds under this name; an entry that is not there any more is forgotten.
    async fn reading<T: Send + 'static>(
        &self,
        name: &str,
        read: impl FnOnce(&Files, &str) -> io::Result<Option<T>> + Send + 'static,
    ) -> Option<T> {
        if !is_name(name) || !self.shared.may_have(name) {
            return None;
        }
        let (shared, name) = (Arc::clone(&self.shared), name.to_owned());
        blocking(move || {
            let read = read(&shared.files, &name).inspect_err(|error| failed("read", error)).ok().flatten();
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
        if !is_name(name) || bytes > self.shared.max_bytes / SHARE_OF_BYTES {
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

    /// Keeps a finished file of another folder under this name, with `trailer` behind its bytes, in place of what is there.
    /// Tells whether it does; `file` is gone then. If not, it can be gone too: whoever goes on with its bytes holds it open.
    ///
    /// On the same file system nothing is copied. Its bytes are flushed to the disk first: whoever finds the entry after a
    /// crash finds it whole. What is in its way goes, however often it was asked for.
    pub async fn adopt(&self, name: &str, file: &Path, trailer: Bytes) -> bool {
        if !is_name(name) {
            return false;
        }
        let (shared, name, file) = (Arc::clone(&self.shared), name.to_owned(), file.to_owned());
        let adopting = move || shared.adopt(name, &file, &trailer).inspect_err(|error| failed("adopt", error));
        blocking(adopting).await.is_some_and(|adopted| adopted.unwrap_or(false))
    }

    /// The file under this name, which can be read for as long as it is held, also after its entry has gone.
    pub async fn file(&self, name: &str) -> Option<OpenFile> {
        self.reading(name, Files::open_file).await
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

    /// Whether the file was not too large.
    fn adopt(&self, name: String, file: &Path, trailer: &[u8]) -> io::Result<bool> {
        let bytes = std::fs::metadata(file)?.len() + trailer.len() as u64;
        if bytes > self.max_bytes / SHARE_OF_FILE {
            return Ok(false);
        }
        self.files.adopt(&name, file, trailer)?;
        self.index.insert_large(name, bytes);
        self.report();
        Ok(true)
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
    async fn files_are_adopted() {
        let folder = tempfile::tempdir().unwrap();
        let most = 100 * 4096;
        let cache = DiskCache::open(&folder.path().join("cache"), most).unwrap();
        for i in 0..300 {
            cache.put(&name(i), vec![Bytes::from(vec![0; 3 * 4096])]).await;
            for _ in 0..3 {
                cache.get(&name(i)).await;
            }
        }
        let spooled = folder.path().join("spooled");
        for size in [most / 2 - 1, 5, most / 3] {
            fs::write(&spooled, vec![7; size as usize - 1]).unwrap();
            assert!(cache.adopt("ab1", &spooled, Bytes::from_static(b"12")).await, "{size}");
            assert!(!spooled.exists());
            let file = cache.file("ab1").await.unwrap();
            assert_eq!(file.len(), size + 1);
            assert_eq!(file.read(size - 2..size + 1).await.unwrap(), "\u{7}12");
            assert_eq!(cache.tail("ab1", 2).await.unwrap(), "12");
            assert!(cache.shared.index.bytes() <= most);
        }
        let kept = || files(&folder.path().join("cache"));
        until(|| kept().len() == cache.names().len()).await;
        assert!(cache.names().len() > 10, "no more goes than has to: {:?}", cache.names());
        assert_eq!(fs::read_dir(folder.path().join("cache/unfinished")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_cannot_be_adopted_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(&folder.path().join("cache"), 100 * 4096).unwrap();
        cache.put("ab1", vec![Bytes::from_static(b"old")]).await;
        let large = folder.path().join("large");
        fs::write(&large, vec![7; 50 * 4096]).unwrap();
        assert!(!cache.adopt("ab1", &large, Bytes::from_static(b"x")).await, "more than half");
        assert!(!cache.adopt("../ab", &large, Bytes::new()).await, "no name");
        assert_eq!(fs::metadata(&large).unwrap().len(), 50 * 4096);
        assert!(!cache.adopt("ab1", &folder.path().join("nothing"), Bytes::new()).await);
        assert_eq!(cache.get("ab1").await.unwrap(), "old");
        assert!(cache.file("ab2").await.is_none());
    }

    #[tokio::test]
    async fn a_file_of_another_file_system_is_copied() {
        let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::open(folder.path(), 1 << 20).unwrap();
        let spooled = elsewhere.path().join("spooled");
        fs::write(&spooled, "the file").unwrap();
        let held = OpenFile::open(&spooled).unwrap();
        assert!(cache.adopt("ab1", &spooled, Bytes::from_static(b", whole")).await);
        assert_eq!(cache.get("ab1").await.unwrap(), "the file, whole");
        assert!(!spooled.exists());
        assert_eq!(held.read(0..8).await.unwrap(), "the file");
    }

    #[tokio::test]
    async fn an_open_file_outlives_its_entry() {
        let folder = tempfile::tempdir().unwrap();
        let most = 100 * 4096;
        let cache = DiskCache::open(&folder.path().join("cache"), most).unwrap();
        let spooled = folder.path().join("spooled");
        let mut held = Vec::new();
        for i in 0..5 {
            fs::write(&spooled, vec![i; 40 * 4096]).unwrap();
            assert!(cache.adopt(&name(i.into()), &spooled, Bytes::new()).await);
            held.push(cache.file(&name(i.into())).await.unwrap());
        }
        assert!(cache.names().len() <= 2);
        until(|| files(&folder.path().join("cache")).len() == cache.names().len()).await;
        for (i, file) in held.iter().enumerate() {
            assert_eq!(file.read(0..file.len()).await.unwrap(), vec![i as u8; 40 * 4096], "{i}");
        }
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
