use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures::future::try_join_all;
use lightmill_dialects::{Wish, oss};
use lightmill_image::{Made, Probe};
use lightmill_mill::{Asked, Error, Film, Job, KeptFilm};
use lightmill_recipe::{Format, Locator, Output, Placeholder, Recipe};
use lightmill_store::{Attributes, Content, Stat};

use super::record::size;
use super::{Id, MANIFEST, Name, Original, Record, StandIn, Variant, Variants, Written};

/// What was made of an object.
pub(super) struct MadeOf {
    /// Variants.
    pub(super) count: usize,
    /// What is known of it, if anybody wants to know.
    pub(super) record: Option<Record>,
}

/// What was made of an object, before it is written.
struct Outcomes {
    /// What was asked for, in the order of the variants.
    jobs: Vec<Job>,
    /// Which variant each is.
    made: Vec<(usize, Outcome)>,
    stand_in: Option<StandIn>,
    /// What the picture is; none of a video.
    probe: Option<Probe>,
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

impl Variants {
    /// Makes all variants, and writes them when all are made.
    pub(super) async fn make(&self, key: &str, id: &Id, stat: &Stat) -> Result<MadeOf, Error> {
        let Outcomes { jobs, made, stand_in, probe } = self.outcomes(key).await?;
        let writes = made.iter().map(|(i, result)| self.write(&self.variants[*i], key, id, result));
        let written = try_join_all(writes).await?;
        let count = written.len();
        let original = match probe {
            _ if !self.records() => None,
            Some(probe) => Some(Original::picture(&probe)),
            None => self.video(&jobs, stat).await?,
        };
        let record = original.map(|original| Record::new(key, stat, (original, stand_in, written)));
        Ok(MadeOf { count, record })
    }

    /// Makes all variants and writes none; how many bytes they have.
    ///
    /// # Errors
    /// As [`Self::settle`].
    pub async fn rehearse(&self, key: &str) -> Result<u64, Error> {
        let Outcomes { made, .. } = self.outcomes(key).await?;
        Ok(made.iter().map(|(_, made)| made.bytes()).sum())
    }

    async fn outcomes(&self, key: &str) -> Result<Outcomes, Error> {
        let deadline = Instant::now() + self.time;
        let jobs = try_join_all(self.variants.iter().map(|variant| self.job(variant, key))).await?;
        let (films, pictures): (Vec<usize>, Vec<usize>) = (0..jobs.len()).partition(|i| jobs[*i].film_type().is_some());
        let mut of_pictures: Vec<Job> = pictures.iter().map(|i| jobs[*i].clone()).collect();
        let is_video = jobs.iter().any(|job| job.recipe().is_some_and(Recipe::reads_video));
        if self.records() && !is_video {
            // Decoded from the bytes that were read for the others.
            of_pictures.push(self.stand_in(key).await?);
        }
        let set = self.mill.make_set(&of_pictures, deadline).await?;
        let mut made: Vec<(usize, Outcome)> = Vec::with_capacity(jobs.len());
        let mut results = set.made.into_iter();
        for (i, picture) in pictures.into_iter().zip(results.by_ref()) {
            made.push((i, Outcome::Picture(picture?)));
        }
        let stand_in = match results.next() {
            None => None,
            Some(Ok(made)) => Some(StandIn::thumb_hash(String::from_utf8_lossy(&made.bytes).into_owned())),
            // A picture of which that cannot be made can be told of all the same.
            Some(Err(error)) if error.is_lasting() && set.probe.is_some() => {
                tracing::warn!(key, %error, "nothing stands for the picture");
                None
            }
            Some(Err(error)) => return Err(error),
        };
        for i in films {
            made.push((i, Outcome::Film(self.film(&jobs[i], deadline).await?)));
        }
        made.sort_by_key(|(i, _)| *i);
        Ok(Outcomes { jobs, made, stand_in, probe: set.probe })
    }

    /// What the videos are that `jobs` make something of: they have looked at it.
    async fn video(&self, jobs: &[Job], stat: &Stat) -> Result<Option<Original>, Error> {
        let Some(place) = jobs.iter().find_map(|job| job.places().first()) else { return Ok(None) };
        let facts = self.mill.video_facts(place, stat).await?;
        Ok(Some(Original::video(&facts, stat)))
    }

    /// Writes what tells of everything else that was written.
    pub(super) async fn write_manifest(&self, key: &str, id: &Id, record: &Record) -> Result<(), Error> {
        let text = serde_json::to_vec_pretty(record).map_err(|error| Error::Internal { detail: error.to_string() })?;
        let name = Name { variant: MANIFEST.to_owned(), id: id.clone() };
        self.write_as(&name.below(key, "json"), Bytes::from(text).into(), "application/json").await.map(drop)
    }

    async fn job(&self, variant: &Variant, key: &str) -> Result<Job, Error> {
        let request = (variant.request)(&Locator::key(key))?;
        self.mill.resolve(&self.rules, request, Asked::default()).await
    }

    /// The `ThumbHash` of the picture, upright.
    async fn stand_in(&self, key: &str) -> Result<Job, Error> {
        let options = oss::Options::default();
        let mut request = oss::parse_actions("image/auto-orient,1", &Locator::key(key), None, &options)?;
        if let Wish::Transform(recipe) = &mut request.wish {
            recipe.outputs = vec![Output::Placeholder(Placeholder::ThumbHash)];
        }
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

    async fn write(&self, variant: &Variant, key: &str, id: &Id, made: &Outcome) -> Result<Written, Error> {
        let name = Name { variant: variant.name.clone(), id: id.clone() };
        let (media_type, extension, content) = match made {
            Outcome::Picture(made) => {
                let extension = made.format.map_or("txt", Format::extension);
                (made.content_type, extension, Content::from(made.bytes.clone()))
            }
            Outcome::Film(film) => (film.content_type, film.extension(), film.content().await?),
        };
        let (size, bytes, quality) = match made {
            Outcome::Picture(made) => (size(made), made.bytes.len() as u64, made.quality),
            Outcome::Film(film) => (None, film.size, None),
        };
        Ok(Written {
            name: name.variant.clone(),
            key: self.write_as(&name.below(key, extension), content, media_type).await?,
            content_type: media_type.to_owned(),
            width: size.map(|size| size.width),
            height: size.map(|size| size.height),
            bytes,
            quality,
        })
    }

    /// The key under which it was written.
    async fn write_as(&self, name: &str, content: Content, media_type: &str) -> Result<String, Error> {
        let object = format!("{}{name}", self.target.prefix);
        let attributes = Attributes { content_type: Some(media_type.to_owned()), ..Attributes::default() };
        self.target.sink.write(&object, content, &attributes).await?;
        Ok(object)
    }
}
