use std::sync::Arc;
use std::time::Instant;

use lightmill_image::{Cancel, Probe, plan::Plan};
use lightmill_recipe::{Findings, Recipe};
use lightmill_store::Stat;
use serde::Serialize;

use crate::analysis::{Looked, look};
use crate::engine;
use crate::fetch::Fetched;
use crate::job::{Task, Transform};
use crate::maker::blocking;
use crate::video::{Still, Whole};
use crate::{Degraded, Error, Job, Mill, Place, Validators};

/// What would be done for a request, and why; nothing of it was done.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// The wish; `None` for an object as it is stored.
    pub recipe: Option<Recipe>,
    /// What the inputs are.
    pub inputs: Vec<ExplainedInput>,
    /// What would be done with them, with its estimated cost; `None` for an object as it is stored, and for what ffmpeg
    /// alone makes of a video.
    pub plan: Option<Plan>,
    /// What the result would lack because an analyser failed.
    #[serde(skip_serializing_if = "lacks_nothing")]
    pub degraded: Degraded,
    /// The result's name in every cache.
    pub key: String,
    /// Its entity tag.
    pub etag: String,
    /// Parameters that have no meaning and were ignored.
    pub ignored: Vec<String>,
}

/// An input of a request.
#[derive(Debug, Serialize)]
pub struct ExplainedInput {
    /// Where it lies.
    #[serde(flatten)]
    pub place: Place,
    /// Bytes of the object.
    pub bytes: u64,
    /// The version that its source states.
    pub version: String,
    /// Its header; `None` for an object as it is stored.
    pub header: Option<Probe>,
    /// What analysers found in it; `None` if they were not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Findings>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde calls it.
const fn lacks_nothing(degraded: &Degraded) -> bool {
    !degraded.is_any()
}

/// What is known of the inputs, and follows from it.
#[derive(Default)]
struct Seen {
    stats: Vec<Stat>,
    /// Of each stored input.
    headers: Vec<(Probe, Option<Findings>)>,
    plan: Option<Plan>,
    degraded: Degraded,
}

impl Mill {
    /// What would be done for `job`. Reads the inputs and has them looked at, but makes nothing.
    pub async fn explain(&self, job: &Job) -> Result<Explanation, Error> {
        let validators = self.validators(job).await?;
        let Seen { stats, headers, plan, degraded } = match &job.task {
            Task::Original(_) => Seen { stats: validators.stats.clone(), ..Seen::default() },
            Task::Transform(transform) => self.see(job, transform, &validators).await?,
        };
        let mut headers = headers.into_iter();
        let inputs = job.places().iter().zip(&stats).map(|(place, stat)| {
            let (header, findings) = headers.next().map_or((None, None), |(header, found)| (Some(header), found));
            let (place, version) = (place.clone(), stat.version.as_str().to_owned());
            ExplainedInput { place, bytes: stat.size, version, header, findings }
        });
        let inputs = inputs.collect();
        let validators = job.validators(stats);
        Ok(Explanation {
            recipe: job.recipe().cloned(),
            inputs,
            plan,
            degraded,
            key: validators.key.as_str().to_owned(),
            etag: validators.etag.clone(),
            ignored: job.ignored.clone(),
        })
    }

    async fn see(&self, job: &Job, transform: &Arc<Transform>, validators: &Validators) -> Result<Seen, Error> {
        let (shared, limits) = (&self.shared, job.rules.limits.clone());
        if Whole::of(&transform.recipe).is_some() || job.film_type().is_some() {
            return Ok(Seen { stats: validators.stats.clone(), ..Seen::default() });
        }
        let Fetched { inputs, stats, held } = shared.inputs(transform, &validators.stats, &limits).await?;
        let cancel = Instant::now().checked_add(limits.time).map_or_else(Cancel::default, Cancel::with_deadline);
        let is_of_video = Still::of(&transform.recipe).is_some();
        let engine = if is_of_video { shared.engine.of_frames() } else { Arc::clone(&shared.engine) };
        let context = engine.context(&limits, &cancel);
        let Looked { mut findings, degraded, .. } =
            look(&shared.stores.analysers, transform, (&inputs, &stats), &context).await?;
        let (transform, formats) = (Arc::clone(transform), context.formats);
        blocking(move || {
            let recipe = &*transform.of_pictures();
            let inputs = engine::complete(recipe, inputs)?;
            let headers = engine::headers(recipe, &inputs, &findings, &limits, formats);
            drop(held);
            let (probes, plan) = headers?;
            findings.resize(probes.len(), None);
            let stored = recipe.inputs.iter().map(|input| input.locator().is_some());
            let headers = probes.into_iter().zip(findings).zip(stored).filter_map(|(header, is)| is.then_some(header));
            Ok(Seen { stats, headers: headers.collect(), plan: Some(plan), degraded })
        })
        .await
    }
}
