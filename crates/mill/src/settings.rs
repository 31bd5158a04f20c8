use std::num::NonZeroUsize;
use std::time::Duration;

use lightmill_dialects::oss;
use lightmill_recipe::{Formats, Limits, OutputDefaults};

use crate::{Allow, Uploads};

/// What holds for the whole process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Threads, memory and the queue in front of them.
    pub permits: Permits,
    /// Objects that are read from sources at the same time.
    pub fetches: usize,
    /// Bytes of source objects that are held for makers at the same time, from before they are read until the result is
    /// made. A request for more than that waits until it is alone.
    pub source_memory_bytes: u64,
    /// Bytes of results that are kept in memory; 0 keeps none.
    pub memory_cache_bytes: u64,
    /// How long an object is taken to be unchanged; 0 asks the source each time.
    pub version_time: Duration,
    /// For how long after that an object is still taken to be unchanged while its source is asked in the background, and
    /// while its source fails; 0 lets requests wait for the source.
    pub stale_time: Duration,
    /// How long it is remembered that an object does not exist, or that a result cannot be made; 0 forgets at once.
    pub error_time: Duration,
    /// Formats that may be read and written.
    pub formats: Formats,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            permits: Permits::default(),
            fetches: 64,
            source_memory_bytes: 512 << 20,
            memory_cache_bytes: 256 << 20,
            version_time: Duration::from_secs(1),
            stale_time: Duration::ZERO,
            error_time: Duration::from_secs(1),
            formats: Formats::default(),
        }
    }
}

/// What may be made at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permits {
    /// Pictures that are worked on, each on a thread of its own. Default: as many as there are processors.
    pub threads: NonZeroUsize,
    /// Estimated bytes of memory of all pictures that are worked on.
    pub memory_bytes: u64,
    /// Plans that may wait for the above; one more is refused.
    pub queue_length: usize,
    /// How long a plan may wait.
    pub queue_time: Duration,
}

impl Default for Permits {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { threads, memory_bytes: 2 << 30, queue_length: 32 * threads.get(), queue_time: Duration::from_secs(10) }
    }
}

/// What holds for the requests of one mount.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The mount's name, for logs.
    pub name: String,
    /// The mount's reading of the `x-oss-process` language, for styles.
    pub oss: oss::Options,
    /// Names of the sources that requests may read; the first is the default.
    pub sources: Vec<String>,
    /// What keys that are URLs begin with, and the source whose keys the rest of them are. Empty: no key is a URL.
    pub origins: Vec<(String, String)>,
    /// Names of the sources in which results may be saved.
    pub save_to: Vec<String>,
    /// Where uploads lie, which pictures are looked for in first.
    pub uploads: Option<Uploads>,
    /// How requests choose another one.
    pub bucket_from: BucketFrom,
    /// What becomes of requests for objects as they are stored.
    pub originals: Originals,
    /// What may be asked for.
    pub allow: Allow,
    /// Bounds of one request.
    pub limits: Limits,
    /// Words by which its results can be found to be forgotten.
    pub tags: Vec<String>,
    /// What holds for results where a request says nothing.
    pub output: OutputDefaults,
}

/// What becomes of requests for objects as they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Originals {
    /// They are streamed.
    #[default]
    Stream,
    /// They are refused: a cache in front reads them from the store itself.
    Forbid,
}

/// How a request chooses among the sources of its mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BucketFrom {
    /// By the header `x-bucket`, or `s3:NAME/` before the key; it need not.
    #[default]
    Header,
    /// By the first segment of the key, always.
    Path,
}
