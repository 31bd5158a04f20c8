use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::child::{Order, Reports, start};
use crate::sandbox::Limits;
use crate::{Error, Running, Source, Tools, input};

/// Where the result goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    /// To the standard output (`pipe:1`), while it is made.
    Stream,
    /// Into files of a folder of the work's own: a playlist and its segments, or an MP4 whose index comes first. They
    /// are named by relative paths.
    Folder,
}

/// One piece of work for ffmpeg, but for what it is told.
#[derive(Debug, Clone, Copy)]
pub struct Work {
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
///
/// `command_line` gives everything behind the program's name. It is given the options that must stand right before the
/// input, and the input itself, which goes behind `-i`. It reads nothing else, and writes to `pipe:1` or to relative
/// paths.
pub async fn run(
    tools: &Tools,
    source: Arc<dyn Source>,
    work: Work,
    command_line: impl FnOnce(&[&str], &str) -> Vec<String>,
) -> Result<Running, Error> {
    let server = input::serve(source, work.read)?;
    let folder = match work.destination {
        Destination::Stream => None,
        Destination::Folder => Some(own_folder(tools)?),
    };
    // Only errors are said, or the end of what is kept of them would be about something else.
    let mut arguments: Vec<OsString> = ["-nostats", "-loglevel", "error"].map(Into::into).into();
    arguments.extend(command_line(&input::OPTIONS, &server.url()).into_iter().map(Into::into));
    let order = Order {
        program: &tools.ffmpeg,
        arguments,
        folder,
        server: Some(server),
        limits: work.limits,
        progress: Reports::Of(work.expected),
    };
    start(&tools.sandbox, order).await
}

/// A new folder that only the child, and this process, can enter.
fn own_folder(tools: &Tools) -> Result<TempDir, Error> {
    let made = || {
        let folder = tempfile::Builder::new().prefix("child-").tempdir_in(tools.work())?;
        if let Some(who) = tools.sandbox.identity() {
            std::os::unix::fs::chown(folder.path(), Some(who.user), Some(who.group))?;
        }
        Ok(folder)
    };
    made().map_err(|error: std::io::Error| Error::failed(format!("no folder to work in: {}", error.kind())))
}
