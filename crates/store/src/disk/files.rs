use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use rustix::fs::{FlockOperation, flock};

use crate::OpenFile;

/// Raised when the arrangement of the files changes: what an older one left is not looked at.
const ARRANGEMENT: &str = "v1";

/// Files that are still being written.
const UNFINISHED: &str = "unfinished";

/// The folder: each entry a file of its own, in one of 256 folders by the first two letters of its name, so that no
/// folder grows beyond what a directory listing can bear.
#[derive(Debug)]
pub(super) struct Files {
    entries: PathBuf,
    unfinished: PathBuf,
    next: AtomicU64,
    /// Holds the lock until this process ends, however it does.
    _lock: File,
}

impl Files {
    /// Makes the folder if there is none, and removes what was never finished.
    ///
    /// # Errors
    /// What the file system says; [`io::ErrorKind::WouldBlock`] if another process uses the folder.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let (entries, unfinished) = (folder.join(ARRANGEMENT), folder.join(UNFINISHED));
        fs::create_dir_all(&entries)?;
        let lock = File::create(folder.join("lock"))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(&unfinished)?,
        }
        Ok(Self { entries, unfinished, next: AtomicU64::new(0), _lock: lock })
    }

    /// Where the entries of all names lie.
    pub(super) fn entries(&self) -> &Path {
        &self.entries
    }

    fn path(&self, name: &str) -> PathBuf {
        self.entries.join(&name[..2]).join(name)
    }

    /// Writes the parts one behind the other under a name of their own, and then puts them in their place: readers see
    /// all or nothing. Nothing is flushed to the disk: whoever reads must be able to tell whether the bytes are whole.
    pub(super) fn write(&self, name: &str, parts: &[Bytes]) -> io::Result<()> {
        self.finished(name, |unfinished| {
            let mut file = File::create(unfinished)?;
            parts.iter().try_for_each(|part| file.write_all(part))
        })
    }

    /// Makes `file` the entry of this name, with `trailer` behind its bytes: it is moved, or copied and removed where it lies
    /// on another file system. The bytes are on the disk before they have the name: they are too many to be looked through
    /// whenever they are read.
    pub(super) fn adopt(&self, name: &str, file: &Path, trailer: &[u8]) -> io::Result<()> {
        let mut is_copy = false;
        self.finished(name, |unfinished| {
            match fs::rename(file, unfinished) {
                Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                    is_copy = true;
                    fs::copy(file, unfinished)?;
                }
                moved => moved?,
            }
            let mut file = File::options().append(true).open(unfinished)?;
            file.write_all(trailer)?;
            file.sync_data()
        })?;
        if is_copy { fs::remove_file(file) } else { Ok(()) }
    }

    /// Has a file written, and puts it in its place.
    fn finished(&self, name: &str, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let unfinished = self.unfinished.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        let written = write(&unfinished).and_then(|()| self.publish(&unfinished, name));
        if written.is_err() {
            // The first error says more than one of cleaning up; the next start cleans up too.
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    fn publish(&self, unfinished: &Path, name: &str) -> io::Result<()> {
        let path = self.path(name);
        match (fs::rename(unfinished, &path), path.parent()) {
            (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(folder)?;
                fs::rename(unfinished, &path)
            }
            (renamed, _) => renamed,
        }
    }

    /// The file; `None` if there is no such entry.
    pub(super) fn open_file(&self, name: &str) -> io::Result<Option<OpenFile>> {
        match OpenFile::open(&self.path(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            file => file.map(Some),
        }
    }

    /// The last `most` bytes, or all if there are fewer; `None` if there is no such entry.
    pub(super) fn read(&self, name: &str, most: u64) -> io::Result<Option<Bytes>> {
        let mut file = match File::open(self.path(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let size = file.metadata()?.len();
        if size > most {
            file.seek(SeekFrom::Start(size - most))?;
        }
        let mut bytes = Vec::with_capacity(size.min(most) as usize);
        file.take(most).read_to_end(&mut bytes)?;
        Ok(Some(bytes.into()))
    }

    /// Removes an entry. That there is none is no error.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}
