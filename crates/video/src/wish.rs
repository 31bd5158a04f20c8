use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::video::{Clip, Preview, Sprite, VideoFrame};

use crate::arguments::{self, Delivery, Target};
use crate::sandbox::Limits;
use crate::{Destination, Error, Facts, ProbeLimits, Running, Source, Tools, Work, probe, run};

/// Bytes that a file of pixels has beside them.
const HEADER_BYTES: u64 = 4096;

/// What is in a video.
///
/// # Errors
/// [`Error::NotAVideo`] for what has neither pictures nor sound.
pub async fn facts(tools: &Tools, source: Arc<dyn Source>, limits: &ProbeLimits) -> Result<Facts, Error> {
    let said = probe(tools, source, limits).await?;
    let said = serde_json::to_vec(&said).map_err(Error::failed)?;
    Facts::of_ffprobe(&said).map_err(|error| Error::NotAVideo { detail: error.to_string() })
}

/// One frame of a video of which `facts` are known, as a BMP of 24 bits. At most `read` bytes of the video are read.
///
/// # Errors
/// [`Error::Wish`] for a frame that this video cannot give.
pub async fn frame(
    tools: &Tools,
    source: Arc<dyn Source>,
    wish: &VideoFrame,
    facts: &Facts,
    limits: &arguments::Limits,
    read: u64,
) -> Result<Bytes, Error> {
    let job = arguments::frame(wish, facts, limits, &tools.abilities())?;
    let written = job.forecast.bytes + HEADER_BYTES;
    start(tools, source, job, Limits { written, ..of_child(limits) }, read).await?.collect().await
}

/// Frames of a video on one sheet, as a BMP of 24 bits. The whole piece is read, up to [`arguments::Limits::source_bytes`].
///
/// # Errors
/// As [`frame`].
pub async fn sprite(
    tools: &Tools,
    source: Arc<dyn Source>,
    wish: &Sprite,
    facts: &Facts,
    limits: &arguments::Limits,
) -> Result<Bytes, Error> {
    let job = arguments::sprite(wish, facts, limits, &tools.abilities())?;
    let written = job.forecast.bytes + HEADER_BYTES;
    start(tools, source, job, Limits { written, ..of_child(limits) }, limits.source_bytes).await?.collect().await
}

/// An animated picture of a piece of a video, of [`arguments::Limits::result_bytes`] at most.
///
/// # Errors
/// As [`frame`]; [`Error::TooLarge`] for a longer one.
pub async fn preview(
    tools: &Tools,
    source: Arc<dyn Source>,
    wish: &Preview,
    facts: &Facts,
    limits: &arguments::Limits,
) -> Result<Bytes, Error> {
    let job = arguments::preview(wish, facts, limits, &tools.abilities())?;
    start(tools, source, job, of_child(limits), limits.source_bytes).await?.collect().await
}

/// Another video, while it is made; dropping it ends the work. Not for HLS, which is several files.
///
/// # Errors
/// As [`frame`]. The stream ends with [`Error::TooLarge`] beyond [`arguments::Limits::result_bytes`].
pub async fn clip(
    tools: &Tools,
    source: Arc<dyn Source>,
    wish: &Clip,
    facts: &Facts,
    limits: &arguments::Limits,
) -> Result<Running, Error> {
    let job = arguments::clip(wish, facts, Delivery::Stream, limits, &tools.abilities())?;
    start(tools, source, job, of_child(limits), limits.source_bytes).await
}

/// Starts the job.
async fn start(
    tools: &Tools,
    source: Arc<dyn Source>,
    job: arguments::Job,
    limits: Limits,
    read: u64,
) -> Result<Running, Error> {
    let destination = match job.arguments.target() {
        Target::Stdout => Destination::Stream,
        Target::File(_) => Destination::Folder,
    };
    let work = Work { destination, limits, read, expected: job.forecast.duration };
    run(tools, source, work, |options, url| job.arguments.command_line(options, url)).await
}

/// What one child may take.
fn of_child(limits: &arguments::Limits) -> Limits {
    Limits {
        wall: limits.time,
        processor: limits.time.saturating_mul(limits.threads.get()).max(Duration::from_secs(1)),
        // ffmpeg cuts what reaches its own bound, and says nothing: whole results stay below.
        written: limits.result_bytes - 1,
        ..Limits::default()
    }
}
