use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use moka::sync::Cache;

use super::files::Files;

/// Files take whole blocks of the file system; sizes are counted in these.
const BLOCK_BYTES: u64 = 4096;

/// What is there, and what has to go when there is too much: the least useful by frequency and recency.
#[derive(Debug)]
pub(super) struct Index {
    blocks: Cache<String, u32>,
    /// What all entries may take.
    most: u64,
    /// Removes the files of those that go.
    remover: Sender<Arc<String>>,
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
        let (remover, most) = (sender.clone(), max_bytes / BLOCK_BYTES);
        let blocks = Cache::builder()
            .max_capacity(most)
            .weigher(|_, blocks| *blocks)
            .eviction_listener(move |name, _, cause| {
                // What was replaced has its file, and what was forgotten is removed by whoever forgets it.
                if cause.was_evicted() {
                    condemn(&sender, name);
                }
            })
            .build();
        Ok(Self { blocks, most, remover })
    }

    /// Whether there is an entry; counts as a use of it.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.blocks.get(name).is_some()
    }

    pub(super) fn insert(&self, name: String, bytes: u64) {
        self.blocks.insert(name, blocks(bytes));
    }

    /// As [`Self::insert`], but whatever is in its way goes first, be it what it may: an entry that takes the place of
    /// thousands would have to be asked for more often than all of them together, and never be let in.
    pub(super) fn insert_large(&self, name: String, bytes: u64) {
        let blocks = blocks(bytes);
        self.blocks.run_pending_tasks();
        let mut surplus = (self.blocks.weighted_size() + u64::from(blocks)).saturating_sub(self.most);
        for (other, freed) in self.blocks.iter().filter(|(other, _)| **other != name) {
            if surplus == 0 {
                break;
            }
            surplus = surplus.saturating_sub(u64::from(freed));
            self.blocks.invalidate(&*other);
            condemn(&self.remover, other);
        }
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

/// Blocks of a file, and of its directory entry.
fn blocks(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(BLOCK_BYTES) + 1).unwrap_or(u32::MAX)
}

fn condemn(remover: &Sender<Arc<String>>, name: Arc<String>) {
    // The thread ends after the last sender only.
    let _ = remover.send(name);
}
