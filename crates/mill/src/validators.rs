use std::time::SystemTime;

use lightmill_recipe::{Fingerprint, PIXEL_EPOCH};
use lightmill_store::Stat;

use crate::Job;
use crate::job::Task;

/// What is known about a result before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validators {
    /// The result's name in every cache.
    pub key: Fingerprint,
    /// A strong entity tag (RFC 9110, section 8.8.3) with its quotes.
    pub etag: String,
    /// When the newest of the inputs and the style was changed.
    pub last_modified: Option<SystemTime>,
    /// The `Cache-Control` that the main input's source states.
    pub cache_control: Option<String>,
    /// What is known about each stored input, in the order of the recipe.
    pub stats: Vec<Stat>,
}

impl Job {
    /// The validators of what this job makes of inputs with these `stats` (one for each of [`Job::places`], in order).
    pub fn validators(&self, stats: Vec<Stat>) -> Validators {
        let versions = stats.iter().map(|stat| stat.version.as_str());
        let (key, style) = match &self.task {
            Task::Original(place) => {
                let epoch = PIXEL_EPOCH.to_string();
                let parts = ["original", epoch.as_str(), place.source.as_str(), place.key.as_str()];
                (Fingerprint::of(parts.into_iter().chain(versions)), None)
            }
            Task::Transform(transform) => (transform.prepared.fingerprint(versions), transform.style.as_ref()),
        };
        let modified = stats.iter().map(|stat| stat.modified).chain(style.map(|style| style.modified));
        // Without the time of one of them it is not known which is the newest.
        let last_modified = modified.collect::<Option<Vec<_>>>().and_then(|times| times.into_iter().max());
        Validators {
            etag: format!("\"{}\"", key.as_str().get(..32).unwrap_or_default()),
            key,
            last_modified,
            cache_control: stats.first().and_then(|stat| stat.cache_control.clone()),
            stats,
        }
    }
}
