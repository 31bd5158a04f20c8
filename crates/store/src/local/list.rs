use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::stream::BoxStream;

use super::LocalSource;
use super::unfinished::UNFINISHED;
use crate::blocking::blocking;
use crate::list::of_pages;
use crate::{Error, List};

/// Files that a [`LocalSource`] reads, but for those behind links.
impl List for LocalSource {
    fn list(&self, prefix: &str) -> BoxStream<'static, Result<String, Error>> {
        // From the top, whatever the prefix: no step follows a link, and none leads out of the folder.
        let walk = Walk { root: self.folder().into(), prefix: prefix.into(), folders: vec![PathBuf::new()] };
        of_pages(walk, |walk| blocking(move || walk.step()))
    }
}

/// Folders that are still to be looked into, relative to the root.
struct Walk {
    root: Arc<Path>,
    prefix: Arc<str>,
    folders: Vec<PathBuf>,
}

impl Walk {
    /// The keys in one folder; those below it are left for the next steps.
    fn step(mut self) -> Result<(Vec<String>, Option<Self>), Error> {
        let Some(folder) = self.folders.pop() else { return Ok((Vec::new(), None)) };
        let entries = match fs::read_dir(self.root.join(&folder)) {
            // Removed meanwhile.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok((Vec::new(), Some(self)));
            }
            entries => entries.map_err(Error::unavailable)?,
        };
        let mut keys = Vec::new();
        for entry in entries {
            let entry = entry.map_err(Error::unavailable)?;
            let path = folder.join(entry.file_name());
            // No key can say what is not UTF-8.
            let (Some(key), Ok(kind)) = (path.to_str(), entry.file_type()) else { continue };
            if kind.is_dir() {
                let below = format!("{key}/");
                if below.starts_with(&*self.prefix) || self.prefix.starts_with(&below) {
                    self.folders.push(path);
                }
            } else if kind.is_file() && key.starts_with(&*self.prefix) && !is_unfinished(&path) {
                keys.push(key.to_owned());
            }
        }
        Ok((keys, Some(self)))
    }
}

fn is_unfinished(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes()))
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;
    use crate::local::LocalSink;

    #[tokio::test]
    async fn behaves_as_a_list() {
        let folder = tempfile::tempdir().unwrap();
        let source = LocalSource::open(folder.path()).unwrap();
        let sink = LocalSink::open(folder.path()).unwrap();
        crate::testing::behaves_as_a_list(&source, &sink).await;
    }

    #[tokio::test]
    async fn what_is_no_object_is_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/empty")).unwrap();
        fs::write(folder.path().join("a/.lightmill-1-2-3"), "half").unwrap();
        fs::write(folder.path().join("a/b"), "whole").unwrap();
        std::os::unix::fs::symlink("b", folder.path().join("a/link")).unwrap();
        std::os::unix::fs::symlink("..", folder.path().join("a/up")).unwrap();
        let source = LocalSource::open(folder.path()).unwrap();
        let all: &[&str] = &["a/b"];
        for (prefix, expected) in [("", all), ("a/b", all), ("../", &[]), ("a/up/", &[]), ("a/b/c", &[]), ("/", &[])] {
            let keys: Vec<String> = source.list(prefix).try_collect().await.unwrap();
            assert_eq!(keys, expected, "{prefix}");
        }
    }
}
