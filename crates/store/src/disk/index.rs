use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use moka::notification::RemovalCause;
use moka::sync::Cache;

use super::files::Files;

/// Files take whole blocks of the file system; sizes are counted in these.
const BLOCK_BYTES: u64 = 4096;

/// What is there, and what has to go when there is too much: the least useful by frequency and recency.
#[derive(Debug)]
pub(super) struct Index {
    blocks: Cache<String, u32>,
}

impl Index {
    /// An empty one over `files`, from which whatever does not fit into `max_bytes` is removed, on a thread of its own
    /// that ends with the index.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn new(files: &Arc<Files>, max_bytes: u64) -> std::io::Result<Self> {
        let (sender, condemned) = mpsc::channel::<Arc<String>>();
        let files = Arc::clone(files);
        std::thread::Builder::new().name("disk-cache".to_owned()).spawn(move || {
            for name in condemned {
                if let Err(error) = files.remove(&name) {
                    tracing::warn!(%error, "an entry of the disk cache cannot be removed");
                }
            }
        })?;
        let blocks = Cache::builder()
            .max_capacity(max_bytes / BLOCK_BYTES)
            .weigher(|_, blocks| *blocks)
            .eviction_listener(move |name, _, cause| condemn(&sender, name, cause))
            .build();
        Ok(Self { blocks })
    }

    /// Whether there is an entry; counts as a use of it.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.blocks.get(name).is_some()
    }

    pub(super) fn insert(&self, name: String, bytes: u64) {
        // The file and its directory entry.
        let blocks = u32::try_from(bytes.div_ceil(BLOCK_BYTES) + 1).unwrap_or(u32::MAX);
        self.blocks.insert(name, blocks);
    }

    pub(super) fn forget(&self, name: &str) {
        self.blocks.invalidate(name);
    }

    /// All names, in no order.
    pub(super) fn names(&self) -> Vec<String> {
        self.blocks.iter().map(|(name, _)| String::clone(&name)).collect()
    }

    /// Bytes that all entries take.
    pub(super) fn bytes(&self) -> u64 {
        // Insertions are counted late otherwise.
        self.blocks.run_pending_tasks();
        self.blocks.weighted_size() * BLOCK_BYTES
    }
}

fn condemn(sender: &Sender<Arc<String>>, name: Arc<String>, cause: RemovalCause) {
    // What was replaced has its file, and what was forgotten is removed by whoever forgets it.
    if cause.was_evicted() {
        // The thread ends after the last sender only.
        let _ = sender.send(name);
    }
}
