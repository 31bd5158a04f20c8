use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use metrics::{counter, histogram};
use moka::sync::Cache;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::{Error, Style, Styles};

/// Names that are asked for at the same time.
const FETCHES: usize = 64;

/// How long somebody waits who could have a style that is too old.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a style is left alone after it could not be asked for.
const PAUSE: Duration = Duration::from_secs(2);

/// Bytes of an entry beside its texts: hash table, links, times.
const ENTRY_BYTES: usize = 400;

/// How long answers are remembered, and how much of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// After this time a style is not used any more without being asked for; from half of it on that happens while the
    /// known one is given.
    pub time: Duration,
    /// How long it is remembered that a name has no style.
    pub missing_time: Duration,
    /// How long the last good style stays in use while no other can be had.
    pub keep_time: Duration,
    /// Bytes of memory.
    pub memory_bytes: u64,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_mins(1),
            missing_time: Duration::from_secs(5),
            keep_time: Duration::from_hours(24),
            memory_bytes: 16 << 20,
        }
    }
}

/// Styles that are remembered. One question for a name at a time, whoever asks; none is waited for where an answer is
/// known that is young enough, or where the last question failed.
///
/// * `lightmill_style_lookups_total{result}`: `known`, `asked`, or `kept` for an old one in place of an error;
/// * `lightmill_style_fetches_total{outcome}`: `ok`, `missing`, or [`Error::name`];
/// * `lightmill_style_fetch_seconds`.
#[derive(Debug)]
pub struct Cached {
    pub(super) shelf: Arc<Shelf>,
}

#[derive(Debug)]
pub(super) struct Shelf {
    inner: Arc<dyn Styles>,
    limits: CacheLimits,
    pub(super) known: Cache<String, Known>,
    pub(super) asking: Mutex<HashMap<String, Asking>>,
    places: Semaphore,
}

pub(super) type Answer = Result<Option<Style>, Error>;
pub(super) type Asking = Shared<BoxFuture<'static, Answer>>;

/// The last good answer.
#[derive(Debug, Clone)]
pub(super) struct Known {
    style: Option<Style>,
    at: Instant,
    /// When it was last asked for in vain since.
    failed: Option<Instant>,
}

/// What a known answer is good for.
#[derive(Debug, PartialEq, Eq)]
enum Use {
    /// It is given.
    AsItIs,
    /// It is given, and asked for in the background.
    WhileAsking,
    /// It is given where asking fails.
    InNeed,
    /// None.
    Not,
}

impl Known {
    fn use_now(&self, limits: &CacheLimits) -> Use {
        let age = self.at.elapsed();
        if self.style.is_none() {
            return if age < limits.missing_time { Use::AsItIs } else { Use::Not };
        }
        match self.failed {
            _ if age < limits.time / 2 => Use::AsItIs,
            _ if age >= limits.keep_time.max(limits.time) => Use::Not,
            Some(failed) if failed.elapsed() < PAUSE => Use::AsItIs,
            Some(_) => Use::WhileAsking,
            None if age < limits.time => Use::WhileAsking,
            None => Use::InNeed,
        }
    }
}

impl Cached {
    /// `inner`, whose answers are remembered within `limits`.
    pub fn new(inner: Arc<dyn Styles>, limits: CacheLimits) -> Self {
        let known = Cache::builder().max_capacity(limits.memory_bytes).weigher(weight).build();
        let shelf = Shelf { inner, limits, known, asking: Mutex::default(), places: Semaphore::new(FETCHES) };
        Self { shelf: Arc::new(shelf) }
    }
}

#[async_trait]
impl Styles for Cached {
    async fn style(&self, name: &str) -> Result<Option<Style>, Error> {
        let shelf = &self.shelf;
        let known = shelf.known.get(name);
        let (result, answer) = match known.map(|known| (known.use_now(&shelf.limits), known.style)) {
            Some((Use::AsItIs, style)) => ("known", Ok(style)),
            Some((Use::WhileAsking, style)) => {
                drop(shelf.ask(name));
                ("known", Ok(style))
            }
            Some((Use::InNeed, style)) => match timeout(PATIENCE, shelf.ask(name)).await {
                Ok(Ok(answer)) => ("asked", Ok(answer)),
                _ => ("kept", Ok(style)),
            },
            Some((Use::Not, _)) | None => ("asked", shelf.ask(name).await),
        };
        counter!("lightmill_style_lookups_total", "result" => result).increment(1);
        answer
    }
}

impl Shelf {
    /// The answer that is on its way, or a new question. It goes on if nobody waits for it.
    fn ask(self: &Arc<Self>, name: &str) -> Asking {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asked) = asking.get(name) {
            return asked.clone();
        }
        let (shelf, own) = (Arc::clone(self), name.to_owned());
        // It cannot land before it is in the table: landing takes the lock that is held here.
        let task = tokio::spawn(async move {
            let answer = AssertUnwindSafe(shelf.fetch(&own)).catch_unwind().await;
            let answer = answer.unwrap_or_else(|_| Err(Error::unavailable("the styles panicked")));
            shelf.land(&own, &answer);
            answer
        });
        let asked = task.map(|ended| ended.unwrap_or_else(|error| Err(Error::unavailable(error)))).boxed().shared();
        asking.insert(name.to_owned(), asked.clone());
        asked
    }

    async fn fetch(&self, name: &str) -> Answer {
        let _place = self.places.acquire().await.map_err(Error::unavailable)?;
        let start = Instant::now();
        let answer = self.inner.style(name).await;
        let outcome = match &answer {
            Ok(Some(_)) => "ok",
            Ok(None) => "missing",
            Err(error) => error.name(),
        };
        counter!("lightmill_style_fetches_total", "outcome" => outcome).increment(1);
        histogram!("lightmill_style_fetch_seconds").record(start.elapsed());
        answer
    }

    fn land(&self, name: &str, answer: &Answer) {
        match answer {
            Ok(style) => {
                let known = Known { style: style.clone(), at: Instant::now(), failed: None };
                self.known.insert(name.to_owned(), known);
            }
            Err(error) => {
                if let Some(known) = self.known.get(name).filter(|known| known.style.is_some()) {
                    tracing::warn!(style = name, reason = ?error, "the last good style stays in use");
                    self.known.insert(name.to_owned(), Known { failed: Some(Instant::now()), ..known });
                }
            }
        }
        self.asking.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[expect(clippy::ptr_arg, reason = "the signature that the cache asks for")]
fn weight(name: &String, known: &Known) -> u32 {
    let texts = known.style.as_ref().map_or(0, |style| style.text.len() + style.version.len());
    u32::try_from(name.len() + texts + ENTRY_BYTES).unwrap_or(u32::MAX)
}
