use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use lightmill_video::{self as video, SourceError};
use tokio::sync::watch;

use crate::Error;
use crate::maker::blocking;

/// Bytes that are read at once.
const PIECE_BYTES: u64 = 256 << 10;

/// A file that one writes and many read while it grows. It has no name: nothing is left of it when the last who holds it
/// is gone, however the process ends.
#[derive(Debug, Default)]
pub(super) struct Spool {
    /// There from the moment at which something is written.
    file: OnceLock<Arc<File>>,
    state: watch::Sender<State>,
}

#[derive(Debug, Clone, Default)]
struct State {
    written: u64,
    /// How the writing ended, once it has.
    end: Option<Result<(), Error>>,
}

impl Spool {
    /// Makes the file, in `folder`. For its only writer.
    pub(super) async fn open(&self, folder: &Path) -> Result<(), Error> {
        let folder = folder.to_owned();
        let file = blocking(move || tempfile::tempfile_in(&folder).map_err(|error| full(&error))).await?;
        self.file.set(Arc::new(file)).map_err(|_| Error::internal("a spool is opened once"))
    }

    /// Adds a piece to its end. For its only writer.
    pub(super) async fn push(&self, piece: Bytes) -> Result<(), Error> {
        let (file, at, length) = (self.file()?, self.state.borrow().written, piece.len() as u64);
        blocking(move || file.write_all_at(&piece, at).map_err(|error| full(&error))).await?;
        self.state.send_modify(|state| state.written += length);
        Ok(())
    }

    /// Nothing is added any more.
    pub(super) fn end(&self, how: Result<(), Error>) {
        self.state.send_modify(|state| state.end = Some(how));
    }

    /// Waits until there is something to read.
    ///
    /// # Errors
    /// What the writer ended with before that.
    pub(super) async fn begun(&self) -> Result<(), Error> {
        let mut state = self.state.subscribe();
        let state = state.wait_for(|state| state.written > 0 || state.end.is_some()).await.map_err(Error::internal)?;
        match &state.end {
            Some(Err(error)) if state.written == 0 => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Whether it ended with an error.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.state.borrow().end, Some(Err(_)))
    }

    /// All of it from the beginning, as fast as it grows and the reader reads; ends with the writer's error. `held` is
    /// dropped with the stream.
    pub(super) fn read(
        self: &Arc<Self>,
        held: impl Send + Sync + 'static,
    ) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        let reader = Reader { spool: Arc::clone(self), state: self.state.subscribe(), at: 0, _held: held };
        stream::try_unfold(reader, |mut reader| async {
            let Some(piece) = reader.next().await? else { return Ok(None) };
            Ok(Some((piece, reader)))
        })
    }

    /// What is written until now, as something that ffmpeg can read.
    pub(super) fn as_source(&self) -> Result<Arc<dyn video::Source>, Error> {
        Ok(Arc::new(Spooled { file: self.file()?, size: self.state.borrow().written }))
    }

    fn file(&self) -> Result<Arc<File>, Error> {
        self.file.get().cloned().ok_or_else(|| Error::internal("a spool that was not opened"))
    }
}

struct Reader<H> {
    spool: Arc<Spool>,
    state: watch::Receiver<State>,
    at: u64,
    _held: H,
}

impl<H> Reader<H> {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let at = self.at;
        let state = self.state.wait_for(|state| state.written > at || state.end.is_some()).await;
        let State { written, end } = state.map_err(Error::internal)?.clone();
        if written > at {
            let bytes = piece(&self.spool.file()?, at..written).await?;
            self.at += bytes.len() as u64;
            return Ok(Some(bytes));
        }
        end.unwrap_or(Ok(())).map(|()| None)
    }
}

/// What is written, which does not grow any more.
struct Spooled {
    file: Arc<File>,
    size: u64,
}

#[video::async_trait]
impl video::Source for Spooled {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, part: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, SourceError>>, SourceError> {
        let pieces = stream::try_unfold((Arc::clone(&self.file), part), |(file, rest)| async move {
            if rest.is_empty() {
                return Ok(None);
            }
            let bytes = piece(&file, rest.clone()).await.map_err(|error| Arc::new(error) as SourceError)?;
            let rest = rest.start + bytes.len() as u64..rest.end;
            Ok(Some((bytes, (file, rest))))
        });
        Ok(pieces.boxed())
    }
}

/// The first bytes of `range`.
async fn piece(file: &Arc<File>, range: Range<u64>) -> Result<Bytes, Error> {
    let (file, bytes) = (Arc::clone(file), (range.end - range.start).min(PIECE_BYTES));
    let read = move || {
        let mut piece = vec![0; bytes as usize];
        file.read_exact_at(&mut piece, range.start).map_err(Error::internal)?;
        Ok(piece.into())
    };
    blocking(read).await
}

/// Of the operator's disk, which is no client's business.
fn full(error: &std::io::Error) -> Error {
    Error::internal(format!("the spool: {error}"))
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    async fn spool() -> (tempfile::TempDir, Arc<Spool>) {
        let (folder, spool) = (tempfile::tempdir().unwrap(), Arc::new(Spool::default()));
        spool.open(folder.path()).await.unwrap();
        (folder, spool)
    }

    async fn all(stream: impl Stream<Item = Result<Bytes, Error>>) -> Result<Vec<u8>, Error> {
        stream.try_fold(Vec::new(), async |whole, piece| Ok([&whole[..], &piece].concat())).await
    }

    #[tokio::test]
    async fn whoever_comes_whenever_reads_all_of_it() {
        let (folder, spool) = spool().await;
        let first = tokio::spawn(all(spool.read(())));
        let long = vec![7; 300 << 10];
        spool.push(Bytes::from(long.clone())).await.unwrap();
        spool.begun().await.unwrap();
        let second = tokio::spawn(all(spool.read(())));
        spool.push(Bytes::from_static(b"end")).await.unwrap();
        spool.end(Ok(()));
        let expected = [&long[..], b"end"].concat();
        for read in [first.await.unwrap(), second.await.unwrap(), all(spool.read(())).await] {
            assert!(read.unwrap() == expected);
        }
        let source = spool.as_source().unwrap();
        assert_eq!(source.size(), expected.len() as u64);
        let tail = source.read(source.size() - 5..source.size()).await.unwrap();
        let tail: Vec<Bytes> = tail.try_collect().await.unwrap();
        assert_eq!(tail.concat(), b"\x07\x07end");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it has no name");
    }

    #[tokio::test]
    async fn an_error_is_told_at_once_or_at_the_end() {
        let broken = Arc::new(Spool::default());
        broken.end(Err(Error::TimedOut));
        assert!(broken.has_failed());
        assert!(matches!(broken.begun().await, Err(Error::TimedOut)));
        let (_folder, broken) = spool().await;
        broken.push(Bytes::from_static(b"half")).await.unwrap();
        broken.end(Err(Error::TimedOut));
        broken.begun().await.unwrap();
        let mut read = Box::pin(broken.read(()));
        assert_eq!(read.next().await.unwrap().unwrap(), "half");
        assert!(matches!(read.next().await, Some(Err(Error::TimedOut))));
        assert!(read.next().await.is_none());
    }
}
