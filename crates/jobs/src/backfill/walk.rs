use std::collections::HashMap;
use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use lightmill_mill::{Error, ErrorKind};
use lightmill_store::{self as store, Entry, List, Span, Version};

use super::window::{Cursor, Held};
use crate::Backoff;
use crate::variants::{Id, Name, Seen, Standing, Variants, of_key};

/// Objects of a page.
const PAGE: usize = 1000;

/// Names that are held of the other place at most.
const NAMES: usize = 20_000;

/// Objects that are asked about one by one at the same time.
const AT_A_TIME: usize = 16;

/// Goes through everything that is there. Clones go the same way.
#[derive(Clone)]
pub struct Walk {
    /// What is made of the objects, and where they and it are.
    pub variants: Arc<Variants>,
    /// Lists the objects.
    pub list: Arc<dyn List>,
    /// Whether what begins with a point, or lies in a folder that does, is no object.
    pub skips_hidden: bool,
    /// How often a place is asked that fails for a reason that passes.
    pub attempts: u32,
    pub(super) backoff: Backoff,
    pub(super) page: usize,
    pub(super) names: usize,
}

/// An object, and what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// Its key.
    pub key: String,
    /// Its bytes, as far as that is known.
    pub size: Option<u64>,
    /// What is kept of it.
    pub standing: Standing,
}

impl Walk {
    /// A walk through what `list` lists.
    pub fn new(variants: Arc<Variants>, list: Arc<dyn List>, skips_hidden: bool, attempts: u32) -> Self {
        // Twice the names that belong to a page.
        let page = (NAMES / 2 / variants.variants.len().max(1)).clamp(1, PAGE);
        Self { variants, list, skips_hidden, attempts, backoff: Backoff::default(), page, names: NAMES }
    }

    /// Whether variants are made of what has this key.
    pub fn is_object(&self, key: &str) -> bool {
        let is_hidden = || key.split('/').any(|segment| segment.starts_with('.'));
        !(self.variants.is_own(key) || self.skips_hidden && is_hidden())
    }

    /// The keys of the objects that begin with `prefix`, and nothing else about them.
    pub fn keys(&self, prefix: &str) -> BoxStream<'static, Result<String, store::Error>> {
        let walk = self.clone();
        self.list.list(prefix).try_filter(move |key| std::future::ready(walk.is_object(key))).boxed()
    }

    /// The objects that begin with `prefix`, in the order of the listing, after the key `after`; after an error nothing. Where
    /// the target lists in an order of its own, [`Standing::Whole`] may be [`Standing::Cluttered`].
    pub fn objects(&self, prefix: &str, after: Option<String>) -> BoxStream<'static, Result<Looked, Error>> {
        let target = &self.variants.target;
        let below = format!("{}{prefix}", target.prefix);
        // The names of what is made of `a/b` need not begin with `a/b`, but with all that is before its stem.
        let above = below.rsplit_once('/').map_or("", |(above, _)| above);
        let above = if above.is_empty() { String::new() } else { format!("{above}/") };
        let cursor = Cursor::new(Arc::clone(&target.list), above, self.names);
        let objects = Objects {
            walk: self.clone(),
            prefix: prefix.to_owned(),
            after,
            entries: None,
            gathered: Vec::new(),
            cursor,
        };
        let pages = stream::try_unfold(objects, |mut objects| async move {
            let page = objects.next().await?;
            Ok::<_, Error>(page.map(|page| (stream::iter(page.into_iter().map(Ok)), objects)))
        });
        pages.try_flatten().boxed()
    }

    /// Waits before another attempt than the one that failed; not if that makes no sense.
    pub(super) async fn pause(&self, error: Error, attempt: u32) -> Result<(), Error> {
        if attempt >= self.attempts || !passes(&error) {
            return Err(error);
        }
        let after = self.backoff.after(attempt);
        tracing::warn!(%error, ?after, "a listing is tried again");
        tokio::time::sleep(after).await;
        Ok(())
    }
}

fn passes(error: &Error) -> bool {
    !matches!(error, Error::Store(store::Error::Unusable { .. }))
        && matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::TimedOut)
}

/// On its way through the objects.
struct Objects {
    walk: Walk,
    prefix: String,
    /// The last key that was listed.
    after: Option<String>,
    entries: Option<BoxStream<'static, Result<Entry, store::Error>>>,
    /// Those of the next page.
    gathered: Vec<Entry>,
    cursor: Cursor,
}

/// An object of a page.
struct Asked {
    key: String,
    size: Option<u64>,
    version: Version,
    /// How the names of what is made of it begin, and what comes after all of them.
    beginning: String,
    end: String,
    seen: Seen,
}

impl Objects {
    /// The next page; `None` after the last.
    async fn next(&mut self) -> Result<Option<Vec<Looked>>, Error> {
        let mut attempt = 1;
        let page = loop {
            match self.step().await {
                Ok(page) => break page,
                Err(error) => self.walk.pause(error, attempt).await?,
            }
            attempt += 1;
        };
        self.gathered.clear();
        Ok(page)
    }

    async fn step(&mut self) -> Result<Option<Vec<Looked>>, Error> {
        let Self { walk, prefix, after, entries, gathered, .. } = self;
        while gathered.len() < walk.page {
            let span = || Span { prefix: prefix.clone(), after: after.clone(), details: true };
            let listed = match entries.take() {
                Some(listed) => listed,
                None => walk.list.entries(&span()),
            };
            let listed = entries.insert(listed);
            match listed.try_next().await {
                Ok(Some(entry)) => {
                    *after = Some(entry.key.clone());
                    if walk.is_object(&entry.key) {
                        gathered.push(entry);
                    }
                }
                Ok(None) if gathered.is_empty() => return Ok(None),
                Ok(None) => break,
                Err(error) => {
                    // The next attempt goes on after the last key.
                    *entries = None;
                    return Err(error.into());
                }
            }
        }
        self.look().await.map(Some)
    }

    /// What is kept of each object of the page.
    async fn look(&mut self) -> Result<Vec<Looked>, Error> {
        let Self { walk, gathered, cursor, .. } = self;
        let variants = &*walk.variants;
        let states = stream::iter(gathered.clone().into_iter().map(|entry| async move {
            match entry.version {
                Some(version) => Ok((entry.size, version)),
                None => variants.source.stat(&entry.key).await.map(|stat| (Some(stat.size), stat.version)),
            }
        }));
        let states: Vec<_> = states.buffered(AT_A_TIME).collect().await;
        let (mut looked, mut asked): (Vec<Option<Looked>>, Vec<(usize, Asked)>) = (Vec::new(), Vec::new());
        for (entry, state) in gathered.iter().zip(states) {
            let place = looked.len();
            looked.push(match state {
                Ok((size, version)) => {
                    asked.push((place, Asked::of(&entry.key, size, version, variants)));
                    None
                }
                // It went meanwhile.
                Err(store::Error::NotFound) => continue,
                // Whoever makes its variants is told why that cannot be.
                Err(_) => Some(Looked { key: entry.key.clone(), size: entry.size, standing: Standing::Lacking }),
            });
        }
        let (Some(lowest), Some(end)) = (
            asked.iter().map(|(_, asked)| &asked.beginning).min().cloned(),
            asked.iter().map(|(_, asked)| &asked.end).max().cloned(),
        ) else {
            return Ok(looked.into_iter().flatten().collect());
        };
        let held = cursor.window(&lowest, &end).await?;
        see(&mut asked, held, variants);
        let looks = asked.into_iter().map(|(place, asked)| async move {
            let known = held.knows(&asked.beginning, &asked.end);
            let standing = match asked.seen.standing() {
                standing if known => standing,
                Standing::Cluttered => Standing::Cluttered,
                // What may be kept of other states, besides, is not worth a request for each object.
                Standing::Whole if !variants.target.list.seeks() => Standing::Whole,
                _ => variants.look(&asked.key, &asked.version).await?,
            };
            Ok::<_, Error>((place, Looked { key: asked.key, size: asked.size, standing }))
        });
        let found: Vec<(usize, Looked)> = stream::iter(looks).buffered(AT_A_TIME).try_collect().await?;
        for (place, of_one) in found {
            looked[place] = Some(of_one);
        }
        Ok(looked.into_iter().flatten().collect())
    }
}

impl Asked {
    fn of(key: &str, size: Option<u64>, version: Version, variants: &Variants) -> Self {
        let beginning = format!("{}{}", variants.target.prefix, Name::beginning(key));
        // What comes after `_`.
        let end = format!("{}`", &beginning[..beginning.len() - 1]);
        let seen = Seen::nothing(Id::of(key, &version), variants);
        Self { key: key.to_owned(), size, version, beginning, end, seen }
    }
}

/// Has the objects see those of the names that are theirs.
fn see(asked: &mut [(usize, Asked)], held: &Held, variants: &Variants) {
    let mut places: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (i, (_, asked)) in asked.iter().enumerate() {
        let stem = asked.beginning[..asked.beginning.len() - 1].to_owned();
        places.entry((stem, of_key(&asked.key))).or_default().push(i);
    }
    for object in held.names() {
        let Some(name) = Name::read(object) else { continue };
        let Some(stem) = name.stem(object) else { continue };
        for i in places.get(&(stem.to_owned(), name.id.key_digits().to_owned())).into_iter().flatten() {
            asked[*i].1.seen.see(&name, variants);
        }
    }
}
