use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use lightmill_dialects::{self as dialects, Request};
use lightmill_mill::{Error, Mill, Rules};
use lightmill_recipe::Locator;
use lightmill_store::{self as store, List, Sink, Source, Stat};

use super::{Id, Name, Standing};
use crate::notices::Notices;

/// How often an object is looked at again that changes while its variants are made.
const ROUNDS: usize = 3;

/// Stale variants that are removed at the same time.
const AT_A_TIME: usize = 8;

/// What is asked for of the object at a place.
pub type Wish = Box<dyn Fn(&Locator) -> Result<Request, dialects::Error> + Send + Sync>;

/// What is made of every object.
pub struct Variant {
    /// Its name ([`super::name::is_variant`]).
    pub name: String,
    /// What is asked for of the object that is named.
    pub request: Wish,
}

/// Where variants are written.
#[derive(Debug, Clone)]
pub struct Target {
    /// Writes them.
    pub sink: Arc<dyn Sink>,
    /// Lists them.
    pub list: Arc<dyn List>,
    /// What stands before every name.
    pub prefix: String,
    /// What stands before the prefix where variants lie among the objects, which are told from them by their names; `None`
    /// where they lie elsewhere.
    pub inside: Option<String>,
}

/// Makes the variants of the objects of a source.
pub struct Variants {
    /// What makes them.
    pub mill: Mill,
    /// What is allowed, and the limits; its first source is that of the objects.
    pub rules: Arc<Rules>,
    /// The objects.
    pub source: Arc<dyn Source>,
    /// Where variants are written.
    pub target: Target,
    /// What is made.
    pub variants: Vec<Variant>,
    /// Whether variants of states that an object has no more are removed.
    pub removes: bool,
    /// Whether there is a manifest beside the variants of each object, written after them.
    pub manifest: bool,
    /// Who is told; nobody without it.
    pub notices: Option<Arc<Notices>>,
    /// How long all variants of one object may take.
    pub time: Duration,
}

/// What was done about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// So many variants are there.
    Made(usize),
    /// There is no such object; so many variants were removed.
    Gone(usize),
    /// It is a variant itself.
    Own,
}

impl Variants {
    /// Makes what is kept of the object `key` agree with what it is at this moment, and has it be told: durably when this
    /// returns, and of removals before they begin.
    ///
    /// # Errors
    /// Why that cannot be; of several variants the first. Nothing was written for an object of which any variant cannot be
    /// made.
    pub async fn settle(&self, key: &str) -> Result<Settled, Error> {
        if self.is_own(key) {
            return Ok(Settled::Own);
        }
        for _ in 0..ROUNDS {
            let Some(stat) = self.stat(key).await? else {
                let removed = self.remove(key, None).await?;
                if self.stat(key).await?.is_none() {
                    return Ok(Settled::Gone(removed));
                }
                // It is there again, and what somebody else made of it may just have been removed.
                continue;
            };
            let id = Id::of(key, &stat.version);
            let made = self.make(key, &id, &stat).await;
            let now = self.stat(key).await?;
            if now.as_ref().map(|now| &now.version) != Some(&stat.version) {
                // What was made is of a state that is gone; what went wrong may have, too.
                continue;
            }
            let made = made?;
            if let Some(record) = &made.record {
                if self.manifest {
                    self.write_manifest(key, &id, record).await?;
                }
                self.tell_made(&stat, record).await?;
            }
            self.remove(key, Some(&id)).await?;
            return Ok(Settled::Made(made.count));
        }
        Err(store::Error::unavailable("the object changes all the time").into())
    }

    /// Whether every variant of the object as it is now is there, its manifest if there is to be one, and none of any other
    /// state.
    ///
    /// # Errors
    /// What a store says.
    pub async fn is_settled(&self, key: &str) -> Result<bool, Error> {
        let Some(stat) = self.stat(key).await? else { return Ok(false) };
        Ok(match self.look(key, &stat.version).await? {
            Standing::Whole => true,
            Standing::Cluttered => !self.removes,
            Standing::Lacking => false,
        })
    }

    /// Whether the object is a variant itself, or a manifest.
    pub fn is_own(&self, key: &str) -> bool {
        let Target { inside, prefix, .. } = &self.target;
        let below = inside.as_ref().and_then(|inside| key.strip_prefix(inside.as_str())?.strip_prefix(prefix.as_str()));
        below.and_then(Name::read).is_some_and(|name| self.is_configured(&name))
    }

    pub(super) async fn stat(&self, key: &str) -> Result<Option<Stat>, Error> {
        match self.source.stat(key).await {
            Ok(stat) => Ok(Some(stat)),
            Err(store::Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes what is kept of the object but for that of `keep`; how many.
    async fn remove(&self, key: &str, keep: Option<&Id>) -> Result<usize, Error> {
        if !self.removes {
            return Ok(0);
        }
        let mut stale = self.names(key).await?;
        stale.retain(|(_, name)| Some(&name.id) != keep);
        self.remove_these(key, stale, keep.is_some()).await
    }

    /// Removes what is kept of the object under these names, and has that be told; how many. `replaced`: whether the object has
    /// another state.
    pub(crate) async fn remove_these(
        &self,
        key: &str,
        stale: Vec<(String, Name)>,
        replaced: bool,
    ) -> Result<usize, Error> {
        self.tell_removed(key, &stale, replaced).await?;
        self.remove_all(stale).await
    }

    /// Removes these objects of the target; how many they are. After an error some may be gone.
    pub(crate) async fn remove_all(&self, objects: Vec<(String, Name)>) -> Result<usize, Error> {
        let removals = objects.into_iter().map(|(object, _)| async move { self.target.sink.remove(&object).await });
        let removals = futures::stream::iter(removals);
        let removed: Vec<()> = removals.buffer_unordered(AT_A_TIME).try_collect().await?;
        Ok(removed.len())
    }

    /// What is kept of the object, of every state.
    pub(crate) async fn names(&self, key: &str) -> Result<Vec<(String, Name)>, Error> {
        let Target { list, prefix, .. } = &self.target;
        let mut objects = list.list(&format!("{prefix}{}", Name::beginning(key)));
        let mut names = Vec::new();
        while let Some(object) = objects.try_next().await? {
            // Not in folders below, whose names begin so by chance.
            if let Some(name) = Name::read(&object).filter(|name| name.is_of(key)) {
                names.push((object, name));
            }
        }
        Ok(names)
    }
}
