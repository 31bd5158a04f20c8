use std::sync::Arc;
use std::time::Duration;

use lightmill_image::Made;
use lightmill_recipe::Fingerprint;
use moka::sync::Cache;

use crate::Error;

/// Bytes of an entry beside the file: the key, hash table, links, times.
const ENTRY_BYTES: usize = 512;

/// Errors that are remembered; each is small.
const ERRORS: u64 = 10_000;

/// Results in memory, the most useful ones (by frequency and recency) within a number of bytes; and for a short time
/// which results cannot be made.
#[derive(Debug)]
pub(crate) struct Results {
    made: Cache<Fingerprint, Arc<Made>>,
    errors: Cache<Fingerprint, Error>,
    /// The largest result that is kept.
    max_bytes: u64,
    remember_errors: bool,
}

impl Results {
    pub(crate) fn new(memory_bytes: u64, error_time: Duration) -> Self {
        let made = Cache::builder().max_capacity(memory_bytes).weigher(|_, made: &Arc<Made>| weight(made)).build();
        let errors =
            Cache::builder().max_capacity(ERRORS).time_to_live(error_time.max(Duration::from_millis(1))).build();
        // One large result must not drive out all others.
        Self { made, errors, max_bytes: memory_bytes / 8, remember_errors: !error_time.is_zero() }
    }

    /// What is known about the result of this key.
    pub(crate) fn get(&self, key: &Fingerprint) -> Option<Result<Arc<Made>, Error>> {
        self.made.get(key).map(Ok).or_else(|| self.errors.get(key).map(Err))
    }

    pub(crate) fn keep(&self, key: Fingerprint, made: Arc<Made>) {
        if u64::from(weight(&made)) <= self.max_bytes {
            self.made.insert(key, made);
            metrics::gauge!("lightmill_cache_bytes").set(self.bytes() as f64);
        }
    }

    /// Bytes of memory that all results cost.
    fn bytes(&self) -> u64 {
        // Insertions are counted late otherwise.
        self.made.run_pending_tasks();
        self.made.weighted_size()
    }

    pub(crate) fn keep_error(&self, key: Fingerprint, error: &Error) {
        if self.remember_errors && error.is_lasting() {
            self.errors.insert(key, error.clone());
        }
    }
}

/// Bytes of memory that keeping `made` costs.
fn weight(made: &Made) -> u32 {
    u32::try_from(made.bytes.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use lightmill_image as image;

    use super::*;
    use crate::tests::made;

    fn key(i: usize) -> Fingerprint {
        Fingerprint::of([i.to_le_bytes()])
    }

    #[test]
    fn bytes_are_known_at_once() {
        let results = Results::new(1 << 20, Duration::ZERO);
        results.keep(key(1), Arc::new(made(&[0; 1000])));
        assert_eq!(results.bytes(), 1512);
    }

    #[test]
    fn weights_count_the_file_and_the_entry() {
        assert_eq!(weight(&made(&[0; 1000])), 1512);
        assert_eq!(weight(&made(&[])), 512);
    }

    #[test]
    fn memory_is_bounded() {
        let results = Results::new(100_000, Duration::ZERO);
        for i in 0..100 {
            results.keep(key(i), Arc::new(made(&[0; 9_488])));
            results.made.run_pending_tasks();
            assert!(results.made.weighted_size() <= 100_000);
        }
        assert_eq!(results.made.entry_count(), 10);
    }

    #[test]
    fn a_result_that_would_drive_out_all_others_is_not_kept() {
        let results = Results::new(100_000, Duration::ZERO);
        results.keep(key(0), Arc::new(made(&[0; 12_000])));
        assert!(results.get(&key(0)).is_none());
        results.keep(key(1), Arc::new(made(&[0; 11_000])));
        assert!(results.get(&key(1)).unwrap().is_ok());
        let none = Results::new(0, Duration::ZERO);
        none.keep(key(0), Arc::new(made(&[])));
        assert!(none.get(&key(0)).is_none());
    }

    #[test]
    fn lasting_errors_are_remembered_for_a_time() {
        let results = Results::new(0, Duration::from_millis(50));
        results.keep_error(key(0), &image::Error::UnknownFormat.into());
        results.keep_error(key(1), &Error::TimedOut);
        assert!(matches!(results.get(&key(0)), Some(Err(Error::Image(_)))));
        assert!(results.get(&key(1)).is_none());
        std::thread::sleep(Duration::from_millis(60));
        assert!(results.get(&key(0)).is_none());
    }
}
