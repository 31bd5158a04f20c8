use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use lightmill_image::plan::Cost;
use lightmill_image::{Cancel, Decoded, Made, Probe};
use lightmill_store::Stat;

use crate::engine::Planned;
use crate::fetch::Fetched;
use crate::job::{Task, Transform};
use crate::maker::blocking;
use crate::{Error, Job, Mill, Place};

/// Several results of one picture.
#[derive(Debug)]
pub struct Set {
    /// What the picture was when it was read; of results that had to be made alone, `None`.
    pub stat: Option<Stat>,
    /// Its header, as it was read then.
    pub probe: Option<Probe>,
    /// Each job's result, in order.
    pub made: Vec<Result<Arc<Made>, Error>>,
}

impl Mill {
    /// The results of all `jobs`, whose main input is the same picture: it is read once, and decoded once for all that want
    /// it alike. They are kept nowhere; those that need more than that picture (marks, analysers, frames of videos) are
    /// made as [`Mill::make`] makes them. For pictures and texts only.
    ///
    /// # Errors
    /// If the picture cannot be read, or there is too much to do. What is wrong with one result is told in its place.
    pub async fn make_set(&self, jobs: &[Job], deadline: Instant) -> Result<Set, Error> {
        let shared: Vec<(usize, &Job, &Arc<Transform>)> =
            jobs.iter().enumerate().filter_map(|(index, job)| Some((index, job, job.of_one_picture()?))).collect();
        let mut made: Vec<Option<Result<Arc<Made>, Error>>> = jobs.iter().map(|_| None).collect();
        let (mut stat, mut probe) = (None, None);
        if let Some((_, first, transform)) = shared.first() {
            let place = transform.places.first().ok_or_else(|| Error::internal("a picture without a place"))?;
            let of_same = |other: &Transform| other.places.first() == Some(place);
            if !shared.iter().all(|(_, _, transform)| of_same(transform)) {
                return Err(Error::internal("a set of different pictures"));
            }
            let together: Vec<(&Job, &Arc<Transform>)> =
                shared.iter().map(|(_, job, transform)| (*job, *transform)).collect();
            let work = self.together(first, place, &together, deadline);
            let Together { stat: read, probe: header, results } =
                tokio::time::timeout_at(deadline.into(), work).await.unwrap_or(Err(Error::TimedOut))?;
            (stat, probe) = (Some(read), header);
            for ((index, ..), result) in shared.iter().zip(results) {
                made[*index] = Some(result);
            }
        }
        let alone = made.into_iter().zip(jobs).map(async |(made, job)| match made {
            Some(made) => made,
            None => self.alone(job, deadline).await,
        });
        Ok(Set { stat, probe, made: join_all(alone).await })
    }

    async fn alone(&self, job: &Job, deadline: Instant) -> Result<Arc<Made>, Error> {
        let validators = self.validators(job).await?;
        Ok(self.make(job, &validators, deadline).await?.made)
    }

    async fn together(
        &self,
        first: &Job,
        place: &Place,
        jobs: &[(&Job, &Arc<Transform>)],
        deadline: Instant,
    ) -> Result<Together, Error> {
        let shared = &self.shared;
        let places = std::slice::from_ref(place);
        let stats = shared.versions.of(places).await.map_err(|(_, error)| error)?;
        let limits = &first.rules.limits;
        let fetched = shared.fetcher.fetch(places, &stats, limits).await;
        let Fetched { inputs, stats, held } = fetched.map_err(|(_, error)| error)?;
        let stat = stats.into_iter().next().ok_or_else(|| Error::internal("a picture without a stat"))?;
        let (engine, decoded) = (Arc::clone(&shared.engine), Decoded::default());
        let wanted: Vec<_> =
            jobs.iter().map(|(job, transform)| (Arc::clone(&job.rules), Arc::clone(transform))).collect();
        let planned = blocking(move || {
            let plan = |(rules, transform): &(Arc<crate::Rules>, Arc<Transform>)| {
                engine.plan(&transform.recipe, inputs.clone(), &[], &rules.limits, Some(&decoded))
            };
            Ok(wanted.iter().map(|one| plan(one).map_err(Error::from)).collect::<Vec<_>>())
        })
        .await?;
        let probe = planned.iter().flatten().find_map(|planned| planned.probe.clone());
        let permit = shared.workshop.admission.enter(&cost(&planned)).await?;
        let cancel = Cancel::with_deadline(deadline);
        let running = shared.workshop.pool.run((permit, held), &cancel, move |cancel| {
            let run = |planned: Planned| Ok(Arc::new((planned.run)(cancel)?));
            Ok(planned.into_iter().map(|planned| planned.and_then(run)).collect::<Vec<_>>())
        });
        Ok(Together { stat, probe, results: running.await? })
    }
}

/// What is made of one picture that was read once.
struct Together {
    stat: Stat,
    probe: Option<Probe>,
    results: Vec<Result<Arc<Made>, Error>>,
}

/// One after the other, while what they share is held.
fn cost(planned: &[Result<Planned, Error>]) -> Cost {
    let planned = || planned.iter().flatten();
    let most = planned().map(|one| one.cost.bytes).max().unwrap_or(0);
    let held: u64 = planned().map(|one| one.decoded_bytes).sum();
    Cost { bytes: most + held, time: planned().map(|one| one.cost.time).sum::<Duration>() }
}

impl Job {
    /// What is made of one stored picture and nothing else.
    fn of_one_picture(&self) -> Option<&Arc<Transform>> {
        let Task::Transform(transform) = &self.task else { return None };
        let recipe = &transform.recipe;
        let looks = transform.wanted.iter().any(|wanted| !wanted.is_nothing());
        (transform.places.len() == 1 && recipe.inputs.len() == 1 && !looks && !recipe.reads_video())
            .then_some(transform)
    }
}
