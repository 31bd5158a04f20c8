use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use tempfile::TempDir;

use crate::Identity;

/// How the names of such folders begin.
const PREFIX: &str = "lightmill-video-";

/// The file in them whose lock says that somebody works there.
const LOCK: &str = "lock";

/// The folder of this process, in which each child gets one of its own. It is removed with its owner; what processes left
/// behind that were killed is removed by the next one that works beside it.
#[derive(Debug)]
pub struct WorkFolder {
    folder: TempDir,
    /// Held until this process ends, however it does.
    _lock: File,
}

impl WorkFolder {
    /// A new folder in `place`.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn new(place: &Path, children: Option<Identity>) -> io::Result<Self> {
        sweep(place);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        // Nobody else looks in; a child that is another user passes through.
        let mode = if children.is_some() { 0o711 } else { 0o700 };
        fs::set_permissions(folder.path(), Permissions::from_mode(mode))?;
        let lock = File::create(folder.path().join(LOCK))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders in `place` whose processes are gone. Whatever cannot be looked at is left alone.
fn sweep(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for folder in entries.flatten().filter(|entry| entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()))
    {
        // A folder without a lock is one that is being made at this moment, or of somebody else.
        let Ok(lock) = File::open(folder.path().join(LOCK)) else { continue };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            tracing::info!(folder = %folder.path().display(), "what an earlier process left is removed");
            if let Err(error) = fs::remove_dir_all(folder.path()) {
                tracing::warn!(%error, "what an earlier process left cannot be removed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_removed_and_what_is_in_use_is_not() {
        let place = TempDir::new().unwrap();
        let in_use = WorkFolder::new(place.path(), None).unwrap();
        let left = place.path().join("lightmill-video-left");
        let of_others = place.path().join("lightmill-video-others");
        for folder in [&left, &of_others] {
            fs::create_dir_all(folder.join("deep")).unwrap();
        }
        fs::write(left.join(LOCK), "").unwrap();
        let another = WorkFolder::new(place.path(), Some(Identity { user: 1, group: 1 })).unwrap();
        assert_eq!(
            [left.exists(), of_others.exists(), in_use.path().exists(), another.path().exists()],
            [false, true, true, true]
        );
        assert_eq!(fs::metadata(another.path()).unwrap().permissions().mode() & 0o777, 0o711);
        assert_eq!(fs::metadata(in_use.path()).unwrap().permissions().mode() & 0o777, 0o700);
        drop(in_use);
        drop(another);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
