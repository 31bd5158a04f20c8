use std::fs::{File, Metadata};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Mode, OFlags, fsync, openat};
use rustix::io::Errno;

use super::lock::Lock;
use super::root::Root;
use super::sink::{Missing, refused, split, walk};
use super::source::version;
use super::unfinished::Unfinished;
use crate::{Condition, Content, Error, Version};

/// Writes the file of `key` on `condition`, and gives its version. Nobody who takes the lock can come between the look at the
/// old file and the rename; readers take none, as a rename is whole.
pub(super) fn replace(root: &Root, key: &str, body: &Content, condition: &Condition) -> Result<Version, Error> {
    let (parents, name) = split(key)?;
    let missing = if *condition == Condition::Absent { Missing::Make } else { Missing::Fail };
    let folder = match walk(root.handle(), parents, missing) {
        Err(Errno::NOENT) if missing == Missing::Fail => return Err(Error::Changed),
        folder => folder.map_err(refused)?,
    };
    let folder = folder.as_ref().map_or(root.handle().as_fd(), OwnedFd::as_fd);
    let file = Unfinished::write(folder, body)?;
    let lock = Lock::take(root.handle()).map_err(refused)?;
    let old = known(folder, name)?;
    let holds = match (condition, &old) {
        (Condition::Absent, None) => true,
        (Condition::Unchanged(expected), Some(old)) => version(old) == *expected,
        _ => false,
    };
    if !holds {
        return Err(Error::Changed);
    }
    let version = version(&file.later_than(old.as_ref()).map_err(|error| Error::of_file(&error))?);
    file.place(name)?;
    drop(lock);
    fsync(folder).map_err(refused)?;
    Ok(version)
}

/// What is known of the file of that name, if there is one.
fn known(folder: BorrowedFd<'_>, name: &Path) -> Result<Option<Metadata>, Error> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = match openat(folder, name, flags, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(None),
        file => File::from(file.map_err(refused)?),
    };
    let metadata = file.metadata().map_err(|error| Error::of_file(&error))?;
    if metadata.is_dir() { Err(refused(Errno::ISDIR)) } else { Ok(Some(metadata)) }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use bytes::Bytes;
    use futures::TryStreamExt;
    use tempfile::TempDir;

    use super::super::lock;
    use super::*;
    use crate::local::{LocalSink, LocalSource};
    use crate::{Attributes, List, Sink, Source, collect};

    fn folder() -> (TempDir, LocalSink, LocalSource) {
        let folder = tempfile::tempdir().unwrap();
        let (sink, source) = (LocalSink::open(folder.path()), LocalSource::open(folder.path()));
        (folder, sink.unwrap(), source.unwrap())
    }

    async fn write(sink: &LocalSink, key: &str, body: &'static str) -> Result<(), Error> {
        sink.write(key, Bytes::from(body).into(), &Attributes::default()).await
    }

    async fn write_if(sink: &LocalSink, key: &str, body: String, condition: &Condition) -> Result<Version, Error> {
        sink.write_if(key, body.into(), &Attributes::default(), condition).await
    }

    /// Adds one, unless somebody else was faster.
    async fn count(sink: &LocalSink, source: &LocalSource) -> Result<Version, Error> {
        let object = source.read("count", None).await?;
        let known = Condition::Unchanged(object.stat.version.clone());
        let text = collect(object, 100).await?;
        let count: u32 = std::str::from_utf8(&text).unwrap().parse().unwrap();
        write_if(sink, "count", (count + 1).to_string(), &known).await
    }

    #[tokio::test]
    async fn no_update_is_lost() {
        let (folder, sink, source) = folder();
        write(&sink, "count", "0").await.unwrap();
        // Locks are those of an open file: sinks of one process keep out of each other's way as those of several do.
        let writers = (0..4).map(|_| {
            let (sink, source) = (LocalSink::open(folder.path()).unwrap(), source.clone());
            tokio::spawn(async move {
                let mut done = 0;
                while done < 25 {
                    match count(&sink, &source).await {
                        Err(Error::Changed) => {}
                        counted => done += counted.map(|_| 1).unwrap(),
                    }
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(std::fs::read_to_string(folder.path().join("count")).unwrap(), "100");
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        assert_eq!(names, [lock::NAME, "count"], "nothing is left behind");
    }

    #[tokio::test]
    async fn every_state_is_later_than_the_one_before() {
        let (folder, sink, source) = folder();
        write(&sink, "a", "same").await.unwrap();
        let ahead = SystemTime::now() + Duration::from_secs(100);
        File::options().write(true).open(folder.path().join("a")).unwrap().set_modified(ahead).unwrap();
        let mut before = source.stat("a").await.unwrap();
        for _ in 0..3 {
            let condition = Condition::Unchanged(before.version);
            let version = write_if(&sink, "a", "same".to_owned(), &condition).await.unwrap();
            let stat = source.stat("a").await.unwrap();
            assert_eq!(stat.version, version);
            assert!(stat.modified > before.modified);
            before = stat;
        }
    }

    #[tokio::test]
    async fn the_lock_is_no_object() {
        let (_folder, sink, source) = folder();
        write_if(&sink, "a", String::new(), &Condition::Absent).await.unwrap();
        assert!(matches!(write(&sink, lock::NAME, "").await, Err(Error::InvalidKey(_))));
        assert!(matches!(sink.remove(lock::NAME).await, Err(Error::InvalidKey(_))));
        let keys: Vec<String> = source.list("").try_collect().await.unwrap();
        assert_eq!(keys, ["a"]);
    }

    #[tokio::test]
    async fn what_no_file_can_be_is_refused() {
        let (_folder, sink, source) = folder();
        write(&sink, "a/b", "").await.unwrap();
        for key in ["a", "a/b/c", "../a"] {
            let written = write_if(&sink, key, String::new(), &Condition::Absent).await;
            assert!(matches!(written, Err(Error::InvalidKey(_))), "{key}: {written:?}");
        }
        let version = source.stat("a/b").await.unwrap().version;
        let elsewhere = write_if(&sink, "c/d", String::new(), &Condition::Unchanged(version)).await;
        assert_eq!(elsewhere, Err(Error::Changed));
        let keys: Vec<String> = source.list("").try_collect().await.unwrap();
        assert_eq!(keys, ["a/b"]);
    }
}
