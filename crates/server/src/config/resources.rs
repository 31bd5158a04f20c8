use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lightmill_recipe::Limits;
use serde::Deserialize;
use toml::{Table, Value};

use super::listeners::seconds;
use super::section::Section;

/// `[permits]`: how much work runs and waits at a time.
#[derive(Debug, Clone)]
pub struct Permits {
    /// Pictures made at a time, each on a thread of its own.
    pub threads: NonZeroUsize,
    /// Estimated bytes of all pictures that are being made.
    pub memory_bytes: u64,
    /// Requests that wait for a permit; one more is refused.
    pub queue_length: usize,
    /// Longest wait for a permit.
    pub queue_time: Duration,
    /// Source objects being read at a time.
    pub fetches: usize,
    /// Bytes of source objects held in memory at a time.
    pub source_memory_bytes: u64,
}

impl Permits {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let default = lightmill_mill::Settings::default();
        let permits = Self {
            threads: section.checked("threads", default.permits.threads, |n| n.get() <= 1024, "is 1 to 1024"),
            memory_bytes: section.checked(
                "memory_bytes",
                default.permits.memory_bytes,
                |n| *n >= A_PICTURE,
                TOO_LITTLE,
            ),
            queue_length: section.checked(
                "queue_length",
                default.permits.queue_length,
                |n| *n <= 1_000_000,
                "is at most 1000000",
            ),
            queue_time: seconds(&mut section, "queue_time", default.permits.queue_time.as_secs_f64()),
            fetches: section.checked("fetches", default.fetches, |n| (1..=100_000).contains(n), "is 1 to 100000"),
            source_memory_bytes: section.checked(
                "source_memory_bytes",
                default.source_memory_bytes,
                |n| *n >= A_PICTURE,
                TOO_LITTLE,
            ),
        };
        section.finish();
        permits
    }
}

/// `[cache]`: what is remembered in memory.
#[derive(Debug, Clone)]
pub struct Cache {
    /// Bytes of results; 0 keeps none.
    pub memory_bytes: u64,
    /// How long the version of a source is taken for granted.
    pub version_time: Duration,
    /// For how long after that it still is, while the source is asked in the background.
    pub stale_time: Duration,
    /// How long it is remembered that an object does not exist, or that a result cannot be made.
    pub error_time: Duration,
    /// The folder of the cache on disk, if there is one.
    pub disk: Option<PathBuf>,
    /// Bytes of that folder.
    pub disk_bytes: u64,
}

impl Cache {
    /// `base`: the folder from which relative paths count.
    pub(super) fn read(mut section: Section<'_>, base: &Path) -> Self {
        let default = lightmill_mill::Settings::default();
        let cache = Self {
            memory_bytes: section.take("memory_bytes", default.memory_cache_bytes),
            version_time: seconds_or_never(&mut section, "version_time", default.version_time),
            stale_time: seconds_or_never(&mut section, "stale_time", default.stale_time),
            error_time: seconds_or_never(&mut section, "error_time", default.error_time),
            disk: section.optional::<PathBuf>("disk").map(|folder| base.join(folder)),
            disk_bytes: section.checked(
                "disk_bytes",
                DISK_BYTES,
                |bytes| *bytes >= 1 << 20,
                "is 1048576 (1 MiB) or more",
            ),
        };
        section.finish();
        cache
    }
}

/// Bytes of the cache on disk by default.
const DISK_BYTES: u64 = 10 << 30;

/// Bytes without which hardly any picture is made.
const A_PICTURE: u64 = 16 << 20;
const TOO_LITTLE: &str = "is 16777216 (16 MiB) or more";

/// As [`seconds`], but may be 0.
pub(super) fn seconds_or_never(section: &mut Section<'_>, key: &str, default: Duration) -> Duration {
    let fits = |value: &f64| (0.0..=86_400.0).contains(value);
    let value = section.checked(key, default.as_secs_f64(), fits, "is a number of seconds, 0 to 86400");
    Duration::from_secs_f64(value)
}

/// `[limits]`, or those of a mount over `base`: each key by itself, so that every mistake is found.
pub(super) fn limits(mut section: Section<'_>, base: &Limits) -> Limits {
    // `Limits` holds only numbers, which TOML can write.
    let mut merged = Table::try_from(base).unwrap_or_default();
    let names: Vec<String> = merged.keys().cloned().collect();
    for name in names {
        let Some(number) = section.optional::<Number>(&name) else { continue };
        let value = match number {
            Number::Integer(number) => Value::Integer(number),
            Number::Float(number) => Value::Float(number),
        };
        let alone: Result<Limits, _> = Table::from_iter([(name.clone(), value.clone())]).try_into();
        match alone {
            Ok(_) if number.is_positive() => {
                merged.insert(name, value);
            }
            Ok(_) => section.mistake(&name, format_args!("{value}"), "is above 0"),
            Err(error) => section.mistake(&name, format_args!("{value}"), error.message().trim()),
        }
    }
    section.finish();
    merged.try_into().unwrap_or_else(|_| base.clone())
}

/// A number of TOML.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged, expecting = "is a number")]
enum Number {
    Integer(i64),
    Float(f64),
}

impl Number {
    fn is_positive(self) -> bool {
        match self {
            Self::Integer(number) => number > 0,
            Self::Float(number) => number > 0.0,
        }
    }
}
