use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, flock, fstat, openat, statat};
use rustix::io::{Errno, retry_on_intr};

/// The file in the root that is locked. Lists pass over it as over whatever is unfinished.
pub(super) const NAME: &str = ".lightmill-lock";

/// The right to put files in their places, or take them away, below a root: of one writer at a time, in all processes and
/// on all machines that share it. It ends with this, or with the process.
///
/// It is held between looking at a file and renaming another one over it, and only then.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for it.
    pub(super) fn take(root: &OwnedFd) -> Result<Self, Errno> {
        // Open for writing: NFS locks no other files, and no folders.
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let file = openat(root, NAME, flags, Mode::from_raw_mode(0o666))?;
            retry_on_intr(|| flock(&file, FlockOperation::LockExclusive))?;
            // Others lock what has this name now, if somebody removed it meanwhile.
            match statat(root, NAME, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(named) if named.st_ino == fstat(&file)?.st_ino => return Ok(Self { _file: file.into() }),
                Ok(_) | Err(Errno::NOENT) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for it where anything was ever written on a condition; elsewhere nobody needs to be kept apart.
    pub(super) fn take_if_any(root: &OwnedFd) -> Result<Option<Self>, Errno> {
        match statat(root, NAME, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error),
            Ok(_) => Self::take(root).map(Some),
        }
    }
}

/// Whether a key is that of the lock.
pub(super) fn is_lock(key: &Path) -> bool {
    key == Path::new(NAME)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn one_holds_it_even_if_its_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root: OwnedFd = File::open(folder.path()).unwrap().into();
        assert!(Lock::take_if_any(&root).unwrap().is_none());
        let holders = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for i in 0..8 {
                let (root, holders, folder) = (&root, &holders, folder.path());
                scope.spawn(move || {
                    for _ in 0..200 {
                        let lock = Lock::take(root).unwrap();
                        assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                        holders.fetch_sub(1, Ordering::SeqCst);
                        if i == 0 {
                            // Whoever waits for it looks again.
                            std::fs::remove_file(folder.join(NAME)).unwrap();
                        }
                        drop(lock);
                    }
                });
            }
        });
        drop(Lock::take(&root).unwrap());
        assert!(Lock::take_if_any(&root).unwrap().is_some());
    }
}
