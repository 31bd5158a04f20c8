//! What is ordered instead of asked for: the road of a `GET` without anybody who waits at its end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::request::Parts;
use lightmill_dialects::oss;
use lightmill_jobs::Progress;
use lightmill_mill::{Delivered, Error, Film, HlsStatus, Job, KeptFilm, Place, Validators};
use lightmill_recipe::Fingerprint;
use lightmill_store::Attributes;
use lightmill_vision as vision;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::service::{Wanted, earliest, host};
use super::{Mount, Service, save};
use crate::errors::Problem;
use crate::jobs::{Order, Save};

impl Service {
    /// Whether an order may be given, as far as that is known before it is carried out. What stands for its result.
    ///
    /// `posted`: the request that gives it, which must show who may save if anything is to be saved.
    ///
    /// # Errors
    /// What a `GET` of it would answer before the work; [`Problem::BadBody`] for a URL that asks for no work.
    pub(crate) async fn accept(&self, order: &Order, posted: &Parts) -> Result<Fingerprint, Problem> {
        let request = order.request()?;
        self.admit(&request)?;
        let (mount, within) = self.mount(&request)?;
        let end = mount.verify(request.uri.path(), within, request.uri.query()).await?;
        let (job, validators) = self.ordered(mount, within, &request).await?;
        earliest(end, job.directives())?;
        if let Some(save) = &order.save {
            let tokens = mount.tokens.as_ref().ok_or(Problem::Unauthorized)?;
            save::admit(tokens, posted).await?;
            if job.is_hls() {
                return Err(Problem::BadBody(save::HLS.to_owned()));
            }
            self.mill().may_save(&mount.rules, &place(save)?)?;
        }
        Ok(Fingerprint::of([&mount.name, validators.key.as_str()]))
    }

    /// Carries an order out, within `time`: what it leads to is found by a `GET` of its URL afterwards. Where, and how large
    /// it is.
    pub(crate) async fn carry_out(
        &self,
        order: &Order,
        time: Duration,
        progress: &watch::Sender<Progress>,
    ) -> Result<Value, Problem> {
        let (request, deadline) = (order.request()?, Instant::now() + time);
        let (mount, within) = self.mount(&request)?;
        let (job, validators) = self.ordered(mount, within, &request).await?;
        let target = order.save.as_ref().map(place).transpose()?;
        let described = |media_type| save::described(mount, media_type, &validators, Attributes::default());
        let (media_type, bytes) = match job.film_type() {
            Some(media_type) if job.is_hls() => {
                let tell = |status: HlsStatus| {
                    let part = status.percent.map(|percent| percent / 100.0);
                    progress.send_replace(Progress { part, speed: status.speed });
                };
                let bytes = self.mill().hls_to_its_end(&job, &validators, deadline, &tell).await?;
                (media_type, bytes)
            }
            Some(media_type) => {
                let film = self.mill().film(&job, &validators, deadline).await?;
                let kept = kept(film, deadline, progress).await?;
                if let Some(target) = &target {
                    let film = Film::Kept(kept.clone());
                    self.mill().save_film(&mount.rules, film, target, &described(media_type)).await?;
                }
                (media_type, kept.size)
            }
            None => {
                let delivered = self.mill().make(&job, &validators, deadline).await?;
                whole(&delivered)?;
                let media_type = delivered.made.content_type;
                if let Some(target) = &target {
                    self.mill().save(&mount.rules, &delivered, target, &described(media_type)).await?;
                }
                (media_type, delivered.made.bytes.len() as u64)
            }
        };
        Ok(result(&order.url, media_type, bytes, target))
    }

    /// What is asked for, as a mount's rules allow it, of inputs that are there.
    async fn ordered(
        &self,
        mount: &Arc<Mount>,
        within: &str,
        request: &Parts,
    ) -> Result<(Job, Arc<Validators>), Problem> {
        let job = match self.job(mount, within, request).await? {
            Wanted::Job(job) if !job.is_original() => job,
            _ => return Err(Problem::BadBody("the url asks for no work".to_owned())),
        };
        if let Some(list) = &mount.blacklist {
            list.check(self.mill(), &mount.rules, job.places()).await?;
        }
        let validators = self.mill().validators(&job).await.map_err(|error| Problem::from(error).about(&job))?;
        Ok((job, validators))
    }

    fn mount<'a>(&self, request: &'a Parts) -> Result<(&Arc<Mount>, &'a str), Problem> {
        self.mounts().find(host(&request.uri, &request.headers), request.uri.path()).ok_or(Problem::NoMount)
    }
}

fn place(save: &Save) -> Result<Place, Problem> {
    if save.key.is_empty() {
        return Err(Problem::BadBody("save.key is empty".to_owned()));
    }
    Ok(Place { source: save.source.clone(), key: oss::locator(&save.key)?.key })
}

/// A result that lacks something is kept nowhere: another attempt may lack nothing.
fn whole(delivered: &Delivered) -> Result<(), Problem> {
    match delivered.degraded.words() {
        None => Ok(()),
        Some(words) => {
            let detail = format!("the result lacks {words}");
            Err(Problem::Mill(Error::from(vision::Error::Unavailable { detail })))
        }
    }
}

fn result(url: &str, content_type: &str, bytes: u64, saved: Option<Place>) -> Value {
    let mut told = json!({ "url": url, "content_type": content_type, "bytes": bytes });
    if let Some(Place { source, key }) = saved {
        told["saved"] = json!({ "source": source, "key": key });
    }
    told
}

/// Waits until a clip is kept, telling how far it is.
async fn kept(film: Film, deadline: Instant, progress: &watch::Sender<Progress>) -> Result<KeptFilm, Error> {
    let growing = match film {
        Film::Kept(kept) => return Ok(kept),
        Film::Growing(growing) => growing,
    };
    let mut seen = growing.progress();
    let telling = async {
        while seen.changed().await.is_ok() {
            let lightmill_video::Progress { part, speed, .. } = *seen.borrow_and_update();
            progress.send_replace(Progress { part, speed });
        }
        std::future::pending().await
    };
    tokio::select! {
        kept = tokio::time::timeout_at(deadline.into(), growing.kept()) => kept.unwrap_or(Err(Error::TimedOut)),
        never = telling => never,
    }
}
