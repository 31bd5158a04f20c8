use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

use crate::Error;

/// A folder that was opened once. Every file is opened step by step from that handle, no step follows a symbolic link,
/// so that nobody who may write in the folder can lead a reader out of it, not even by exchanging a folder for a link
/// between a check and its use.
#[derive(Debug)]
pub(super) struct Root {
    folder: OwnedFd,
    /// Without symbolic links, to compare targets with.
    path: PathBuf,
}

impl Root {
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        let path = path.canonicalize()?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(&path, flags, Mode::empty())?;
        Ok(Self { folder, path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn handle(&self) -> &OwnedFd {
        &self.folder
    }

    /// The regular file at `relative`; never blocks on a pipe and never opens a device.
    pub(super) fn file(&self, relative: &Path) -> Result<File, Error> {
        match self.walk(relative) {
            // Links are resolved only where there is one: most keys need no path lookup of their own.
            Err(Errno::LOOP | Errno::NOTDIR) => {
                let target = self.path.join(relative).canonicalize().map_err(|error| Error::of_file(&error))?;
                let relative = target.strip_prefix(&self.path).map_err(|_| Error::Forbidden)?;
                self.walk(relative).map_err(Error::from)
            }
            other => other.map_err(Error::from),
        }
    }

    /// Opens the file without following a link; `LOOP` or `NOTDIR` where there is one.
    fn walk(&self, relative: &Path) -> Result<File, Errno> {
        let (Some(name), Some(parents)) = (relative.file_name(), relative.parent()) else { return Err(Errno::ISDIR) };
        let mut below: Option<OwnedFd> = None;
        for part in parents.components() {
            let Component::Normal(part) = part else { return Err(Errno::NOENT) };
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            below = Some(openat(below.as_ref().unwrap_or(&self.folder), part, flags, Mode::empty())?);
        }
        let folder = below.as_ref().unwrap_or(&self.folder);
        match FileType::from_raw_mode(statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode) {
            FileType::RegularFile => {}
            FileType::Symlink => return Err(Errno::LOOP),
            _ => return Err(Errno::ISDIR),
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(openat(folder, name, flags, Mode::empty())?);
        // What was looked at and what was opened may differ.
        if file.metadata().is_ok_and(|metadata| metadata.is_file()) { Ok(file) } else { Err(Errno::ISDIR) }
    }
}

impl From<Errno> for Error {
    fn from(error: Errno) -> Self {
        Self::of_file(&error.into())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_inside_are_followed_and_links_outside_are_not() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "secret").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("a/b")).unwrap();
        std::fs::write(at("a/b/c"), "c").unwrap();
        symlink("a/b/c", at("file")).unwrap();
        symlink("a", at("folder")).unwrap();
        symlink(at("a/b"), at("absolute")).unwrap();
        symlink("../a/../folder/b/c", at("a/chain")).unwrap();
        symlink("loop", at("loop")).unwrap();
        symlink("nothing", at("dangling")).unwrap();
        symlink(outside.path(), at("out")).unwrap();
        symlink(outside.path().join("secret"), at("a/secret")).unwrap();
        symlink("out/secret", at("twice")).unwrap();
        symlink("..", at("up")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        for inside in ["a/b/c", "file", "folder/b/c", "absolute/c", "a/chain"] {
            assert!(root.file(Path::new(inside)).is_ok(), "{inside}");
        }
        let base = folder.path().file_name().unwrap().to_str().unwrap();
        for outside in ["out/secret", "a/secret", "twice", "folder/secret", "up"] {
            assert_eq!(root.file(Path::new(outside)).unwrap_err(), Error::Forbidden, "{outside}");
        }
        // Out and in again ends inside.
        assert!(root.file(Path::new(&format!("up/{base}/a/b/c"))).is_ok());
        for nothing in ["loop", "dangling", "a", "a/b/c/d", "folder", "nothing", "nothing/x", "file/x"] {
            assert_eq!(root.file(Path::new(nothing)).unwrap_err(), Error::NotFound, "{nothing}");
        }
    }

    #[test]
    fn a_sibling_with_the_same_beginning_is_outside() {
        let parent = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(parent.path().join("root")).unwrap();
        std::fs::create_dir_all(parent.path().join("root-2")).unwrap();
        std::fs::write(parent.path().join("root-2/x"), "x").unwrap();
        symlink("../root-2/x", parent.path().join("root/x")).unwrap();
        let root = Root::open(&parent.path().join("root")).unwrap();
        assert_eq!(root.file(Path::new("x")).unwrap_err(), Error::Forbidden);
    }
}
