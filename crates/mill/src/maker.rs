use std::sync::Arc;
use std::time::{Duration, Instant};

use lightmill_image::{Cancel, Made};

use crate::analysis::{Looked, look};
use crate::fetch::Fetched;
use crate::job::Transform;
use crate::mill::Shared;
use crate::results::Labels;
use crate::video::{Still, Video, Whole};
use crate::{Degraded, Delivered, Error, Job, Origin, Timings, Validators, version};

/// Makes one result, for everyone who waits for it.
pub(crate) struct Maker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) job: Job,
    pub(crate) transform: Arc<Transform>,
    /// What was known when the first of them asked.
    pub(crate) validators: Arc<Validators>,
}

impl Maker {
    /// Makes the result, within the time that the limits allow. Dropping the future ends the work.
    pub(crate) async fn make(self) -> Result<Delivered, Error> {
        let start = Instant::now();
        // A limit that no clock can show is no limit; a day is none either.
        let deadline = start.checked_add(self.job.rules.limits.time).unwrap_or(start + Duration::from_hours(24));
        // Another maker may have landed between the look into the cache and the start of this one.
        if let Some(known) = self.shared.results.remembered(&self.validators.kept_as) {
            return Ok(Delivered::found(known?, self.validators, Origin::Memory));
        }
        let cancel = Cancel::with_deadline(deadline);
        tokio::time::timeout_at(deadline.into(), self.work(&cancel)).await.unwrap_or(Err(Error::TimedOut))
    }

    async fn work(&self, cancel: &Cancel) -> Result<Delivered, Error> {
        let (shared, transform, limits) = (&self.shared, &self.transform, &self.job.rules.limits);
        let labels = transform.labels();
        if let Some((made, from)) = shared.results.find(&self.validators.kept_as, &labels, limits.result_bytes).await {
            return Ok(Delivered::found(made, Arc::clone(&self.validators), from));
        }
        if let Some(wish) = Whole::of(&transform.recipe) {
            return self.make_whole(&wish, &labels).await;
        }
        let start = Instant::now();
        let Fetched { inputs, stats, held } =
            shared.inputs(transform, &self.validators.stats, limits).await.inspect_err(|error| {
                shared.results.keep_error(self.validators.kept_as.clone(), error);
            })?;
        let fetch = start.elapsed();
        let validators = self.current(stats, start);
        let key = &validators.kept_as;

        let is_of_video = Still::of(&transform.recipe).is_some();
        let engine = if is_of_video { shared.engine.of_frames() } else { Arc::clone(&shared.engine) };
        let context = engine.context(limits, cancel);
        let looked = look(&shared.stores.analysers, transform, (&inputs, &validators.stats), &context);
        let Looked { findings, degraded, time: look } =
            looked.await.inspect_err(|error| shared.results.keep_error(key.clone(), error))?;
        // What lacks something, errors too, is nothing that the key stands for.
        let keep_error = |error: &Error| {
            if !degraded.is_any() {
                shared.results.keep_error(key.clone(), error);
            }
        };

        let (transform, bounds) = (Arc::clone(transform), limits.clone());
        let planned =
            blocking(move || Ok(engine.plan(&transform.of_pictures(), inputs, &findings, &bounds, None)?)).await;
        let planned = planned.inspect_err(keep_error)?;

        let start = Instant::now();
        let permit = shared.workshop.admission.enter(&planned.cost).await?;
        let queue = start.elapsed();

        let run = planned.run;
        let made = shared.workshop.pool.run((permit, held), cancel, move |cancel| Ok(run(cancel)?)).await;
        let made = Arc::new(made.inspect_err(keep_error)?);
        let timings = Timings {
            fetch,
            look,
            queue,
            decode: made.timings.decode,
            operate: made.timings.operate,
            encode: made.timings.encode,
        };
        timings.record();
        count(&made);
        match degraded.words() {
            None => shared.results.keep(key, &made, &labels),
            Some(words) => metrics::counter!("lightmill_degraded_total", "lacks" => words).increment(1),
        }
        Ok(Delivered { made, validators, from: Origin::Fresh, degraded, timings })
    }

    /// What ffmpeg alone makes of the video.
    async fn make_whole(&self, wish: &Whole, labels: &Labels) -> Result<Delivered, Error> {
        let Shared { results, stores, .. } = &*self.shared;
        let start = Instant::now();
        let (Some(place), Some(stat)) = (self.transform.places.first(), self.validators.stats.first()) else {
            return Err(Error::internal("a video without a place"));
        };
        let video = Video { source: version::source(&stores.sources, place)?, place, stat };
        if let Some(format) = wish.format().filter(|format| !self.shared.formats.writes(*format)) {
            return Err(Error::NotAllowed(format!("writing {format}")));
        }
        let made = stores.videos.as_ref().ok_or(Error::VideoNotServed)?.make(&video, wish).await;
        let key = &self.validators.kept_as;
        let made = Arc::new(made.inspect_err(|error| results.keep_error(key.clone(), error))?);
        count(&made);
        let timings = Timings { fetch: start.elapsed(), ..Timings::default() };
        timings.record();
        results.keep(key, &made, labels);
        Ok(Delivered {
            made,
            validators: Arc::clone(&self.validators),
            from: Origin::Fresh,
            degraded: Degraded::default(),
            timings,
        })
    }

    /// The validators that belong to what was read: a source may have changed since its version was asked for, and a
    /// result must never be kept under the name of another.
    fn current(&self, stats: Vec<lightmill_store::Stat>, asked: Instant) -> Arc<Validators> {
        if stats == self.validators.stats {
            return Arc::clone(&self.validators);
        }
        for (place, stat) in self.transform.places.iter().zip(&stats) {
            self.shared.versions.remember(place, Ok(stat.clone()), asked);
        }
        self.job.validators(stats)
    }
}

/// Runs what takes some milliseconds, or blocks, apart from the threads that serve others.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

fn count(made: &Made) {
    let format = made.format.map_or("text", lightmill_recipe::Format::name);
    metrics::counter!("lightmill_made_total", "format" => format).increment(1);
    metrics::counter!("lightmill_results_bytes_total").increment(made.bytes.len() as u64);
}
