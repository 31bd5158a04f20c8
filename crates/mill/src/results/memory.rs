use std::sync::Arc;
use std::time::Duration;

use lightmill_image::Made;
use lightmill_recipe::Fingerprint;
use moka::sync::Cache;

use super::{Labels, Purge};
use crate::Error;

/// Bytes of an entry beside the file: the key, hash table, links, times.
const ENTRY_BYTES: usize = 512;

/// Bytes of an input's place beside its texts.
const PLACE_BYTES: usize = 48;

/// Errors that are remembered; each is small.
const ERRORS: u64 = 10_000;

/// Results in memory, the most useful ones (by frequency and recency) within a number of bytes; and for a short time
/// which results cannot be made.
#[derive(Debug)]
pub(super) struct Memory {
    made: Cache<Fingerprint, Arc<Kept>>,
    errors: Cache<Fingerprint, Error>,
    /// The largest result that is kept.
    max_bytes: u64,
    remember_errors: bool,
}

#[derive(Debug)]
struct Kept {
    made: Arc<Made>,
    labels: Labels,
}

impl Memory {
    pub(super) fn new(memory_bytes: u64, error_time: Duration) -> Self {
        let made = Cache::builder().max_capacity(memory_bytes).weigher(|_, kept: &Arc<Kept>| weight(kept)).build();
        let errors =
            Cache::builder().max_capacity(ERRORS).time_to_live(error_time.max(Duration::from_millis(1))).build();
        // One large result must not drive out all others.
        Self { made, errors, max_bytes: memory_bytes / 8, remember_errors: !error_time.is_zero() }
    }

    /// What is known about the result of this key.
    pub(super) fn get(&self, key: &Fingerprint) -> Option<Result<Arc<Made>, Error>> {
        let made = self.made.get(key).map(|kept| Ok(Arc::clone(&kept.made)));
        made.or_else(|| self.errors.get(key).map(Err))
    }

    pub(super) fn keep(&self, key: Fingerprint, made: Arc<Made>, labels: Labels) {
        let kept = Kept { made, labels };
        if u64::from(weight(&kept)) <= self.max_bytes {
            self.made.insert(key, Arc::new(kept));
            metrics::gauge!("lightmill_cache_bytes").set(self.bytes() as f64);
        }
    }

    /// Forgets results; how many. What cannot be made is forgotten altogether.
    pub(super) fn purge(&self, purge: &Purge) -> u64 {
        self.errors.invalidate_all();
        let condemned = self.made.iter().filter(|(_, kept)| purge.matches(&kept.labels));
        let condemned: Vec<_> = condemned.map(|(key, _)| key).collect();
        for key in &condemned {
            self.made.invalidate(&**key);
        }
        condemned.len() as u64
    }

    /// Bytes of memory that all results cost.
    fn bytes(&self) -> u64 {
        // Insertions are counted late otherwise.
        self.made.run_pending_tasks();
        self.made.weighted_size()
    }

    pub(super) fn keep_error(&self, key: Fingerprint, error: &Error) {
        if self.remember_errors && error.is_lasting() {
            self.errors.insert(key, error.clone());
        }
    }
}

/// Bytes of memory that keeping a result costs.
fn weight(kept: &Kept) -> u32 {
    let places = kept.labels.places.iter().map(|place| place.source.len() + place.key.len() + PLACE_BYTES);
    let labels: usize = places.chain(kept.labels.tags.iter().map(String::len)).sum();
    u32::try_from(kept.made.bytes.len() + labels + ENTRY_BYTES).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use lightmill_image as image;

    use super::*;
    use crate::Place;
    use crate::tests::made;

    fn key(i: usize) -> Fingerprint {
        Fingerprint::of([i.to_le_bytes()])
    }

    fn keep(memory: &Memory, i: usize, bytes: usize) {
        let places = vec![Place { source: "photos".into(), key: format!("{i:02}") }];
        memory.keep(key(i), Arc::new(made(&vec![0; bytes])), Labels { places, tags: Vec::new() });
    }

    #[test]
    fn bytes_of_file_labels_and_entry_are_known_at_once() {
        let memory = Memory::new(1 << 20, Duration::ZERO);
        keep(&memory, 1, 1000);
        assert_eq!(memory.bytes(), 1000 + 512 + 48 + 8);
    }

    #[test]
    fn memory_is_bounded() {
        let memory = Memory::new(100_000, Duration::ZERO);
        for i in 0..100 {
            keep(&memory, i, 9_432);
            assert!(memory.bytes() <= 100_000);
        }
        assert_eq!(memory.made.entry_count(), 10);
    }

    #[test]
    fn a_result_that_would_drive_out_all_others_is_not_kept() {
        let memory = Memory::new(100_000, Duration::ZERO);
        keep(&memory, 0, 12_000);
        assert!(memory.get(&key(0)).is_none());
        keep(&memory, 1, 11_000);
        assert!(memory.get(&key(1)).unwrap().is_ok());
        let none = Memory::new(0, Duration::ZERO);
        keep(&none, 0, 0);
        assert!(none.get(&key(0)).is_none());
    }

    #[test]
    fn lasting_errors_are_remembered_for_a_time() {
        let memory = Memory::new(0, Duration::from_millis(50));
        memory.keep_error(key(0), &image::Error::UnknownFormat.into());
        memory.keep_error(key(1), &Error::TimedOut);
        assert!(matches!(memory.get(&key(0)), Some(Err(Error::Image(_)))));
        assert!(memory.get(&key(1)).is_none());
        std::thread::sleep(Duration::from_millis(60));
        assert!(memory.get(&key(0)).is_none());
    }

    #[test]
    fn what_is_purged_is_gone_and_the_rest_stays() {
        let memory = Memory::new(1 << 20, Duration::from_mins(1));
        for i in 0..20 {
            keep(&memory, i, 10);
        }
        memory.keep_error(key(99), &image::Error::UnknownFormat.into());
        let purge = |prefix: &str| Purge::Prefix { source: "photos".into(), prefix: prefix.into() };
        assert_eq!((memory.purge(&purge("1")), memory.purge(&purge("1"))), (10, 0));
        assert!(memory.get(&key(10)).is_none() && memory.get(&key(99)).is_none());
        assert!(memory.get(&key(9)).is_some());
        assert_eq!(memory.purge(&Purge::All), 10);
    }
}
