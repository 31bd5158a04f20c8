use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use lightmill_recipe::video::HlsPart;
use lightmill_recipe::{Fingerprint, PIXEL_EPOCH};
use lightmill_store::{Stat, Style};

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
    /// What the result is kept as: its name, and the limits under which it is made.
    pub(crate) kept_as: Fingerprint,
}

impl Validators {
    /// Those of a file that the result consists of.
    #[must_use]
    pub fn of_part(&self, part: HlsPart) -> Arc<Self> {
        let key = Fingerprint::of([self.key.as_str(), &part.to_string()]);
        Arc::new(Self { etag: tag(&key), key, ..self.clone() })
    }

    /// Those of a text about the result, which may be another one the next time.
    #[must_use]
    pub fn of_text(&self, text: &str) -> Arc<Self> {
        let key = Fingerprint::of([self.key.as_str(), text]);
        Arc::new(Self { etag: tag(&key), key, last_modified: None, ..self.clone() })
    }

    /// Those of a clip that is sent while it is made: the same pictures in other bytes than those that are kept. Its tag is
    /// weak, and is none of what is kept, so that whoever asks again gets the latter.
    #[must_use]
    pub fn growing(&self) -> Arc<Self> {
        Arc::new(Self { etag: format!("W/{}-growing\"", self.etag.trim_end_matches('"')), ..self.clone() })
    }
}

/// The validators that were worked out last: pages ask for the same of the same again and again, and comparing versions
/// takes less time than hashing them.
#[derive(Debug, Default)]
pub(crate) struct Last(Mutex<Option<Arc<Validators>>>);

impl Last {
    fn of(&self, stats: &[Stat]) -> Option<Arc<Validators>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|last| last.stats == stats).map(Arc::clone)
    }

    fn keep(&self, validators: &Arc<Validators>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(validators));
    }
}

impl Job {
    /// The validators of what this job makes of inputs with these `stats` (one for each of [`Job::places`], in order).
    pub fn validators(&self, stats: Vec<Stat>) -> Arc<Validators> {
        match &self.task {
            Task::Original(place) => {
                let epoch = PIXEL_EPOCH.to_string();
                let parts = ["original", epoch.as_str(), place.source.as_str(), place.key.as_str()];
                let key = Fingerprint::of(parts.into_iter().chain(versions(&stats)));
                Arc::new(validators(key.clone(), key, None, stats))
            }
            Task::Transform(transform) => transform.last.of(&stats).unwrap_or_else(|| {
                let analysers = transform.analysers.iter().map(String::as_str);
                let key = transform.prepared.fingerprint(versions(&stats).chain(analysers));
                let kept_as = Fingerprint::of([key.as_str(), transform.scope.as_str()]);
                let validators = Arc::new(validators(key, kept_as, transform.style.as_ref(), stats));
                transform.last.keep(&validators);
                validators
            }),
        }
    }
}

fn versions(stats: &[Stat]) -> impl Iterator<Item = &str> {
    stats.iter().map(|stat| stat.version.as_str())
}

fn validators(key: Fingerprint, kept_as: Fingerprint, style: Option<&Style>, stats: Vec<Stat>) -> Validators {
    let modified = stats.iter().map(|stat| stat.modified).chain(style.map(|style| style.modified));
    // Without the time of one of them it is not known which is the newest.
    let last_modified = modified.collect::<Option<Vec<_>>>().and_then(|times| times.into_iter().max());
    Validators {
        etag: tag(&key),
        key,
        last_modified,
        cache_control: stats.first().and_then(|stat| stat.cache_control.clone()),
        stats,
        kept_as,
    }
}

/// A strong entity tag.
fn tag(key: &Fingerprint) -> String {
    format!("\"{}\"", key.as_str().get(..32).unwrap_or_default())
}
