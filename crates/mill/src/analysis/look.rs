use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::try_join_all;
use lightmill_image::{self as image, Context};
use lightmill_recipe::video::VideoFrame;
use lightmill_recipe::{Findings, Fingerprint, Wanted};
use lightmill_store::Stat;
use lightmill_vision::{self as vision, Analyser, Confidence, Kind, Subject};

use super::{Analysers, Degraded, OnFailure};
use crate::job::Transform;
use crate::{Error, Place};

/// What is known about the inputs of a request.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// One for each input of the recipe, in order; `None` where nobody was asked. Who failed found nothing.
    pub(crate) findings: Vec<Option<Findings>>,
    pub(crate) degraded: Degraded,
    /// What it took; zero if nothing was to be known.
    pub(crate) time: Duration,
}

/// Asks about every stored input of which the recipe wants to know something, at the same time. `read` and `stats` are
/// those inputs, in their order. `context` bounds what reading them may cost; dropping the future ends the work.
///
/// # Errors
/// What the analysers fail with, if the configuration takes that for a failure.
pub(crate) async fn look(
    analysers: &Analysers,
    transform: &Transform,
    (read, stats): (&[Bytes], &[Stat]),
    context: &Context,
) -> Result<Looked, Error> {
    if transform.wanted.iter().all(|wanted| wanted.is_nothing()) {
        return Ok(Looked::default());
    }
    let start = Instant::now();
    let mut stored = transform.places.iter().zip(stats).zip(read);
    let questions = transform.recipe.inputs.iter().zip(&transform.wanted).map(|(input, wanted)| {
        // A picture of one colour has nothing in it.
        let stored = input.locator().and_then(|_| stored.next()).filter(|_| !wanted.is_nothing());
        let subject = stored.map(|((place, stat), bytes)| {
            let identity = identity(place, stat, input.video_frame.as_ref(), &transform.scope);
            Subject::new(identity, bytes.clone(), context.clone())
        });
        async move {
            match subject {
                Some(subject) => ask(analysers, &subject, *wanted).await,
                None => Ok((None, Degraded::default())),
            }
        }
    });
    let answers = try_join_all(questions).await?;
    let degraded = answers.iter().fold(Degraded::default(), |sum, (_, degraded)| sum.and(*degraded));
    Ok(Looked {
        findings: answers.into_iter().map(|(findings, _)| findings).collect(),
        degraded,
        time: start.elapsed(),
    })
}

/// A state of an object, or a frame of it, read within limits: what is too large for one mount need not be for another.
fn identity(place: &Place, stat: &Stat, frame: Option<&VideoFrame>, limits: &Fingerprint) -> Fingerprint {
    let frame = frame.and_then(|frame| serde_json::to_string(frame).ok()).unwrap_or_default();
    Fingerprint::of([&*place.source, &place.key, stat.version.as_str(), &frame, limits.as_str()])
}

async fn ask(analysers: &Analysers, subject: &Subject, wanted: Wanted) -> Result<(Option<Findings>, Degraded), Error> {
    let on_failure = if wanted.hides { OnFailure::Fail } else { analysers.on_failure };
    let focus = answer(analysers.focus.as_ref(), subject, analysers.focus(wanted), on_failure);
    let labels = match wanted.moderation {
        Some(percent) => {
            vision::Wanted::only(Kind::Moderation, Confidence::percent(percent).unwrap_or(Confidence::ANY))
        }
        None => vision::Wanted::default(),
    };
    let moderation = answer(analysers.moderation.as_ref(), subject, labels, analysers.moderation_on_failure);
    let (focus, moderation) = futures::try_join!(focus, moderation)?;
    let degraded = Degraded { smart: focus.is_failed(), moderation: moderation.is_failed() };
    let both = focus.findings().into_iter().chain(moderation.findings()).reduce(|mut one, other| {
        one.regions.extend(other.regions);
        one.moderation.extend(other.moderation);
        one
    });
    Ok((both, degraded))
}

/// What became of a question.
enum Answer {
    NotAsked,
    Known(Findings),
    /// It counts as if nothing had been found.
    Failed,
}

impl Answer {
    const fn is_failed(&self) -> bool {
        matches!(self, Self::Failed)
    }

    fn findings(self) -> Option<Findings> {
        match self {
            Self::NotAsked => None,
            Self::Known(findings) => Some(findings),
            Self::Failed => Some(Findings::default()),
        }
    }
}

async fn answer(
    analyser: Option<&Arc<dyn Analyser>>,
    subject: &Subject,
    wanted: vision::Wanted,
    on_failure: OnFailure,
) -> Result<Answer, Error> {
    let Some(analyser) = analyser.filter(|_| !wanted.is_empty()) else { return Ok(Answer::NotAsked) };
    match analyser.analyse(subject, &wanted).await {
        Ok(findings) => Ok(Answer::Known(findings)),
        Err(error) if on_failure == OnFailure::Degrade && is_of_the_analyser(&error) => {
            // What is wrong with a picture is told by the plan, in the same words as without an analyser.
            if !matches!(error, vision::Error::Picture(_)) {
                tracing::warn!(analyser = analyser.name(), detail = ?error, "an analyser failed: it goes on without");
            }
            Ok(Answer::Failed)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the request itself may go on: its time has not ended, and there is room for its work.
fn is_of_the_analyser(error: &vision::Error) -> bool {
    match error {
        vision::Error::Picture(error) => !matches!(**error, image::Error::Cancelled | image::Error::TimedOut),
        vision::Error::Workers(_) | vision::Error::CannotFind { .. } => false,
        vision::Error::Throttled { .. }
        | vision::Error::Unavailable { .. }
        | vision::Error::Refused { .. }
        | vision::Error::TimedOut
        | vision::Error::Internal { .. } => true,
    }
}
