use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};

use crate::Error;
use crate::blocking::blocking;

/// Bytes that are read in one turn on a blocking thread.
pub(crate) const PIECE_BYTES: u64 = 256 * 1024;

/// A file of this machine that is open, and of a known size: what is appended to it later is no part of it.
///
/// It can be read for as long as it is held, whatever happens to its name. Clones are the same file; they share no
/// position, as every read says where.
#[derive(Debug, Clone)]
pub struct OpenFile {
    file: Arc<File>,
    size: u64,
}

impl OpenFile {
    /// Opens a regular file; blocks.
    ///
    /// # Errors
    /// Those of the file system, and those of [`Self::of`].
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::of(File::open(path)?)
    }

    /// A file that was opened to be read, with the size that it has by now; blocks.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for what is no regular file, and what the file system says.
    pub fn of(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Self::known(file, metadata.len()))
    }

    /// A regular file of `size` bytes that was opened to be read.
    pub(crate) fn known(file: File, size: u64) -> Self {
        Self { file: Arc::new(file), size }
    }

    /// The same file as if it ended after so many bytes, if it does not end before.
    #[must_use]
    pub fn first(&self, bytes: u64) -> Self {
        Self { size: bytes.min(self.size), ..self.clone() }
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        self.size
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// The bytes of `range`, in memory.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the file does not have all of them, and what the file system says.
    pub async fn read(&self, range: Range<u64>) -> Result<Bytes, Error> {
        let file = self.clone();
        blocking(move || file.read_now(range)).await
    }

    /// The bytes of `range`, in pieces of no more than 256 KiB. Ends with an error as [`Self::read`] does.
    ///
    /// Must be polled within a Tokio runtime.
    pub fn stream(&self, range: Range<u64>) -> BoxStream<'static, Result<Bytes, Error>> {
        self.clone().checked(range, |_| Ok(()))
    }

    /// As [`Self::read`]; blocks.
    pub(crate) fn read_now(&self, range: Range<u64>) -> Result<Bytes, Error> {
        if range.end > self.size {
            return Err(Error::unavailable(format_args!("the file ends at {}, before {}", self.size, range.end)));
        }
        let mut bytes = vec![0; range.end.saturating_sub(range.start) as usize];
        self.file.read_exact_at(&mut bytes, range.start).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::unavailable("the file became shorter while it was read"),
            _ => Error::of_file(&error),
        })?;
        Ok(bytes.into())
    }

    /// As [`Self::stream`]; `check` must find nothing wrong with the file once it was read to the end of the range, or the
    /// last piece is its error.
    pub(crate) fn checked(
        self,
        range: Range<u64>,
        check: impl Fn(&File) -> Result<(), Error> + Send + 'static,
    ) -> BoxStream<'static, Result<Bytes, Error>> {
        stream::try_unfold((self, range, check), |(file, rest, check)| async {
            if rest.is_empty() {
                return Ok(None);
            }
            let turn = move || {
                let (piece, rest) = file.piece(rest, &check)?;
                Ok(Some((piece, (file, rest, check))))
            };
            blocking(turn).await
        })
        .boxed()
    }

    /// The first piece of `range`, and what is left of it; `check` as above. Positions are given with each read, so that
    /// what is appended meanwhile is never read.
    pub(crate) fn piece(
        &self,
        range: Range<u64>,
        check: impl Fn(&File) -> Result<(), Error>,
    ) -> Result<(Bytes, Range<u64>), Error> {
        let end = range.end.min(range.start.saturating_add(PIECE_BYTES));
        let piece = self.read_now(range.start..end)?;
        if end >= range.end {
            check(&self.file)?;
        }
        Ok((piece, end..range.end))
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    fn file(size: u64) -> (tempfile::TempDir, OpenFile, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        std::fs::write(folder.path().join("a"), &bytes).unwrap();
        let file = OpenFile::open(&folder.path().join("a")).unwrap();
        (folder, file, bytes)
    }

    #[tokio::test]
    async fn ranges_are_read_and_streamed() {
        let (_folder, file, bytes) = file(3 * PIECE_BYTES + 7);
        assert_eq!(file.len(), bytes.len() as u64);
        for range in [0..0, 0..1, 5..PIECE_BYTES + 9, 0..file.len(), file.len() - 1..file.len()] {
            let expected = &bytes[range.start as usize..range.end as usize];
            assert_eq!(file.read(range.clone()).await.unwrap(), expected, "{range:?}");
            let pieces: Vec<Bytes> = file.stream(range.clone()).try_collect().await.unwrap();
            assert_eq!(pieces.concat(), expected, "{range:?}");
            assert!(pieces.iter().all(|piece| piece.len() as u64 <= PIECE_BYTES), "{range:?}");
        }
    }

    #[tokio::test]
    async fn bytes_that_are_not_there_are_an_error() {
        let (folder, file, bytes) = file(2 * PIECE_BYTES);
        let size = file.len();
        assert!(matches!(file.read(0..size + 1).await, Err(Error::Unavailable { .. })));
        let mut longer = bytes.clone();
        longer.push(1);
        std::fs::write(folder.path().join("a"), longer).unwrap();
        assert!(file.read(0..size + 1).await.is_err(), "what was appended is no part of it");
        assert_eq!(file.read(0..size).await.unwrap(), bytes);
        std::fs::write(folder.path().join("a"), &bytes[1..]).unwrap();
        assert!(matches!(file.read(0..size).await, Err(Error::Unavailable { .. })));
        let streamed: Result<Vec<Bytes>, Error> = file.stream(0..size).try_collect().await;
        assert!(matches!(streamed, Err(Error::Unavailable { .. })));
    }

    #[tokio::test]
    async fn it_outlives_its_name() {
        let (folder, file, bytes) = file(10);
        drop(folder);
        assert_eq!(file.clone().read(0..10).await.unwrap(), bytes);
    }

    #[tokio::test]
    async fn its_first_bytes_are_a_file() {
        let (_folder, file, bytes) = file(10);
        let first = file.first(4);
        assert_eq!((first.len(), first.read(0..4).await.unwrap().as_ref()), (4, &bytes[..4]));
        assert!(first.read(0..5).await.is_err());
        assert_eq!(file.first(11).len(), 10);
    }

    #[test]
    fn folders_are_no_files() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(OpenFile::open(folder.path()).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
