use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::try_join_all;
use lightmill_recipe::Findings;
use lightmill_store::aws::{Json, Refused, Service, Settings};
use tokio::sync::Semaphore;

use super::answer::Answer;
use super::copy;
use super::question::{Question, operation};
use crate::workers::{Workers, look};
use crate::{Analyser, Confidence, Error, Kind, Subject, Wanted};

/// The name, what is sent, and a number that is raised by hand. The service's own models change without a word; findings
/// that are remembered are forgotten after a time for that.
const VERSION: &str = "rekognition 1920 85 1";

/// What there is an operation for.
const KINDS: [Kind; 4] = [Kind::Faces, Kind::Text, Kind::Objects, Kind::Moderation];

/// Amazon Rekognition, one paid question for each kind that is wanted. Needs `rekognition:DetectFaces`, `DetectText`,
/// `DetectLabels` and `DetectModerationLabels`, each for what is asked.
///
/// [`Remembered`](crate::Remembered) is meant to stand in front.
#[derive(Debug)]
pub struct Rekognition {
    service: Json,
    workers: Arc<dyn Workers>,
    timeout: Duration,
    pub(super) places: Semaphore,
}

impl Rekognition {
    /// Time for all questions about a picture, with what is tried again, if nothing else is configured.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// Pictures about which is asked at the same time, if nothing else is configured.
    pub const PLACES: usize = 16;

    /// Asks nobody. Copies will be made on `workers`' threads; from there on the service has `timeout`.
    pub fn new(settings: Settings, timeout: Duration, workers: Arc<dyn Workers>) -> Self {
        let places = Semaphore::new(Self::PLACES);
        Self { service: Json::new(Service::REKOGNITION, settings), workers, timeout, places }
    }

    /// The same that is asked about `places` pictures at a time, 1 or more: each holds up to 7 MB of text. Others wait, for
    /// as long as the service may take, and are then told that there is too much to do.
    #[must_use]
    pub fn with_places(self, places: usize) -> Self {
        Self { places: Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS)), ..self }
    }

    async fn ask(&self, kind: Kind, at_least: Confidence, image: &str) -> Result<Findings, Error> {
        let operation = operation(kind).ok_or_else(|| self.cannot_find(kind))?;
        let question = Question::new(kind, at_least, image);
        let answer: Answer =
            self.service.ask(operation, &question).await.map_err(|refused| error(operation, &refused))?;
        answer.findings(kind)
    }

    fn cannot_find(&self, kind: Kind) -> Error {
        Error::CannotFind { analyser: self.name().to_owned(), kind }
    }
}

fn error(operation: &str, refused: &Refused) -> Error {
    let detail = format!("{operation}: {refused}");
    match refused {
        _ if refused.is_of_load() => Error::Throttled { detail },
        // Without a code it did not answer, or something else did.
        _ if refused.is_passing() || refused.code().is_empty() => Error::Unavailable { detail },
        _ => Error::Refused { detail },
    }
}

#[async_trait]
impl Analyser for Rekognition {
    fn name(&self) -> &'static str {
        "rekognition"
    }

    fn version(&self) -> &str {
        VERSION
    }

    fn kinds(&self) -> &[Kind] {
        &KINDS
    }

    async fn analyse(&self, subject: &Subject, wanted: &Wanted) -> Result<Findings, Error> {
        wanted.must_be_among(&KINDS, self.name())?;
        if wanted.is_empty() {
            return Ok(Findings::default());
        }
        let place = tokio::time::timeout(self.timeout, self.places.acquire()).await;
        let _place = place
            .map_err(|_| Error::Throttled { detail: "every place is taken".to_owned() })?
            .map_err(Error::internal)?;
        let text =
            |subject: &Subject, cancel: &lightmill_image::Cancel| Ok(STANDARD.encode(copy::jpeg(subject, cancel)?));
        let image = look(&*self.workers, subject, copy::cost, text).await?;
        let questions = wanted.kinds().map(|kind| {
            let at_least = wanted.at_least(kind).unwrap_or(Confidence::ANY);
            self.ask(kind, at_least, &image)
        });
        let answers = tokio::time::timeout(self.timeout, try_join_all(questions)).await;
        let mut all = Findings::default();
        for findings in answers.map_err(|_| Error::TimedOut)?? {
            all.regions.extend(findings.regions);
            all.moderation.extend(findings.moderation);
        }
        Ok(wanted.of(all))
    }
}
