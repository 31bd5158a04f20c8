use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Tells one state of a file from another, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When it was last written.
    pub modified: Option<SystemTime>,
    /// Its bytes.
    pub size: u64,
    /// A file that another one took the place of has another number.
    inode: u64,
}

impl Stamp {
    /// Looks at the file, or at what a link leads to.
    ///
    /// # Errors
    /// Those of the file system.
    pub async fn of(path: PathBuf) -> io::Result<Self> {
        tokio::task::spawn_blocking(move || Self::of_now(&path)).await.map_err(io::Error::other)?
    }

    /// As [`Self::of`]; blocks.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn of_now(path: &Path) -> io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        Ok(Self { modified: metadata.modified().ok(), size: metadata.len(), inode: metadata.ino() })
    }
}
