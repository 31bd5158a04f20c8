//! Videos on the road: a frame takes the place of an input's bytes, and what is told of a video is a result.
//!
//! ffmpeg reads the source by itself, in parts, and works on permits of its own: pictures never wait for videos.

mod about;
mod doors;
mod settings;
mod stored;
#[cfg(test)]
mod tests;
mod thumbnails;

use std::sync::Arc;

use bytes::Bytes;
use lightmill_image::Made;
use lightmill_recipe::video::{Clip, Container, Preview, PreviewFormat, Sprite, VideoFrame};
use lightmill_recipe::{Format, Output, Recipe};
use lightmill_store::disk::DiskCache;
use lightmill_store::{self as store, Stat};
use lightmill_video::arguments::{Tile, tiles};
use lightmill_video::{self as video, Facts, Identity, Known, Level, Places, Remuxed, Running, Sandbox, Tools};
use moka::sync::Cache;
use tokio::sync::{OnceCell, OwnedSemaphorePermit};

use crate::maker::blocking;
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
    kept: OnceCell<DiskCache>,
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
            kept: OnceCell::new(),
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

    /// Where each frame lies on a sheet.
    pub(crate) async fn tiles(&self, video: &Video<'_>, wish: &Sprite) -> Result<Vec<Tile>, Error> {
        let _place = self.0.doors.enter().await?;
        let facts = self.facts(video).await?;
        Ok(tiles(wish, &facts, &self.0.limits.work).map_err(video::Error::from)?)
    }

    /// Another video, which begins to be made.
    pub(crate) async fn clip(&self, video: &Video<'_>, wish: &Clip) -> Result<Shooting, Error> {
        let place = self.0.doors.enter().await?;
        let facts = self.facts(video).await?;
        let running = self.known(video, &facts).await?.clip(wish).await?;
        Ok(Shooting { running, place })
    }

    /// Another video as HLS, which begins to be made.
    pub(crate) async fn hls(&self, video: &Video<'_>, wish: &Clip) -> Result<Shooting, Error> {
        let place = self.0.doors.enter().await?;
        let facts = self.facts(video).await?;
        let running = self.known(video, &facts).await?.hls(wish).await?;
        Ok(Shooting { running, place })
    }

    /// What one request may take.
    pub(crate) fn limits(&self) -> &VideoLimits {
        &self.0.limits
    }

    /// The clip that `source` is, which was streamed, as a file that can be sought in. For whoever has a place already.
    pub(crate) async fn remux(&self, source: Arc<dyn video::Source>, container: Container) -> Result<Remuxed, Error> {
        Ok(video::remux(self.tools().await?, source, container, &self.0.limits.work).await?)
    }

    /// Where clips are kept as long as this process lives, for those who have no other place; nothing if none are to be.
    pub(crate) async fn kept(&self) -> Option<&DiskCache> {
        let open = async || {
            let bytes = self.0.limits.kept_bytes;
            let folder = self.tools().await.ok()?.work().join("kept");
            let opened = blocking(move || DiskCache::open(&folder, bytes).map_err(Error::internal));
            opened.await.inspect_err(|error| tracing::warn!(?error, "clips are not kept")).ok()
        };
        if self.0.limits.kept_bytes == 0 {
            return None;
        }
        self.0.kept.get_or_try_init(async || open().await.ok_or(())).await.ok()
    }

    /// What is known about a video; it is looked at unless that was done before.
    pub(crate) async fn about(&self, video: &Video<'_>) -> Result<Arc<Facts>, Error> {
        if let Some(facts) = self.0.facts.get(&remembered_as(video)) {
            return Ok(facts);
        }
        let _place = self.0.doors.enter().await?;
        self.facts(video).await
    }

    async fn known<'a>(&'a self, video: &Video<'_>, facts: &'a Facts) -> Result<Known<'a>, Error> {
        Ok(Known { tools: self.tools().await?, source: video.open(), facts, limits: &self.0.limits.work })
    }

    async fn facts(&self, video: &Video<'_>) -> Result<Arc<Facts>, Error> {
        let key = remembered_as(video);
        if let Some(facts) = self.0.facts.get(&key) {
            return Ok(facts);
        }
        let facts = Arc::new(video::facts(self.tools().await?, video.open(), &self.0.limits.probe).await?);
        self.0.facts.insert(key, Arc::clone(&facts));
        Ok(facts)
    }
}

fn remembered_as(video: &Video<'_>) -> (Place, String) {
    (video.place.clone(), video.stat.version.as_str().to_owned())
}

/// A clip that is being made: its bytes, and the place that is free when it is dropped.
pub(crate) struct Shooting {
    pub(crate) running: Running,
    pub(crate) place: OwnedSemaphorePermit,
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
    recipe.inputs.iter().skip(1).all(|input| input.video_frame.is_none())
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
