use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, Mode, OFlags, openat, renameat, unlinkat};
use rustix::io::Errno;

use super::sink::refused;
use crate::{Content, Error, Piece};

/// How the names of files begin that are still being written.
pub(super) const UNFINISHED: &str = ".lightmill-";

/// A file that has been written and flushed under a name that nobody looks for. Removed when it is dropped before it was
/// put in its place.
#[derive(Debug)]
pub(super) struct Unfinished<'a> {
    folder: BorrowedFd<'a>,
    name: String,
    file: File,
    placed: bool,
}

impl<'a> Unfinished<'a> {
    /// Writes `content` into a new file in `folder`, piece by piece.
    pub(super) fn write(folder: BorrowedFd<'a>, content: &Content) -> Result<Self, Error> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // Unlike that of every other writer, on other machines too that share the folder: and if not, `EXCL` tells.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{UNFINISHED}{}-{count}-{}", std::process::id(), since.as_nanos());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(folder, &name, flags, Mode::from_raw_mode(0o666)).map_err(refused)?;
        let mut unfinished = Self { folder, name, file: file.into(), placed: false };
        unfinished.fill(content)?;
        Ok(unfinished)
    }

    fn fill(&mut self, content: &Content) -> Result<(), Error> {
        for piece in content.pieces() {
            match piece {
                Piece::Bytes(bytes) => self.file.write_all(bytes).map_err(|error| failed(&error))?,
                Piece::File(file) => {
                    let mut rest = 0..file.len();
                    while !rest.is_empty() {
                        let (bytes, after) = file.piece(rest, |_| Ok(()))?;
                        self.file.write_all(&bytes).map_err(|error| failed(&error))?;
                        rest = after;
                    }
                }
            }
        }
        self.file.sync_all().map_err(|error| failed(&error))
    }

    /// What is known of it, as of the object that it will be, once it is later than `old`: times are those of the kernel's
    /// ticks, numbers of files are used again, and no state of an object may be taken for an earlier one.
    pub(super) fn later_than(&self, old: Option<&Metadata>) -> io::Result<Metadata> {
        let (own, old) = (self.file.metadata()?, old.map(Metadata::modified).transpose()?);
        match old {
            Some(old) if own.modified()? <= old => {
                self.file.set_modified(old + Duration::from_nanos(1))?;
                self.file.metadata()
            }
            _ => Ok(own),
        }
    }

    /// Puts it in the place of the file of that name, if there is one.
    pub(super) fn place(mut self, name: &Path) -> Result<(), Error> {
        renameat(self.folder, &self.name, self.folder, name).map_err(refused)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.placed {
            // The first error says more than one of cleaning up.
            let _ = unlinkat(self.folder, &self.name, AtFlags::empty());
        }
    }
}

fn failed(error: &io::Error) -> Error {
    refused(Errno::from_io_error(error).unwrap_or(Errno::IO))
}
