use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::video::VideoFrame;

use crate::arguments::{self, Target};
use crate::{Destination, Error, Facts, Job, Limits, ProbeLimits, Source, Tools, probe, run};

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
    let work = arguments::frame(wish, facts, limits, &tools.abilities())?;
    let job = Job {
        limits: Limits { written: work.forecast.bytes + HEADER_BYTES, ..of_children(limits) },
        read,
        ..job(&work, limits)
    };
    run(tools, source, job).await?.collect().await
}

/// The work as a job for ffmpeg.
fn job(work: &arguments::Job, limits: &arguments::Limits) -> Job {
    Job {
        input: work.arguments.input(),
        output: work.arguments.output(),
        destination: match work.arguments.target() {
            Target::Stdout => Destination::Stream,
            Target::File(_) => Destination::Folder,
        },
        limits: of_children(limits),
        read: limits.source_bytes,
        expected: work.forecast.duration,
    }
}

/// What one child may take.
fn of_children(limits: &arguments::Limits) -> Limits {
    let threads = limits.threads.get();
    Limits {
        wall: limits.time,
        processor: limits.time.saturating_mul(threads).max(Duration::from_secs(1)),
        written: limits.result_bytes,
        ..Limits::default()
    }
}
