use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use lightmill_mill::Error;
use lightmill_store::{self as store, Entry, Span};

use super::Walk;
use super::window::Cursor;
use crate::variants::{Name, of_key};

/// Names among which the variants of a page are looked for.
const NAMES: usize = 50_000;

/// Objects with the same stem that are looked through for one whose extension nobody would guess.
const ALIKE: usize = 1000;

/// Objects that are looked for at the same time.
const AT_A_TIME: usize = 16;

/// What objects of which variants are made usually end with; in capitals, too.
const EXTENSIONS: [&str; 26] = [
    "jpg", "jpeg", "png", "webp", "gif", "avif", "heic", "heif", "jxl", "tif", "tiff", "bmp", "ico", "svg", "jpe",
    "jfif", "apng", "mp4", "mov", "m4v", "webm", "mkv", "avi", "mpg", "mpeg", "ts",
];

/// Variants of an object that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// The key that the object had, if it can be told.
    pub key: Option<String>,
    /// The objects of the target.
    pub variants: Vec<String>,
}

/// What was found among some variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphans {
    /// Those of objects that are gone.
    pub gone: Vec<Orphan>,
    /// Variants of which that cannot be told: they stay.
    pub doubtful: u64,
    /// The last name of the target that was looked at.
    pub after: String,
}

/// What became of an object.
enum Whereabouts {
    There,
    Gone(Option<String>),
    Unknown,
}

impl Walk {
    /// What is made of objects that are gone, of those whose keys began with `prefix`: page by page, after the name `after`
    /// of the target; after an error nothing. Only names of variants that are configured are looked at. Where there is no
    /// object at all, nothing is certain: it may be a disk that is not mounted.
    pub fn orphans(&self, prefix: &str, after: Option<String>) -> BoxStream<'static, Result<Orphans, Error>> {
        let cursor = Cursor::new(Arc::clone(&self.list), prefix.to_owned(), self.names);
        let search = Search {
            walk: self.clone(),
            prefix: prefix.to_owned(),
            after,
            entries: None,
            cursor,
            any: None,
            gathered: BTreeMap::new(),
            read: 0,
        };
        let pages = stream::try_unfold(search, |mut search| async move {
            let page = search.next().await?;
            Ok::<_, Error>(page.map(|page| (page, search)))
        });
        pages.boxed()
    }

    /// Removes the variants; how many, and the key of their object if it came back meanwhile.
    ///
    /// # Errors
    /// What a store says.
    pub async fn remove(&self, orphan: Orphan) -> Result<(usize, Option<String>), Error> {
        let named = |object: String| Name::read(&object).map(|name| (object, name));
        let variants: Vec<(String, Name)> = orphan.variants.into_iter().filter_map(named).collect();
        let removed = match &orphan.key {
            Some(key) => self.variants.remove_these(key, variants, false).await?,
            // Of what nobody knows nobody can be told.
            None => self.variants.remove_all(variants).await?,
        };
        let back = match orphan.key {
            Some(key) if self.variants.source.stat(&key).await.is_ok() => Some(key),
            _ => None,
        };
        Ok((removed, back))
    }

    /// What became of the object with this stem, whose names have these digits for its key.
    async fn whereabouts(&self, stem: &str, digits: &str) -> Whereabouts {
        if let Some(key) = guesses(stem).find(|key| of_key(key) == digits) {
            return match self.variants.source.stat(&key).await {
                Ok(_) => Whereabouts::There,
                Err(store::Error::NotFound) => Whereabouts::Gone(Some(key)),
                Err(_) => Whereabouts::Unknown,
            };
        }
        let mut alike = self.list.list(&format!("{stem}.")).take(ALIKE + 1);
        let mut count = 0;
        loop {
            match alike.try_next().await {
                Ok(Some(key)) if is_of(&key, stem) && of_key(&key) == digits => return Whereabouts::There,
                Ok(Some(_)) => count += 1,
                Ok(None) if count <= ALIKE => return Whereabouts::Gone(None),
                Ok(None) | Err(_) => return Whereabouts::Unknown,
            }
        }
    }
}

fn guesses(stem: &str) -> impl Iterator<Item = String> {
    let extensions = EXTENSIONS.iter().flat_map(|extension| [(*extension).to_owned(), extension.to_uppercase()]);
    std::iter::once(stem.to_owned()).chain(extensions.map(move |extension| format!("{stem}.{extension}")))
}

/// Whether the names of what is made of `key` begin with this stem.
fn is_of(key: &str, stem: &str) -> bool {
    Name::beginning(key).strip_suffix('_') == Some(stem)
}

/// On its way through the variants.
struct Search {
    walk: Walk,
    prefix: String,
    /// The last name that was listed.
    after: Option<String>,
    entries: Option<BoxStream<'static, Result<Entry, store::Error>>>,
    cursor: Cursor,
    /// Whether there is any object; `None` until that was looked for.
    any: Option<bool>,
    /// The variants of the next page, by the stem of their object and the digits of its key.
    gathered: BTreeMap<(String, String), Vec<String>>,
    /// The names among which they were.
    read: usize,
}

impl Search {
    /// The next page; `None` after the last.
    async fn next(&mut self) -> Result<Option<Orphans>, Error> {
        let mut attempt = 1;
        let page = loop {
            match self.step().await {
                Ok(page) => break page,
                Err(error) => self.walk.pause(error, attempt).await?,
            }
            attempt += 1;
        };
        self.gathered.clear();
        self.read = 0;
        Ok(page)
    }

    async fn step(&mut self) -> Result<Option<Orphans>, Error> {
        let Self { walk, prefix, after, entries, gathered, read, .. } = self;
        let mut variants: usize = gathered.values().map(Vec::len).sum();
        // Their objects, and what is beside those, are held at a time.
        while variants < (walk.names / 4).max(1) && *read < NAMES {
            let below = format!("{}{prefix}", walk.variants.target.prefix);
            let listed = match entries.take() {
                Some(listed) => listed,
                None => walk.variants.target.list.entries(&Span { after: after.clone(), ..Span::of(below) }),
            };
            match entries.insert(listed).try_next().await {
                Ok(Some(entry)) => {
                    *after = Some(entry.key.clone());
                    *read += 1;
                    if let Some(of) = object(walk, prefix, &entry.key) {
                        gathered.entry(of).or_default().push(entry.key);
                        variants += 1;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    *entries = None;
                    return Err(error.into());
                }
            }
        }
        match self.after.clone().filter(|_| self.read > 0) {
            Some(after) => self.look(after).await.map(Some),
            None => Ok(None),
        }
    }

    async fn look(&mut self, after: String) -> Result<Orphans, Error> {
        let Self { walk, cursor, any, gathered, .. } = self;
        let any = match any {
            Some(any) => *any,
            None => *any.insert(walk.keys("").try_next().await?.is_some()),
        };
        let mut missing = gathered.clone();
        if !any {
            let doubtful = missing.values().map(|names| names.len() as u64).sum();
            return Ok(Orphans { gone: Vec::new(), doubtful, after });
        }
        let stems: BTreeSet<&str> = gathered.keys().map(|(stem, _)| stem.as_str()).collect();
        // A key with such a stem is the stem, or goes on with a point, which is before `/`.
        if let (Some(lowest), Some(end)) = (stems.first(), stems.iter().map(|stem| format!("{stem}/")).max()) {
            let held = cursor.window(lowest, &end).await?;
            let there = held.names().filter_map(|key| {
                let beginning = Name::beginning(key);
                let stem = beginning.strip_suffix('_')?;
                stems.contains(stem).then(|| (stem.to_owned(), of_key(key)))
            });
            let there: BTreeSet<(String, String)> = there.collect();
            missing.retain(|of, _| !there.contains(of));
        }
        let walk = &*walk;
        let looks = missing
            .into_iter()
            .map(|((stem, digits), names)| async move { (names, walk.whereabouts(&stem, &digits).await) });
        let mut found = Orphans { gone: Vec::new(), doubtful: 0, after };
        let mut looks = stream::iter(looks).buffered(AT_A_TIME);
        while let Some((names, whereabouts)) = looks.next().await {
            match whereabouts {
                Whereabouts::There => {}
                Whereabouts::Gone(key) => found.gone.push(Orphan { key, variants: names }),
                Whereabouts::Unknown => found.doubtful += names.len() as u64,
            }
        }
        Ok(found)
    }
}

/// The stem of the object of which `name` is a variant, and the digits of its key; if it is one, that is configured, of an
/// object whose key began with `prefix`.
fn object(walk: &Walk, prefix: &str, name: &str) -> Option<(String, String)> {
    let below = name.strip_prefix(walk.variants.target.prefix.as_str())?;
    let read = Name::read(below).filter(|read| walk.variants.is_configured(read))?;
    let stem = read.stem(below).filter(|stem| !stem.is_empty() && !stem.ends_with('/') && stem.starts_with(prefix))?;
    Some((stem.to_owned(), read.id.key_digits().to_owned()))
}
