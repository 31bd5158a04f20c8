use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::process::{Child, ChildStderr};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::complaint;
use crate::error::{Error, Measured};
use crate::range_server::RangeServer;
use crate::sandbox::Limits;

/// How often the size of a folder is looked at. A single file over the limit is stopped by the kernel, at once.
const LOOK: Duration = Duration::from_millis(250);

/// What ffmpeg ends with after a signal that it takes as a wish to end. Nobody here sends one but the kernel, at the
/// limit of processor time.
const ENDED_BY_SIGNAL: i32 = 255;

/// A child whose whole group is killed when this goes away.
pub(super) struct Group(Child);

impl Group {
    pub(super) fn new(child: Child) -> Self {
        Self(child)
    }

    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    fn kill(&mut self) {
        // There is a number until the child is waited for: it cannot be anybody else's.
        if let Some(group) = self.0.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            // A group that has just ended needs no signal.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The runtime reaps what was dropped (`kill_on_drop`).
        self.kill();
    }
}

/// What is watched while a child works.
pub(super) struct Watch {
    pub(super) limits: Limits,
    pub(super) folder: Option<Arc<TempDir>>,
    /// Gives the child its input; ends with it.
    pub(super) server: Option<RangeServer>,
    pub(super) cancelled: CancellationToken,
}

/// Waits until the child ends, or ends it; then it is reaped, and its last words are understood. If this is dropped,
/// the group goes first, and then what it worked with.
pub(super) async fn supervise(says: ChildStderr, watch: Watch, mut group: Group) -> Result<(), Error> {
    let heard = tokio::spawn(complaint::listen(says));
    let stopped = tokio::select! {
        biased;
        status = group.child().wait() => Ok(status),
        () = watch.cancelled.cancelled() => Err(Error::Cancelled),
        error = failure(watch.server.as_ref()) => Err(error),
        () = tokio::time::sleep(watch.limits.wall) => Err(Error::TimedOut { limit: watch.limits.wall }),
        () = full(watch.folder.as_ref(), watch.limits.written) => Err(too_much(&watch.limits)),
    };
    let status = match stopped {
        Ok(status) => status.map_err(Error::failed)?,
        Err(error) => {
            group.kill();
            group.child().wait().await.map_err(Error::failed)?;
            return Err(error);
        }
    };
    // A source that fails may look to the child like the end of the video, and be taken well.
    if let Some(error) = watch.server.as_ref().and_then(RangeServer::failure) {
        return Err(error);
    }
    let said = tokio::time::timeout(Duration::from_secs(1), heard).await;
    let said = said.ok().and_then(Result::ok).unwrap_or_default();
    ended(status, &said, &watch.limits)?;
    if let Some(folder) = watch.folder {
        match bytes_in(folder.path()) {
            0 => return Err(Error::NothingThere),
            bytes if bytes > watch.limits.written => return Err(too_much(&watch.limits)),
            _ => {}
        }
    }
    Ok(())
}

/// What the end of a child means.
fn ended(status: ExitStatus, said: &str, limits: &Limits) -> Result<(), Error> {
    let processor = Error::TimedOut { limit: limits.processor };
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(ENDED_BY_SIGNAL), _) | (_, Some(libc::SIGXCPU)) => Err(processor),
        (_, Some(libc::SIGXFSZ)) => Err(too_much(limits)),
        (Some(_), _) => Err(complaint::error(said, limits.memory)),
        (None, signal) => {
            let signal = signal.unwrap_or_default();
            Err(Error::failed(format!("killed by signal {signal}; {}", complaint::scrubbed(said))))
        }
    }
}

fn too_much(limits: &Limits) -> Error {
    Error::TooLarge { what: Measured::Written, limit: limits.written }
}

/// Ends when the server that gives the input has failed.
async fn failure(server: Option<&RangeServer>) -> Error {
    match server {
        Some(server) => server.failed().await,
        None => std::future::pending().await,
    }
}

/// Ends when the files of a folder are larger than `limit` together.
async fn full(folder: Option<&Arc<TempDir>>, limit: u64) {
    let Some(folder) = folder else { return std::future::pending().await };
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let folder = Arc::clone(folder);
        let bytes = tokio::task::spawn_blocking(move || bytes_in(folder.path())).await;
        if bytes.is_ok_and(|bytes| bytes > limit) {
            return;
        }
    }
}

/// Bytes of all files in a folder and below. What vanishes meanwhile is not counted.
fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let bytes = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.filter_map(Result::ok).map(bytes).sum()
}
