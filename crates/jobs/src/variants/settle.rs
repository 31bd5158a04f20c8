use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt};
use lightmill_dialects::{self as dialects, Request};
use lightmill_image::Made;
use lightmill_mill::{Asked, Error, Film, Job, KeptFilm, Mill, Rules};
use lightmill_recipe::{Format, Locator};
use lightmill_store::{self as store, Attributes, Content, List, Sink, Source, Stat, Version};

use super::{Id, Name, Standing};

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
    /// Makes what is kept of the object `key` agree with what it is at this moment.
    ///
    /// # Errors
    /// Why that cannot be; of several variants the first. Nothing was written for an object of which any variant cannot be
    /// made.
    pub async fn settle(&self, key: &str) -> Result<Settled, Error> {
        if self.is_own(key) {
            return Ok(Settled::Own);
        }
        for _ in 0..ROUNDS {
            let Some(version) = self.version(key).await? else {
                return Ok(Settled::Gone(self.remove(key, None).await?));
            };
            let id = Id::of(key, &version);
            let written = self.make(key, &id).await;
            if self.version(key).await?.as_ref() != Some(&version) {
                // What was made is of a state that is gone; what went wrong may have, too.
                continue;
            }
            let written = written?;
            self.remove(key, Some(&id)).await?;
            return Ok(Settled::Made(written));
        }
        Err(store::Error::unavailable("the object changes all the time").into())
    }

    /// Whether every variant of the object as it is now is there.
    ///
    /// # Errors
    /// What a store says.
    pub async fn is_settled(&self, key: &str) -> Result<bool, Error> {
        let Some(version) = self.version(key).await? else { return Ok(false) };
        Ok(self.look(key, &version).await? != Standing::Lacking)
    }

    /// Whether the object is a variant itself.
    pub fn is_own(&self, key: &str) -> bool {
        let Target { inside, prefix, .. } = &self.target;
        let below = inside.as_ref().and_then(|inside| key.strip_prefix(inside.as_str())?.strip_prefix(prefix.as_str()));
        below.and_then(Name::read).is_some_and(|name| self.is_configured(&name))
    }

    pub(super) async fn version(&self, key: &str) -> Result<Option<Version>, Error> {
        match self.source.stat(key).await {
            Ok(Stat { version, .. }) => Ok(Some(version)),
            Err(store::Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes all variants, and writes them when all are made; how many.
    async fn make(&self, key: &str, id: &Id) -> Result<usize, Error> {
        let made = self.outcomes(key).await?;
        let writes = made.iter().map(|(i, result)| self.write(&self.variants[*i], key, id, result));
        try_join_all(writes).await?;
        Ok(made.len())
    }

    /// Makes all variants and writes none; how many bytes they have.
    ///
    /// # Errors
    /// As [`Self::settle`].
    pub async fn rehearse(&self, key: &str) -> Result<u64, Error> {
        let made = self.outcomes(key).await?;
        Ok(made.iter().map(|(_, made)| made.bytes()).sum())
    }

    /// All variants, and which they are.
    async fn outcomes(&self, key: &str) -> Result<Vec<(usize, Outcome)>, Error> {
        let deadline = Instant::now() + self.time;
        let jobs = try_join_all(self.variants.iter().map(|variant| self.job(variant, key))).await?;
        let (films, pictures): (Vec<usize>, Vec<usize>) = (0..jobs.len()).partition(|i| jobs[*i].film_type().is_some());
        let of_pictures: Vec<Job> = pictures.iter().map(|i| jobs[*i].clone()).collect();
        let set = self.mill.make_set(&of_pictures, deadline).await?;
        let mut made: Vec<(usize, Outcome)> = Vec::with_capacity(jobs.len());
        for (i, picture) in pictures.into_iter().zip(set.made) {
            made.push((i, Outcome::Picture(picture?)));
        }
        for i in films {
            made.push((i, Outcome::Film(self.film(&jobs[i], deadline).await?)));
        }
        Ok(made)
    }

    async fn job(&self, variant: &Variant, key: &str) -> Result<Job, Error> {
        let request = (variant.request)(&Locator::key(key))?;
        self.mill.resolve(&self.rules, request, Asked::default()).await
    }

    async fn film(&self, job: &Job, deadline: Instant) -> Result<KeptFilm, Error> {
        let validators = self.mill.validators(job).await?;
        match self.mill.film(job, &validators, deadline).await? {
            Film::Kept(kept) => Ok(kept),
            Film::Growing(growing) => {
                tokio::time::timeout_at(deadline.into(), growing.kept()).await.unwrap_or(Err(Error::TimedOut))
            }
        }
    }

    async fn write(&self, variant: &Variant, key: &str, id: &Id, made: &Outcome) -> Result<(), Error> {
        let name = Name { variant: variant.name.clone(), id: id.clone() };
        let (media_type, extension, content) = match made {
            Outcome::Picture(made) => {
                let extension = made.format.map_or("txt", Format::extension);
                (made.content_type, extension, Content::from(made.bytes.clone()))
            }
            Outcome::Film(film) => (film.content_type, film.extension(), film.content().await?),
        };
        let object = format!("{}{}", self.target.prefix, name.below(key, extension));
        let attributes = Attributes { content_type: Some(media_type.to_owned()), ..Attributes::default() };
        Ok(self.target.sink.write(&object, content, &attributes).await?)
    }

    /// Removes what is kept of the object but for that of `keep`; how many.
    async fn remove(&self, key: &str, keep: Option<&Id>) -> Result<usize, Error> {
        if !self.removes {
            return Ok(0);
        }
        let stale = self.names(key).await?.into_iter().filter(|(_, name)| Some(&name.id) != keep);
        self.remove_all(stale.map(|(object, _)| object).collect()).await
    }

    /// Removes these objects of the target; how many they are.
    ///
    /// # Errors
    /// What a store says; some may be gone then.
    pub async fn remove_all(&self, objects: Vec<String>) -> Result<usize, Error> {
        let removals = futures::stream::iter(
            objects.into_iter().map(|object| async move { self.target.sink.remove(&object).await }),
        );
        let removed: Vec<()> = removals.buffer_unordered(AT_A_TIME).try_collect().await?;
        Ok(removed.len())
    }

    /// What is kept of the object, of every state.
    pub(super) async fn names(&self, key: &str) -> Result<Vec<(String, Name)>, Error> {
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

/// What is written.
enum Outcome {
    Picture(Arc<Made>),
    Film(KeptFilm),
}

impl Outcome {
    fn bytes(&self) -> u64 {
        match self {
            Self::Picture(made) => made.bytes.len() as u64,
            Self::Film(film) => film.size,
        }
    }
}
