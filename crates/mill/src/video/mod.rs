//! Videos on the road: a frame takes the place of an input's bytes, and what is told of a video is a result.
//!
//! ffmpeg reads the source by itself, in parts, and works on permits of its own: pictures never wait for videos.

mod doors;
mod settings;
mod stored;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use lightmill_image::Made;
use lightmill_recipe::video::{Clip, Container, Preview, PreviewFormat, Sprite, VideoFrame};
use lightmill_recipe::{Format, Output, Recipe};
use lightmill_store::{self as store, Stat};
use lightmill_video::{self as video, Facts, Identity, Known, Level, Places, Sandbox, Tools};
use moka::sync::Cache;
use tokio::sync::{OnceCell, watch};

use crate::{Error, Place};
use doors::Doors;
pub use settings::{VideoLimits, VideoSettings};
use stored::Stored;

/// Facts that are remembered, of so many states of videos.
const REMEMBERED: u64 = 4096;

/// Who works on videos, with everything that requests about them share. Clones are the same.
#[derive(Debug, Clone)]
pub struct Videos(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    wanted: VideoTools,
    found: OnceCell<Tools>,
    limits: VideoLimits,
    doors: Doors,
    facts: Cache<(Place, String), Arc<Facts>>,
}

/// Where ffmpeg is, and in what box it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VideoTools {
    /// The programs.
    pub places: Places,
    /// How much of the box is demanded.
    pub sandbox: Level,
    /// Who they run as, if not as this process.
    pub run_as: Option<Identity>,
}

impl Videos {
    /// Works with `tools` as `settings` say. The tools are looked for when they are first needed.
    pub fn new(tools: VideoTools, settings: &VideoSettings) -> Self {
        Self(Arc::new(Shared {
            wanted: tools,
            found: OnceCell::new(),
            limits: settings.limits.clone(),
            doors: Doors::new(settings),
            facts: Cache::new(REMEMBERED),
        }))
    }

    /// The tools, which are looked for once; what is missing is looked for again the next time.
    ///
    /// # Errors
    /// [`video::ErrorKind::NoTool`] for what is missing, [`video::ErrorKind::Sandbox`] for a box that this machine does not have.
    pub async fn tools(&self) -> Result<&Tools, video::Error> {
        let VideoTools { places, sandbox, run_as } = &self.0.wanted;
        let find = async || Tools::find(places, Sandbox::new(*sandbox, *run_as)?).await;
        self.0.found.get_or_try_init(find).await
    }

    /// What is made of a stored video by ffmpeg alone.
    pub(crate) async fn make(&self, video: &Video<'_>, wish: &Whole) -> Result<Made, Error> {
        let _place = self.0.doors.enter().await?;
        let facts = self.facts(video).await?;
        match wish {
            Whole::Facts => Ok(Made::json(serde_json::to_vec(&*facts).map_err(Error::internal)?.into())),
            Whole::Preview(wish) => {
                let bytes = self.known(video, &facts).await?.preview(wish).await?;
                Ok(Made::written(bytes)?)
            }
        }
    }

    /// A still picture of a stored video, as a BMP.
    pub(crate) async fn still(&self, video: &Video<'_>, wish: &Still) -> Result<Bytes, Error> {
        let _place = self.0.doors.enter().await?;
        let facts = self.facts(video).await?;
        let known = self.known(video, &facts).await?;
        Ok(match wish {
            Still::Frame(wish) => known.frame(wish, self.0.limits.frame_bytes).await?,
            Still::Sheet(wish) => known.sprite(wish).await?,
        })
    }

    /// Another video, while it is made, once its first bytes are there. Its place is free when it is dropped.
    pub(crate) async fn clip(&self, video: &Video<'_>, wish: &Clip) -> Result<Film, Error> {
        let place = self.0.doors.enter().await?;
        let facts = self.facts(video).await?;
        let mut running = self.known(video, &facts).await?.clip(wish).await?;
        // What cannot be made is told before anything is sent.
        let first = running.next().await?;
        let progress = running.progress();
        let rest = running.into_stream().map(move |piece| {
            let _held = &place;
            piece.map_err(Error::from)
        });
        let body = stream::iter(first.map(Ok)).chain(rest).boxed();
        Ok(Film { content_type: wish.container().media_type(), body, progress })
    }

    async fn known<'a>(&'a self, video: &Video<'_>, facts: &'a Facts) -> Result<Known<'a>, Error> {
        Ok(Known { tools: self.tools().await?, source: video.open(), facts, limits: &self.0.limits.work })
    }

    async fn facts(&self, video: &Video<'_>) -> Result<Arc<Facts>, Error> {
        let key = (video.place.clone(), video.stat.version.as_str().to_owned());
        if let Some(facts) = self.0.facts.get(&key) {
            return Ok(facts);
        }
        let facts = Arc::new(video::facts(self.tools().await?, video.open(), &self.0.limits.probe).await?);
        self.0.facts.insert(key, Arc::clone(&facts));
        Ok(facts)
    }
}

/// A video that is being made.
pub struct Film {
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes, as they are made; they end early with an error. Dropping them ends the work.
    pub body: BoxStream<'static, Result<Bytes, Error>>,
    /// How far it is.
    pub progress: watch::Receiver<video::Progress>,
}

/// A picture that is taken out of a video, and then worked on as any other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Still {
    Frame(VideoFrame),
    Sheet(Sprite),
}

impl Still {
    /// What `recipe` wants in the place of its main input.
    pub(crate) fn of(recipe: &Recipe) -> Option<Self> {
        match (recipe.inputs.first()?.video_frame, &recipe.outputs[..]) {
            (_, [Output::Sprite(sheet)]) => Some(Self::Sheet(*sheet)),
            (frame, _) => frame.map(Self::Frame),
        }
    }
}

/// What is made of a video without another step.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whole {
    Facts,
    Preview(Preview),
}

impl Whole {
    pub(crate) fn of(recipe: &Recipe) -> Option<Self> {
        match &recipe.outputs[..] {
            [Output::VideoInfo] => Some(Self::Facts),
            [Output::Preview(preview)] => Some(Self::Preview(*preview)),
            _ => None,
        }
    }

    /// Its format, if it is a picture.
    pub(crate) const fn format(&self) -> Option<Format> {
        match self {
            Self::Facts => None,
            Self::Preview(preview) => Some(match preview.format {
                PreviewFormat::Gif => Format::Gif,
                PreviewFormat::WebP => Format::WebP,
            }),
        }
    }
}

/// The clip that `recipe` wants.
pub(crate) fn clip_of(recipe: &Recipe) -> Option<&Clip> {
    match &recipe.outputs[..] {
        [Output::Clip(clip)] => Some(clip),
        _ => None,
    }
}

/// Whether what `recipe` wants of a video is made here.
pub(crate) fn is_made(recipe: &Recipe) -> bool {
    let told =
        |output: &Output| !matches!(output, Output::Clip(clip) if matches!(clip.container(), Container::Hls { .. }));
    let only_first = recipe.inputs.iter().skip(1).all(|input| input.video_frame.is_none());
    recipe.outputs.iter().all(told) && only_first
}

/// A stored video in a known state.
#[derive(Debug)]
pub(crate) struct Video<'a> {
    pub(crate) source: &'a Arc<dyn store::Source>,
    pub(crate) place: &'a Place,
    pub(crate) stat: &'a Stat,
}

impl Video<'_> {
    fn open(&self) -> Arc<dyn video::Source> {
        Arc::new(Stored::new(Arc::clone(self.source), self.place.key.clone(), self.stat.clone()))
    }
}
