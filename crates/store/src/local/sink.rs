use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use rustix::fs::{AtFlags, Mode, OFlags, fsync, mkdirat, openat, unlinkat};
use rustix::io::Errno;

use super::lock::{Lock, is_lock};
use super::root::Root;
use super::unfinished::Unfinished;
use super::{condition, key};
use crate::blocking::blocking;
use crate::{Attributes, Condition, Content, Error, Sink, Version};

/// Writes files below a folder.
///
/// A folder keeps bytes alone: a [`LocalSource`](super::LocalSource) tells the media type by the name's extension, and
/// nothing else of [`Attributes`] is kept. Folders are made where a key needs them, and stay when their last object is
/// removed. A key that lies below another object, or that a folder has already, is refused; links are not followed.
///
/// A file is written under a name that begins with `.lightmill-`, flushed to the disk and then renamed. Such a name is
/// left behind only by a process that was killed meanwhile, and may be removed then.
///
/// Where something is written on a condition, the folder gets a file `.lightmill-lock`, by whose lock (`flock`) all sinks over
/// this folder take turns, whatever process they are of. Other programs that write there know nothing of it.
#[derive(Debug, Clone)]
pub struct LocalSink {
    root: Arc<Root>,
}

impl LocalSink {
    /// Opens the folder.
    ///
    /// # Errors
    /// If `folder` is not a folder that can be read.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        Ok(Self { root: Arc::new(Root::open(folder)?) })
    }
}

#[async_trait]
impl Sink for LocalSink {
    async fn write(&self, key: &str, content: Content, _: &Attributes) -> Result<(), Error> {
        let (root, key) = (Arc::clone(&self.root), key.to_owned());
        blocking(move || {
            let (parents, name) = split(&key)?;
            let folder = walk(root.handle(), parents, Missing::Make).map_err(refused)?;
            let folder = folder.as_ref().map_or(root.handle().as_fd(), OwnedFd::as_fd);
            let file = Unfinished::write(folder, &content)?;
            let lock = Lock::take_if_any(root.handle()).map_err(refused)?;
            file.place(name)?;
            drop(lock);
            fsync(folder).map_err(refused)
        })
        .await
    }

    async fn write_if(&self, key: &str, body: Bytes, _: &Attributes, condition: &Condition) -> Result<Version, Error> {
        let (root, key, condition) = (Arc::clone(&self.root), key.to_owned(), condition.clone());
        blocking(move || condition::replace(&root, &key, &body.into(), &condition)).await
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        let (root, key) = (Arc::clone(&self.root), key.to_owned());
        blocking(move || {
            let removed = split(&key).and_then(|(parents, name)| {
                let folder = walk(root.handle(), parents, Missing::Fail)?;
                let folder = folder.as_ref().map_or(root.handle().as_fd(), OwnedFd::as_fd);
                let lock = Lock::take_if_any(root.handle())?;
                unlinkat(folder, name, AtFlags::empty())?;
                drop(lock);
                Ok(fsync(folder)?)
            });
            // What is no object, as a folder, is not there to be removed.
            match removed {
                Err(Error::NotFound) => Ok(()),
                answer => answer,
            }
        })
        .await
    }
}

pub(super) fn split(key: &str) -> Result<(&Path, &Path), Error> {
    let path = match key::relative_path(key) {
        Err(Error::NotFound) => Err(Error::InvalidKey("has an empty segment, which no folder can keep")),
        answer => answer,
    }?;
    if is_lock(path) {
        return Err(Error::InvalidKey("is that of the lock"));
    }
    match (path.parent(), path.file_name()) {
        (Some(parents), Some(name)) => Ok((parents, Path::new(name))),
        _ => Err(Error::InvalidKey("is empty")),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Make,
    Fail,
}

/// The folder at `parents`, step by step without following a link; `None` for the root itself.
pub(super) fn walk(root: &OwnedFd, parents: &Path, missing: Missing) -> Result<Option<OwnedFd>, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut below: Option<OwnedFd> = None;
    for part in parents.components() {
        let Component::Normal(part) = part else { return Err(Errno::NOENT) };
        let folder = below.as_ref().unwrap_or(root);
        let next = match openat(folder, part, flags, Mode::empty()) {
            Err(Errno::NOENT) if missing == Missing::Make => {
                match mkdirat(folder, part, Mode::from_raw_mode(0o777)) {
                    Ok(()) => fsync(folder)?,
                    // Another writer was faster.
                    Err(Errno::EXIST) => {}
                    Err(error) => return Err(error),
                }
                openat(folder, part, flags, Mode::empty())?
            }
            answer => answer?,
        };
        below = Some(next);
    }
    Ok(below)
}

/// What the file system cannot keep, although the key is a good one elsewhere.
pub(super) fn refused(error: Errno) -> Error {
    match error {
        Errno::NOTDIR | Errno::LOOP => Error::InvalidKey("lies below another object"),
        Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST => Error::InvalidKey("is that of a folder"),
        Errno::NAMETOOLONG => Error::InvalidKey("has a segment that is too long"),
        Errno::NOENT => Error::unavailable("the folder was removed"),
        error => Error::from(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;
    use crate::local::LocalSource;
    use crate::testing::Keeps;

    fn folder() -> (TempDir, LocalSink) {
        let folder = tempfile::tempdir().unwrap();
        let sink = LocalSink::open(folder.path()).unwrap();
        (folder, sink)
    }

    async fn write(sink: &LocalSink, key: &str) -> Result<(), Error> {
        sink.write(key, Bytes::from_static(b"new").into(), &Attributes::default()).await
    }

    #[tokio::test]
    async fn behaves_as_a_sink() {
        let (folder, sink) = folder();
        let source = LocalSource::open(folder.path()).unwrap();
        crate::testing::behaves_as_a_sink(&sink, &source, Keeps::Bytes).await;
    }

    #[tokio::test]
    async fn nothing_is_written_outside_of_the_folder() {
        let (folder, sink) = folder();
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("kept"), "old").unwrap();
        symlink(outside.path(), folder.path().join("out")).unwrap();
        symlink(outside.path().join("kept"), folder.path().join("link")).unwrap();
        for key in ["../a", "a/../../a", "/a", "a\0", "a//b", "a/", "out/a", "out/kept"] {
            assert!(matches!(write(&sink, key).await, Err(Error::InvalidKey(_))), "{key}");
        }
        assert_eq!(sink.remove("out/kept").await, Ok(()), "no link is followed to it");
        // The link is replaced, not what it leads to.
        write(&sink, "link").await.unwrap();
        sink.remove("link").await.unwrap();
        assert_eq!(std::fs::read_to_string(outside.path().join("kept")).unwrap(), "old");
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn what_cannot_be_written_leaves_nothing_behind() {
        let (folder, sink) = folder();
        write(&sink, "a/b").await.unwrap();
        let long = "n".repeat(300);
        for key in ["a", "a/b/c", long.as_str()] {
            assert!(matches!(write(&sink, key).await, Err(Error::InvalidKey(_))), "{key}");
        }
        sink.remove("a").await.unwrap();
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("a/b")).unwrap(), "new");
    }

    #[tokio::test]
    async fn writers_of_one_key_do_not_mix() {
        let (folder, sink) = folder();
        let bodies: Vec<Bytes> = (0..8_u8).map(|i| Bytes::from(vec![i; 300_000 + i as usize])).collect();
        let nothing = Attributes::default();
        let writes = bodies.iter().map(|body| sink.write("deep/er/a", body.clone().into(), &nothing));
        for answer in futures::future::join_all(writes).await {
            answer.unwrap();
        }
        let written = std::fs::read(folder.path().join("deep/er/a")).unwrap();
        assert!(bodies.iter().any(|body| **body == written));
        assert_eq!(std::fs::read_dir(folder.path().join("deep/er")).unwrap().count(), 1);
    }
}
