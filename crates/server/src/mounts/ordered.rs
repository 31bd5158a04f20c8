//! What is ordered instead of asked for: the road of a `GET` without anybody who waits at its end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use http::request::Parts;
use lightmill_dialects::oss;
use lightmill_jobs::Progress;
use lightmill_mill::{Delivered, Error, Film, Job, Place, Validators};
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
            if job.film_type().is_some() {
                return Err(Problem::ClipNotSaved);
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
        let Some(content_type) = job.film_type() else {
            let delivered = self.mill().make(&job, &validators, deadline).await?;
            whole(&delivered)?;
            let saved = match &order.save {
                Some(save) => Some(self.save_ordered(mount, &delivered, &place(save)?).await?),
                None => None,
            };
            let (content_type, bytes) = (delivered.made.content_type, delivered.made.bytes.len() as u64);
            return Ok(result(&order.url, content_type, bytes, saved));
        };
        let film = self.mill().film(&job, &validators, deadline).await?;
        let bytes = drained(film, progress).await?;
        Ok(result(&order.url, content_type, bytes, None))
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

    async fn save_ordered(&self, mount: &Mount, delivered: &Delivered, target: &Place) -> Result<Place, Problem> {
        let attributes = save::described(mount, delivered, Attributes::default());
        self.mill().save(&mount.rules, delivered, target, &attributes).await?;
        Ok(target.clone())
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

/// Takes a video to its end, telling how far it is. Its bytes.
async fn drained(film: Film, progress: &watch::Sender<Progress>) -> Result<u64, Error> {
    let Film { mut body, progress: mut seen, .. } = film;
    let (mut bytes, mut reports) = (0, true);
    loop {
        tokio::select! {
            piece = body.next() => match piece {
                Some(piece) => bytes += piece?.len() as u64,
                None => return Ok(bytes),
            },
            changed = seen.changed(), if reports => {
                reports = changed.is_ok();
                let lightmill_video::Progress { part, speed, .. } = *seen.borrow_and_update();
                progress.send_replace(Progress { part, speed });
            }
        }
    }
}
