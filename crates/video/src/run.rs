use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::child::{Order, Reports, start};
use crate::range_server::RangeServer;
use crate::sandbox::Limits;
use crate::{Error, Running, Source, Tools, input};

/// Where the result goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    /// To the standard output (`pipe:1`), while it is made.
    Stream,
    /// Into files of a folder of the work's own: a playlist and its segments, or an MP4 whose index comes first. They are
    /// named by relative paths.
    Folder,
}

/// One piece of work for ffmpeg. Which input it reads is not said in it.
#[derive(Debug, Clone)]
pub struct Job {
    /// Options of the input, which stand before it: where to begin, how to decode.
    pub input: Vec<String>,
    /// Everything after the input: streams, filters, codecs, and the outputs, `pipe:1` or relative paths.
    pub output: Vec<String>,
    /// Where the outputs are.
    pub destination: Destination,
    /// How much of everything it may take.
    pub limits: Limits,
    /// How many bytes may be read of the source.
    pub read: u64,
    /// How long the result will be, for the progress.
    pub expected: Option<Duration>,
}

/// Starts ffmpeg on `source`, boxed in.
pub async fn run(tools: &Tools, source: Arc<dyn Source>, job: Job) -> Result<Running, Error> {
    let server = RangeServer::start(source, job.read).await?;
    let folder = match job.destination {
        Destination::Stream => None,
        Destination::Folder => Some(own_folder(tools)?),
    };
    let mut arguments: Vec<_> =
        ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y"].map(Into::into).into();
    arguments.extend(job.input.into_iter().map(Into::into));
    arguments.extend(input::arguments(&server));
    arguments.extend(job.output.into_iter().map(Into::into));
    let order = Order {
        program: &tools.ffmpeg,
        arguments,
        folder,
        server: Some(server),
        limits: job.limits,
        progress: Reports::Of(job.expected),
    };
    start(&tools.sandbox, order).await
}

/// A new folder that only the child, and this process, can enter.
fn own_folder(tools: &Tools) -> Result<TempDir, Error> {
    let made = || {
        let folder = tempfile::Builder::new().prefix("lightmill-video-").tempdir_in(&tools.work)?;
        if let Some(who) = tools.sandbox.identity() {
            std::os::unix::fs::chown(folder.path(), Some(who.user), Some(who.group))?;
        }
        Ok(folder)
    };
    made().map_err(|error: std::io::Error| Error::failed(format!("no folder to work in: {}", error.kind())))
}
