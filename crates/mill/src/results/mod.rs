//! Results that were made before, from the nearest place to the farthest: memory (`memory.rs`), a cache on this machine's
//! disk, and a store that several instances share (`stored.rs`). What is found farther away is kept nearer; what is made
//! is kept everywhere, behind the answer's back (`behind.rs`).
//!
//! On disk and in the store a result is a [`record`]: the file, what it is, where it comes from, and a hash of all that.
//! `purge.rs` says which results are to be forgotten.

mod behind;
mod films;
mod labels;
mod lasting;
mod memory;
mod parts;
mod purge;
mod record;
mod stored;

use std::sync::Arc;

use lightmill_image::Made;
use lightmill_recipe::{Fingerprint, Format, Formats};
use lightmill_store::disk::DiskCache;

use crate::maker::blocking;
use crate::{Error, Origin, Settings};
use behind::Behind;
use memory::Memory;

pub use films::KeptFilm;
pub use purge::{Purge, Purged};
pub use stored::ResultStore;

pub(crate) use labels::Labels;
pub(crate) use lasting::Lasting;

/// Where results are kept beyond the life of the process. By default nowhere.
#[derive(Debug, Clone, Default)]
pub struct Persistence {
    /// On this machine.
    pub disk: Option<DiskCache>,
    /// For all instances.
    pub store: Option<ResultStore>,
}

/// All places where results are kept.
#[derive(Debug)]
pub(crate) struct Results {
    memory: Memory,
    lasting: Lasting,
    behind: Behind,
}

impl Results {
    pub(crate) fn new(settings: &Settings, places: Persistence) -> Self {
        Self {
            memory: Memory::new(settings.memory_cache_bytes, settings.error_time),
            lasting: Lasting { disk: places.disk, store: places.store, scope: scope(settings.formats) },
            behind: Behind::default(),
        }
    }

    /// Results of another configuration in the same places, with a memory of their own.
    pub(crate) fn renewed(&self, settings: &Settings) -> Self {
        let Lasting { disk, store, .. } = self.lasting.clone();
        Self { behind: self.behind.clone(), ..Self::new(settings, Persistence { disk, store }) }
    }

    /// Where results are kept beyond the life of the process, or else in `spare`.
    pub(crate) fn lasting(&self, spare: Option<&DiskCache>) -> Lasting {
        self.lasting.with_spare(spare)
    }

    /// What memory knows about the result of this key.
    pub(crate) fn remembered(&self, key: &Fingerprint) -> Option<Result<Arc<Made>, Error>> {
        self.memory.get(key)
    }

    /// The result, if it is on disk or in the store. `most`: the bytes that a result may have.
    pub(crate) async fn find(&self, key: &Fingerprint, labels: &Labels, most: u64) -> Option<(Arc<Made>, Origin)> {
        let name = self.lasting.name(key);
        if let Some(disk) = &self.lasting.disk
            && let Some(bytes) = disk.get(name.as_str()).await
        {
            if let Some(record) = record::decode(&name, bytes).await {
                let made = Arc::new(record.made);
                self.memory.keep(key.clone(), Arc::clone(&made), record.labels);
                return Some((made, Origin::Disk));
            }
            tracing::warn!(name = name.as_str(), "a damaged entry of the disk cache is removed");
            disk.remove(name.as_str()).await;
        }
        let record = self.lasting.store.as_ref()?.get(&name, labels, most).await?;
        let made = Arc::new(record.made);
        self.memory.keep(key.clone(), Arc::clone(&made), record.labels.clone());
        self.write(name, &made, &record.labels, false);
        Some((made, Origin::Stored))
    }

    /// Keeps what was made, everywhere.
    pub(crate) fn keep(&self, key: &Fingerprint, made: &Arc<Made>, labels: &Labels) {
        self.memory.keep(key.clone(), Arc::clone(made), labels.clone());
        self.write(self.lasting.name(key), made, labels, true);
    }

    pub(crate) fn keep_error(&self, key: Fingerprint, error: &Error) {
        self.memory.keep_error(key, error);
    }

    fn write(&self, name: Fingerprint, made: &Arc<Made>, labels: &Labels, is_new: bool) {
        let (disk, store) = (self.lasting.disk.clone(), self.lasting.store.clone().filter(|_| is_new));
        if disk.is_none() && store.is_none() {
            return;
        }
        let (made, labels) = (Arc::clone(made), labels.clone());
        self.behind.run(made.bytes.len(), async move {
            let (key, result, of) = (name.clone(), Arc::clone(&made), labels.clone());
            let Ok(trailer) = blocking(move || Ok(record::trailer(&key, &result, &of))).await else { return };
            if let Some(disk) = disk {
                disk.put(name.as_str(), vec![made.bytes.clone(), trailer.clone()]).await;
            }
            if let Some(store) = store {
                store.put(&name, &labels, &made, &trailer).await;
            }
        });
    }

    /// Waits until everything is written that was to be written.
    pub(crate) async fn settle(&self) {
        self.behind.settle().await;
    }

    /// Forgets results, everywhere but in the memory and on the disk of other instances. `spare`: as in [`Self::lasting`].
    pub(crate) async fn purge(&self, purge: &Purge, spare: Option<&DiskCache>) -> Purged {
        // What is being written is written first, or it would be there afterwards.
        self.behind.idle().await;
        let memory = self.memory.purge(purge);
        let places = self.lasting(spare);
        let disk = match &places.disk {
            Some(disk) => purge::disk(disk, purge).await,
            None => 0,
        };
        let (stored, complete) = match &places.store {
            Some(store) => store.purge(purge).await,
            None => (0, true),
        };
        Purged { memory, disk, stored, complete }
    }
}

fn scope(formats: Formats) -> String {
    let can = |format: &Format| format!("{} {} {}", format.name(), formats.reads(*format), formats.writes(*format));
    Format::ALL.iter().map(can).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
