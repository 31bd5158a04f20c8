use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::video::{Clip, Container, Preview, Sprite, VideoFrame};
use tempfile::TempDir;

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

/// A video of which it is known what is in it, and who works on it.
pub struct Known<'a> {
    /// Who works on it.
    pub tools: &'a Tools,
    /// Its bytes.
    pub source: Arc<dyn Source>,
    /// What is in it.
    pub facts: &'a Facts,
    /// What the work may take.
    pub limits: &'a arguments::Limits,
}

impl Known<'_> {
    /// One frame, as a BMP of 24 bits. At most `read` bytes of the video are read.
    ///
    /// # Errors
    /// [`Error::Wish`] for a frame that this video cannot give.
    pub async fn frame(self, wish: &VideoFrame, read: u64) -> Result<Bytes, Error> {
        let job = arguments::frame(wish, self.facts, self.limits, &self.tools.abilities())?;
        self.pixels(job, read).await
    }

    /// Frames on one sheet, as a BMP of 24 bits.
    ///
    /// # Errors
    /// As [`Known::frame`].
    pub async fn sprite(self, wish: &Sprite) -> Result<Bytes, Error> {
        let job = arguments::sprite(wish, self.facts, self.limits, &self.tools.abilities())?;
        let read = self.limits.source_bytes;
        self.pixels(job, read).await
    }

    /// An animated picture of a piece.
    ///
    /// # Errors
    /// As [`Known::frame`]; [`Error::TooLarge`] for a longer one than [`arguments::Limits::result_bytes`].
    pub async fn preview(self, wish: &Preview) -> Result<Bytes, Error> {
        let job = arguments::preview(wish, self.facts, self.limits, &self.tools.abilities())?;
        let (limits, read) = (of_child(self.limits), self.limits.source_bytes);
        self.start(job, limits, read).await?.collect().await
    }

    /// Another video, while it is made; dropping it ends the work. Not for HLS, which is several files.
    ///
    /// # Errors
    /// As [`Known::frame`]. The output ends with [`Error::TooLarge`] beyond [`arguments::Limits::result_bytes`].
    pub async fn clip(self, wish: &Clip) -> Result<Running, Error> {
        let job = arguments::clip(wish, self.facts, Delivery::Stream, self.limits, &self.tools.abilities())?;
        let (limits, read) = (of_child(self.limits), self.limits.source_bytes);
        self.start(job, limits, read).await
    }

    /// Another video as HLS: playlists and segments in [`Running::folder`], which whoever reads them may remove while others
    /// are made. Dropping it ends the work.
    ///
    /// # Errors
    /// As [`Known::frame`]. Nobody counts the bytes of what is removed but whoever removes it.
    pub async fn hls(self, wish: &Clip) -> Result<Running, Error> {
        let job = arguments::clip(wish, self.facts, Delivery::File, self.limits, &self.tools.abilities())?;
        let (limits, read) = (of_child(self.limits), self.limits.source_bytes);
        self.start(job, limits, read).await
    }

    /// What has as many bytes as are forecast.
    async fn pixels(self, job: arguments::Job, read: u64) -> Result<Bytes, Error> {
        let limits = Limits { written: job.forecast.bytes + HEADER_BYTES, ..of_child(self.limits) };
        self.start(job, limits, read).await?.collect().await
    }

    async fn start(self, job: arguments::Job, limits: Limits, read: u64) -> Result<Running, Error> {
        let destination = match job.arguments.target() {
            Target::Stdout => Destination::Stream,
            Target::File(_) => Destination::Folder,
        };
        let work = Work { destination, limits, read, expected: job.forecast.duration };
        run(self.tools, self.source, work, |options, url| job.arguments.command_line(options, url)).await
    }
}

/// A file that was made, in the folder that it was made in: that is removed when the last who holds it drops it.
#[derive(Debug, Clone)]
pub struct Remuxed {
    folder: Arc<TempDir>,
    name: &'static str,
}

impl Remuxed {
    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }
}

/// A clip that was streamed ([`Known::clip`]), as a file that can be sought in: the same packets, with the index in front.
///
/// # Errors
/// [`Error::TooLarge`] for one of more than [`arguments::Limits::result_bytes`] and a sixteenth, for its index.
pub async fn remux(
    tools: &Tools,
    source: Arc<dyn Source>,
    container: Container,
    limits: &arguments::Limits,
) -> Result<Remuxed, Error> {
    let arguments = arguments::remux(container);
    let Target::File(name) = arguments.target() else { return Err(Error::failed("a file without a name")) };
    let limits = Limits { written: limits.result_bytes.saturating_add(limits.result_bytes / 16), ..of_child(limits) };
    // What ffmpeg reads to find out what it is, is read again.
    let read = source.size().saturating_mul(2).saturating_add(16 << 20);
    let work = Work { destination: Destination::Folder, limits, read, expected: None };
    let running = run(tools, source, work, |options, url| arguments.command_line(options, url)).await?;
    Ok(Remuxed { folder: running.finish().await?, name })
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
