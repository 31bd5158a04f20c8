use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};

/// Opens a file that a child made. What it may have put in its place to lead elsewhere, or to keep others waiting, is
/// refused: a link, a pipe, a folder.
///
/// # Errors
/// What the file system says; [`io::ErrorKind::InvalidData`] for what is no regular file.
pub fn open_made(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file: OwnedFd = openat(CWD, path, flags, Mode::empty())?;
    let file = File::from(file);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidData.into()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "x").unwrap();
        symlink(at("file"), at("link")).unwrap();
        rustix::fs::mkfifoat(CWD, at("pipe"), Mode::RWXU).unwrap();
        assert!(open_made(&at("file")).is_ok());
        for name in ["link", "pipe", "", "nothing"] {
            assert!(open_made(&at(name)).is_err(), "{name}");
        }
    }
}
