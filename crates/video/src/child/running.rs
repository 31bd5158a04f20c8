use std::ffi::OsString;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::Stream;
use rustix::pipe::PipeFlags;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::ChildStdout;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::supervisor::{Group, Watch, supervise};
use super::{Progress, progress, spawner};
use crate::error::{Error, Measured};
use crate::range_server::{Meter, RangeServer};
use crate::sandbox::{Access, Limits, Prepared, Program, Sandbox};

/// The largest piece that is read at once, which is what a pipe holds.
const PIECE: usize = 64 << 10;

/// What a child is to do.
pub(crate) struct Order<'a> {
    pub(crate) program: &'a Program,
    pub(crate) arguments: Vec<OsString>,
    /// The folder that it works in and writes to.
    pub(crate) folder: Option<TempDir>,
    /// The server that gives it its input.
    pub(crate) server: Option<RangeServer>,
    pub(crate) limits: Limits,
    pub(crate) progress: Reports,
}

/// Whether a child reports how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reports {
    /// It knows no `-progress`.
    None,
    /// As parts of a result of that duration, where it is known.
    Of(Option<Duration>),
}

/// A child at work. Dropping it ends the work: the child and whatever it started are killed and reaped at once, and
/// then the folder that it wrote to is removed, unless somebody else holds it.
///
/// A child that writes to its standard output waits while nobody reads.
#[derive(Debug)]
pub struct Running {
    output: Option<ChildStdout>,
    written: u64,
    limit: u64,
    folder: Option<Arc<TempDir>>,
    supervisor: JoinHandle<Result<(), Error>>,
    /// How it ended, once that is known.
    outcome: Option<Result<(), Error>>,
    progress: watch::Receiver<Progress>,
    read: Option<Meter>,
    cancelled: CancellationToken,
    _cancels: DropGuard,
}

/// Starts a child in its box.
pub(crate) async fn start(sandbox: &Sandbox, order: Order<'_>) -> Result<Running, Error> {
    let Order { program, mut arguments, folder, server, limits, progress: reports } = order;
    let (sender, progress) = watch::channel(Progress::default());
    let mut inherited = None;
    if let Reports::Of(expected) = reports {
        let (reader, writer) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(Error::failed)?;
        rustix::io::ioctl_fionbio(&reader, true).map_err(Error::failed)?;
        let reader = pipe::Receiver::from_owned_fd(reader).map_err(Error::failed)?;
        let target = format!("pipe:{}", writer.as_raw_fd());
        arguments.splice(0..0, ["-progress".into(), target.into()]);
        tokio::spawn(progress::follow(reader, expected, sender));
        inherited = Some(writer);
    }
    let folder = folder.map(Arc::new);
    let access = Access {
        folder: folder.as_ref().map(|folder| folder.path().to_owned()),
        port: server.as_ref().map(RangeServer::port),
    };
    let prepared = Prepared::new(sandbox, program, arguments, &access, &limits, inherited)?;
    let mut child = spawner::spawn(prepared).await?;
    let missing = || Error::failed("a child without pipes");
    let output = child.stdout.take().ok_or_else(missing)?;
    let says = child.stderr.take().ok_or_else(missing)?;
    let cancelled = CancellationToken::new();
    let read = server.as_ref().map(RangeServer::meter);
    let watch = Watch { limits, folder: folder.clone(), server, cancelled: cancelled.clone() };
    Ok(Running {
        output: Some(output),
        written: 0,
        limit: limits.written,
        folder,
        supervisor: tokio::spawn(supervise(says, watch, Group::new(child))),
        outcome: None,
        progress,
        read,
        _cancels: cancelled.clone().drop_guard(),
        cancelled,
    })
}

impl Running {
    /// The next piece of the child's standard output, at most 64 KiB; `None` once the child has ended and all went
    /// well.
    ///
    /// What came before an error is not whole, and nothing but the same error comes after it. A child with no folder
    /// that was content and wrote nothing is [`Error::NothingThere`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if let Some(output) = &mut self.output {
            let mut piece = BytesMut::with_capacity(PIECE);
            match output.read_buf(&mut piece).await {
                Ok(0) => self.output = None,
                Ok(count) => {
                    self.written += count as u64;
                    if self.written <= self.limit {
                        return Ok(Some(piece.freeze()));
                    }
                    self.output = None;
                    self.cancelled.cancel();
                    self.ended().await.ok();
                    let error = Error::TooLarge { what: Measured::Written, limit: self.limit };
                    self.outcome = Some(Err(error));
                }
                Err(error) => {
                    self.output = None;
                    self.cancelled.cancel();
                    self.outcome = Some(Err(Error::failed(error)));
                }
            }
        }
        self.ended().await.map(|()| None)
    }

    /// All of the output, which [`Limits::written`] bounds.
    pub async fn collect(mut self) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// The output as a stream, which ends after an error. Dropping it ends the work.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        futures::stream::unfold(Some(self), |running| async {
            let mut running = running?;
            match running.next().await {
                Ok(Some(piece)) => Some((Ok(piece), Some(running))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    /// Waits for the end, and gives the folder with what was made, which is removed when the last who holds it drops
    /// it. What is written to the standard output meanwhile is thrown away.
    pub async fn finish(mut self) -> Result<Arc<TempDir>, Error> {
        while self.next().await?.is_some() {}
        self.folder.take().ok_or_else(|| Error::failed("the work had no folder"))
    }

    /// The folder that is written to, while it is.
    pub fn folder(&self) -> Option<&Arc<TempDir>> {
        self.folder.as_ref()
    }

    /// How far it is, whenever that changes.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Bytes that were read from the source until now.
    pub fn bytes_read(&self) -> u64 {
        self.read.as_ref().map_or(0, Meter::bytes)
    }

    /// Ends the work, and waits until nothing is left of it.
    pub async fn cancel(mut self) {
        self.cancelled.cancel();
        // It ends with `Cancelled`, or was faster.
        self.ended().await.ok();
    }

    /// Waits until the child is reaped, and tells how it ended, as often as it is asked.
    async fn ended(&mut self) -> Result<(), Error> {
        if self.outcome.is_none() {
            let ended = (&mut self.supervisor).await.map_err(Error::failed).flatten();
            let nothing = self.written == 0 && self.folder.is_none();
            self.outcome = Some(ended.and_then(|()| if nothing { Err(Error::NothingThere) } else { Ok(()) }));
        }
        self.outcome.clone().unwrap_or(Ok(()))
    }
}
