use std::fs::{File, Metadata};
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};

use super::root::Root;
use super::{content_type, key};
use crate::blocking::blocking;
use crate::open_file::{OpenFile, PIECE_BYTES};
use crate::source::cut;
use crate::{Error, Object, Source, Stat, Version};

/// The files of a folder. Folders, pipes and devices are no objects; symbolic links are followed if their target lies
/// inside of the folder.
///
/// The folder is opened once: if another takes its place, the source still reads the first.
#[derive(Debug, Clone)]
pub struct LocalSource {
    root: Arc<Root>,
}

impl LocalSource {
    /// Opens the folder.
    ///
    /// # Errors
    /// If `folder` is not a folder that can be read.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        Ok(Self { root: Arc::new(Root::open(folder)?) })
    }

    /// The folder, without symbolic links.
    pub fn folder(&self) -> &Path {
        self.root.path()
    }
}

#[async_trait]
impl Source for LocalSource {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let (root, key) = (Arc::clone(&self.root), key.to_owned());
        blocking(move || Ok(open(&root, &key)?.1)).await
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let (root, key) = (Arc::clone(&self.root), key.to_owned());
        blocking(move || {
            let (file, stat) = open(&root, &key)?;
            let range = cut(range, stat.size);
            let known = stat.version.clone();
            let check = move |file: &File| unchanged(file, &known);
            // What fits into one piece is read in the turn that opens the file.
            let body = if range.end - range.start <= PIECE_BYTES {
                let piece = file.piece(range.clone(), check).map(|(piece, _)| piece);
                stream::iter((!range.is_empty()).then_some(piece)).boxed()
            } else {
                file.checked(range.clone(), check)
            };
            Ok(Object { stat, range, body })
        })
        .await
    }
}

fn open(root: &Root, key: &str) -> Result<(OpenFile, Stat), Error> {
    let file = root.file(key::relative_path(key)?)?;
    let metadata = file.metadata().map_err(|error| Error::of_file(&error))?;
    let stat = Stat {
        size: metadata.len(),
        version: version(&metadata),
        modified: metadata.modified().ok(),
        content_type: Some(content_type::of_key(key).to_owned()),
        cache_control: None,
    };
    Ok((OpenFile::known(file, stat.size), stat))
}

/// The inode tells a file from one that took its place with the same size and time (as `cp -p` and `mv` make).
pub(super) fn version(metadata: &Metadata) -> Version {
    let (seconds, nanoseconds) = (metadata.mtime(), metadata.mtime_nsec());
    Version::new(format!("{seconds}.{nanoseconds:09}-{}-{}", metadata.len(), metadata.ino()))
}

/// A file that is written in place while it is read gives a mixture of old and new.
fn unchanged(file: &File, known: &Version) -> Result<(), Error> {
    let metadata = file.metadata().map_err(|error| Error::of_file(&error))?;
    if version(&metadata) == *known { Ok(()) } else { Err(Error::unavailable("the file changed while it was read")) }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use tempfile::TempDir;

    use super::*;
    use crate::collect;

    fn folder() -> (TempDir, LocalSource) {
        let folder = tempfile::tempdir().unwrap();
        let source = LocalSource::open(folder.path()).unwrap();
        (folder, source)
    }

    fn put(folder: &Path, key: &str, bytes: &[u8]) {
        let path = folder.join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    #[tokio::test]
    async fn behaves_as_a_source() {
        let (folder, source) = folder();
        crate::testing::behaves_as_a_source(&source, async |key, bytes| put(folder.path(), key, bytes)).await;
    }

    #[tokio::test]
    async fn keys_are_as_documented() {
        let (folder, source) = folder();
        let put = async |key: &str, bytes: &[u8]| put(folder.path(), key, bytes);
        crate::documented::keys_are_as_documented("local", &source, &[], put).await;
    }

    #[tokio::test]
    async fn keys_cannot_leave_the_folder() {
        let (folder, source) = folder();
        std::fs::write(folder.path().join("a"), "a").unwrap();
        let absolute = folder.path().join("a");
        for key in ["../a", "..", ".", "/etc/passwd", "b/../a", "a\0", "..\\a", absolute.to_str().unwrap()] {
            assert!(matches!(source.stat(key).await, Err(Error::InvalidKey(_))), "{key:?}");
            assert!(matches!(source.read(key, None).await, Err(Error::InvalidKey(_))), "{key:?}");
        }
    }

    #[tokio::test]
    async fn pipes_and_folders_are_no_objects_and_do_not_block() {
        let (folder, source) = folder();
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe"), rustix::fs::Mode::RWXU).unwrap();
        std::os::unix::fs::symlink("pipe", folder.path().join("link")).unwrap();
        std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        for key in ["pipe", "link", "socket", "folder", "folder/"] {
            let answer = tokio::time::timeout(Duration::from_secs(5), source.read(key, None)).await.unwrap();
            assert_eq!(answer.unwrap_err(), Error::NotFound, "{key}");
            assert_eq!(source.stat(key).await.unwrap_err(), Error::NotFound, "{key}");
        }
    }

    #[tokio::test]
    async fn unreadable_files_are_forbidden() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, source) = folder();
        let path = folder.path().join("a");
        std::fs::write(&path, "a").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        // A superuser reads it all the same.
        if File::open(&path).is_err() {
            assert_eq!(source.read("a", None).await.unwrap_err(), Error::Forbidden);
        }
    }

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_read_is_an_error() {
        let (folder, source) = folder();
        let path = folder.path().join("a");
        let size = 3 * PIECE_BYTES;
        for new_size in [size - 1, size + 1, PIECE_BYTES / 2] {
            std::fs::write(&path, vec![1; size as usize]).unwrap();
            let mut object = source.read("a", None).await.unwrap();
            assert_eq!(object.body.next().await.unwrap().unwrap().len() as u64, PIECE_BYTES);
            File::options().write(true).open(&path).unwrap().set_len(new_size).unwrap();
            assert!(matches!(collect(object, 2 * size).await, Err(Error::Unavailable { .. })), "{new_size}");
        }
    }

    #[tokio::test]
    async fn versions_follow_size_time_and_identity() {
        let (folder, source) = folder();
        let path = folder.path().join("a");
        std::fs::write(&path, "one").unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let set_time = |time| File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        set_time(time);
        let first = source.stat("a").await.unwrap();
        assert_eq!(first.modified, Some(time));
        assert_eq!(source.stat("a").await.unwrap(), first);
        set_time(time + Duration::from_nanos(1));
        let second = source.stat("a").await.unwrap();
        std::fs::write(folder.path().join("b"), "two").unwrap();
        std::fs::rename(folder.path().join("b"), &path).unwrap();
        set_time(time + Duration::from_nanos(1));
        let third = source.stat("a").await.unwrap();
        assert_ne!(first.version, second.version);
        assert_ne!(second.version, third.version);
    }
}
