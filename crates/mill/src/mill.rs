use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use lightmill_dialects::Request;
use lightmill_image::Fonts;
use lightmill_recipe::{Fingerprint, Formats};
use lightmill_store::disk::DiskCache;
use lightmill_store::{Object, Source, Styles};

use crate::engine::{Engine, Pictures};
use crate::fetch::Fetcher;
use crate::films::{Films, Order};
use crate::flight::Flights;
use crate::hls::Productions;
use crate::job::Task;
use crate::maker::Maker;
use crate::results::{Lasting, Results};
use crate::sink::Sinks;
use crate::version::{self, Versions};
use crate::video;
use crate::{
    Analysers, Asked, Delivered, Error, Film, Growing, Job, KeptFilm, Origin, Persistence, Purge, Purged, Rules,
    Settings, Validators, Videos, Workshop, resolve,
};

/// Sources by their configured name.
pub type Sources = HashMap<String, Arc<dyn Source>>;

/// Where objects, results and styles are, and who knows what is in pictures. Clones are the same stores.
#[derive(Debug, Clone, Default)]
pub struct Stores {
    /// Where objects are read.
    pub sources: Sources,
    /// Where results are saved.
    pub sinks: Sinks,
    /// Recipes by name.
    pub styles: Option<Arc<dyn Styles>>,
    /// Who is asked what is in a picture.
    pub analysers: Analysers,
    /// Who works on videos.
    pub videos: Option<Videos>,
}

/// The road, with everything that requests share: permits, caches, threads. Clones are the same mill.
#[derive(Debug, Clone)]
pub struct Mill {
    pub(crate) shared: Arc<Shared>,
}

/// One file for each of these, in the order of the road.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) stores: Stores,
    pub(crate) versions: Versions,
    pub(crate) results: Arc<Results>,
    flights: Arc<Flights<Fingerprint, Delivered>>,
    films: Films,
    pub(crate) productions: Productions,
    pub(crate) fetcher: Fetcher,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) workshop: Workshop,
    pub(crate) formats: Formats,
}

impl Mill {
    /// A mill over `stores` that works in `workshop`, as the analysers of this machine do, and keeps results in
    /// `persistence`.
    pub fn new(
        settings: &Settings,
        workshop: Workshop,
        stores: Stores,
        fonts: Fonts,
        persistence: Persistence,
    ) -> Self {
        Self::with_engine(settings, workshop, stores, persistence, Arc::new(Pictures::new(fonts, settings.formats)))
    }

    pub(crate) fn with_engine(
        settings: &Settings,
        workshop: Workshop,
        stores: Stores,
        persistence: Persistence,
        engine: Arc<dyn Engine>,
    ) -> Self {
        let shared = Shared {
            versions: Versions::new(stores.sources.clone(), settings),
            results: Arc::new(Results::new(settings, persistence)),
            flights: Arc::default(),
            films: Films::default(),
            productions: Productions::default(),
            fetcher: Fetcher::new(stores.sources.clone(), settings),
            engine,
            workshop,
            formats: settings.formats,
            stores,
        };
        Self { shared: Arc::new(shared) }
    }

    /// A mill that takes this one's place when the configuration changes, with other stores and fonts. Threads,
    /// permits and the places where results are kept are this one's, whatever `settings` say about them: what runs on both
    /// together is bounded as before. With `keep_results` what is in memory and what is being made is shared, too; that is only right if every
    /// source of this mill is the same in the other one, or is not there, and never comes back as another.
    #[must_use]
    pub fn renewed(&self, settings: &Settings, stores: Stores, fonts: Fonts, keep_results: bool) -> Self {
        let old = &self.shared;
        let (results, flights) = if keep_results {
            (Arc::clone(&old.results), Arc::clone(&old.flights))
        } else {
            (Arc::new(old.results.renewed(settings)), Arc::default())
        };
        let (films, productions) = if keep_results {
            (old.films.clone(), old.productions.clone())
        } else {
            (old.films.renewed(), old.productions.renewed())
        };
        let shared = Shared {
            versions: Versions::new(stores.sources.clone(), settings),
            results,
            flights,
            films,
            productions,
            fetcher: old.fetcher.reading(stores.sources.clone()),
            engine: Arc::new(Pictures::new(fonts, settings.formats)),
            workshop: old.workshop.clone(),
            formats: settings.formats,
            stores,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Where this mill works, and whatever takes its place.
    pub fn workshop(&self) -> &Workshop {
        &self.shared.workshop
    }

    /// A request as a job: styles are looked up, and sources, originals and counts checked against `rules`.
    pub async fn resolve(&self, rules: &Arc<Rules>, mut request: Request, asked: Asked<'_>) -> Result<Job, Error> {
        let was_looked_up = self.find_uploads(rules, &mut request).await?;
        let job = resolve::resolve(&self.shared.stores, rules, request, asked).await?;
        Ok(Job { was_looked_up, ..job })
    }

    /// What is known about the result without doing the work: every input's version is asked for, or remembered.
    pub async fn validators(&self, job: &Job) -> Result<Arc<Validators>, Error> {
        let stats = self.shared.versions.of(job.places()).await;
        Ok(job.validators(stats.map_err(|(index, error)| job.blamed(index, error))?))
    }

    /// The result, which is made if it is not in memory. `validators` are those of [`Mill::validators`] for this job.
    ///
    /// Dropping the future leaves the work to others who wait for it, or ends it if nobody does. `deadline` is the
    /// caller's own; the work itself may take [`lightmill_recipe::Limits::time`], whoever waits for it.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after `deadline`; [`Error::Busy`] if there is too much to do; whatever the inputs or the
    /// wish are at fault for. Everyone who waits for the same result gets the same error.
    pub async fn make(&self, job: &Job, validators: &Arc<Validators>, deadline: Instant) -> Result<Delivered, Error> {
        let Task::Transform(transform) = &job.task else {
            return Err(Error::internal("an original is read, not made"));
        };
        if job.film_type().is_some() {
            return Err(Error::VideoNotServed);
        }
        if let Some(known) = self.shared.results.remembered(&validators.kept_as) {
            return Ok(counted(Delivered::found(known?, Arc::clone(validators), Origin::Memory)));
        }
        let (waiting, joined) = self.shared.flights.join(&validators.kept_as, || {
            let maker = Maker {
                shared: Arc::clone(&self.shared),
                job: job.clone(),
                transform: Arc::clone(transform),
                validators: Arc::clone(validators),
            };
            maker.make()
        });
        let mut delivered = match tokio::time::timeout_at(deadline.into(), waiting).await {
            Ok(delivered) => delivered?,
            Err(_) => return Err(Error::TimedOut),
        };
        if joined {
            delivered.from = Origin::Joined;
        }
        Ok(counted(delivered))
    }

    /// The clip that the job wants: as it is kept, or from when its first bytes are there. `validators` are those of
    /// [`Mill::validators`] for this job.
    ///
    /// # Errors
    /// As [`Mill::make`]. What goes wrong later ends [`Growing::body`].
    pub async fn film(&self, job: &Job, validators: &Validators, deadline: Instant) -> Result<Film, Error> {
        let key = &validators.kept_as;
        if let Some(Err(error)) = self.shared.results.remembered(key) {
            return Err(error);
        }
        if let Some(kept) = self.kept_film(job, validators).await {
            kept.from.count();
            return Ok(Film::Kept(kept));
        }
        let order = self.order(job, validators).await?;
        let content_type = order.wish.container().media_type();
        let (take, joined) = self.shared.films.join(key, || order);
        match tokio::time::timeout_at(deadline.into(), take.begun()).await {
            Ok(begun) => begun?,
            Err(_) => return Err(Error::TimedOut),
        }
        let from = if joined { Origin::Joined } else { Origin::Fresh };
        from.count();
        Ok(Film::Growing(Growing { content_type, from, take }))
    }

    /// The clip that the job wants, if it was made before.
    pub async fn kept_film(&self, job: &Job, validators: &Validators) -> Option<KeptFilm> {
        let Task::Transform(transform) = &job.task else { return None };
        let lasting = self.lasting().await;
        self.shared.films.find(&validators.kept_as, &transform.labels(), &lasting).await
    }

    async fn lasting(&self) -> Lasting {
        self.shared.results.lasting(self.spare().await)
    }

    /// Where clips are kept if no other disk is configured.
    async fn spare(&self) -> Option<&DiskCache> {
        match &self.shared.stores.videos {
            Some(videos) => videos.kept().await,
            None => None,
        }
    }

    pub(crate) async fn order(&self, job: &Job, validators: &Validators) -> Result<Order, Error> {
        let wish = job.recipe().and_then(video::clip_of).ok_or_else(|| Error::internal("no video is wanted"))?;
        let (Task::Transform(transform), Some(stat)) = (&job.task, validators.stats.first()) else {
            return Err(Error::internal("a video without a place"));
        };
        let place = transform.places.first().ok_or_else(|| Error::internal("a video without a place"))?;
        let Stores { sources, videos, .. } = &self.shared.stores;
        Ok(Order {
            videos: videos.clone().ok_or(Error::VideoNotServed)?,
            source: Arc::clone(version::source(sources, place)?),
            place: place.clone(),
            stat: stat.clone(),
            wish: wish.clone(),
            results: Arc::clone(&self.shared.results),
            lasting: self.lasting().await,
            key: validators.kept_as.clone(),
            labels: transform.labels(),
        })
    }

    /// The main input as it is stored, or a range of it, as a stream. [`Job::validators`] of its stat belong to it.
    pub async fn original(&self, job: &Job, range: Option<Range<u64>>) -> Result<Object, Error> {
        let place = job.places().first().ok_or_else(|| Error::internal("a job without input"))?;
        let start = Instant::now();
        let answer = version::source(&self.shared.stores.sources, place)?.read(&place.key, range).await;
        let stat = answer.as_ref().map(|object| object.stat.clone()).map_err(Clone::clone);
        self.shared.versions.remember(place, stat, start);
        Ok(answer?)
    }

    /// Whether a source of this name is configured.
    pub fn has_source(&self, name: &str) -> bool {
        self.shared.stores.sources.contains_key(name)
    }

    pub(crate) fn sinks(&self) -> &Sinks {
        &self.shared.stores.sinks
    }

    /// Forgets what is known about objects.
    pub(crate) fn forget(&self, purge: &Purge) {
        self.shared.versions.forget(purge);
    }

    /// Forgets results, and what is known about objects. What is being made meanwhile is kept.
    pub async fn purge(&self, purge: &Purge) -> Purged {
        self.forget(purge);
        let purged = self.shared.results.purge(purge, self.spare().await).await;
        self.shared.films.forget();
        self.shared.productions.forget();
        tracing::info!(?purge, ?purged, "results were purged");
        purged
    }

    /// Keeps nothing more, and waits until what was made is written to where it is kept. For the end of the process.
    pub async fn settle(&self) {
        self.shared.productions.settle().await;
        self.shared.films.settle().await;
        self.shared.results.settle().await;
    }
}

fn counted(delivered: Delivered) -> Delivered {
    delivered.from.count();
    delivered
}
