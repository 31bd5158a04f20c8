use std::collections::{BinaryHeap, VecDeque};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use futures::stream::BoxStream;

use super::source::version;
use super::unfinished::UNFINISHED;
use super::{LocalSource, key};
use crate::blocking::blocking;
use crate::list::of_pages;
use crate::{Entry, Error, List, Span};

/// Entries of a page.
const PAGE: usize = 1000;

/// Names of one folder that are held at a time: a larger folder is read once more for each further so many.
const HELD: usize = 1 << 16;

/// Files that a [`LocalSource`] reads, but for those behind links.
impl List for LocalSource {
    fn entries(&self, span: &Span) -> BoxStream<'static, Result<Entry, Error>> {
        let walk = Walk { root: self.folder().into(), span: span.clone(), folders: vec![Folder::new(String::new())] };
        of_pages(walk, |walk| blocking(move || walk.step(HELD)))
    }

    fn seeks(&self) -> bool {
        true
    }
}

/// The way down to where a listing is.
struct Walk {
    root: Arc<Path>,
    span: Span,
    folders: Vec<Folder>,
}

/// A folder that is being listed.
struct Folder {
    /// How the keys in it begin: nothing, or a path and `/`.
    above: String,
    /// What was read and is still to be given, in order. Those that end with `/` are folders.
    next: VecDeque<String>,
    /// After what to read on; `None`: everything was read.
    rest: Option<Rest>,
}

/// From where on a folder is still to be read.
enum Rest {
    Beginning,
    After(String),
}

impl Folder {
    fn new(above: String) -> Self {
        Self { above, next: VecDeque::new(), rest: Some(Rest::Beginning) }
    }
}

impl Walk {
    /// The entries of one page; `held`: how many names of a folder are held at a time.
    fn step(mut self, held: usize) -> Result<(Vec<Entry>, Option<Self>), Error> {
        let mut page = Vec::new();
        while page.len() < PAGE {
            let Some(folder) = self.folders.last_mut() else { return Ok((page, None)) };
            match (folder.next.pop_front(), folder.rest.take()) {
                (Some(key), rest) => {
                    folder.rest = rest;
                    if key.ends_with('/') {
                        self.folders.push(Folder::new(key));
                    } else {
                        page.extend(self.entry(key)?);
                    }
                }
                (None, Some(rest)) => {
                    let above = folder.above.clone();
                    let (next, rest) = self.read(&above, &rest, held)?;
                    if let Some(folder) = self.folders.last_mut() {
                        (folder.next, folder.rest) = (next, rest);
                    }
                }
                (None, None) => drop(self.folders.pop()),
            }
        }
        Ok((page, Some(self)))
    }

    /// What is wanted of a file; nothing if it went meanwhile.
    fn entry(&self, key: String) -> Result<Option<Entry>, Error> {
        if !self.span.details {
            return Ok(Some(Entry { key, size: None, version: None }));
        }
        match fs::symlink_metadata(self.root.join(&key)) {
            Ok(metadata) if metadata.is_file() => {
                Ok(Some(Entry { key, size: Some(metadata.len()), version: Some(version(&metadata)) }))
            }
            Err(error) if !is_gone(&error) => Err(Error::unavailable(error)),
            _ => Ok(None),
        }
    }

    /// The first so many keys in a folder that come after `rest`, and what to read on after.
    fn read(&self, above: &str, rest: &Rest, held: usize) -> Result<(VecDeque<String>, Option<Rest>), Error> {
        if let Some(below) = self.only(above) {
            // No step follows a link, so that none leads out of the folder: with a `/` at its end this one would.
            let path = self.root.join(below.trim_end_matches('/'));
            let is_folder = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
            return Ok((VecDeque::from_iter((is_folder && self.is_wanted(&below)).then_some(below)), None));
        }
        let mut first = BinaryHeap::new();
        let mut more = false;
        let entries = match fs::read_dir(self.root.join(above)) {
            Err(error) if is_gone(&error) => return Ok((VecDeque::new(), None)),
            entries => entries.map_err(Error::unavailable)?,
        };
        for entry in entries {
            let entry = entry.map_err(Error::unavailable)?;
            // No key can say what is not UTF-8.
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            let key = match () {
                () if kind.is_dir() => format!("{above}{name}/"),
                () if kind.is_file() && !name.starts_with(UNFINISHED) => format!("{above}{name}"),
                () => continue,
            };
            let comes = match rest {
                Rest::Beginning => true,
                Rest::After(last) => key > *last,
            };
            if comes && self.is_wanted(&key) {
                first.push(key);
                if first.len() > held {
                    more = true;
                    first.pop();
                }
            }
        }
        let next = VecDeque::from(first.into_sorted_vec());
        let rest = next.back().filter(|_| more).cloned().map(Rest::After);
        Ok((next, rest))
    }

    /// The folder in which everything is that is wanted of what is below `above`, if the prefix names it.
    fn only(&self, above: &str) -> Option<String> {
        let (name, _) = self.span.prefix.strip_prefix(above)?.split_once('/')?;
        Some(format!("{above}{name}/"))
    }

    /// Whether a file, or anything in a folder, is to be listed.
    fn is_wanted(&self, key: &str) -> bool {
        let Span { prefix, after, .. } = &self.span;
        let is_folder = key.ends_with('/');
        let is_key = key::relative_path(key.strip_suffix('/').unwrap_or(key)).is_ok();
        let begins = key.starts_with(prefix) || is_folder && prefix.starts_with(key);
        let is_later = after.as_ref().is_none_or(|after| key > after.as_str() || is_folder && after.starts_with(key));
        is_key && begins && is_later
    }
}

/// Removed meanwhile.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use futures::TryStreamExt;
    use proptest::prelude::*;

    use super::*;
    use crate::local::LocalSink;

    #[tokio::test]
    async fn behaves_as_a_list() {
        let folder = tempfile::tempdir().unwrap();
        let source = LocalSource::open(folder.path()).unwrap();
        let sink = LocalSink::open(folder.path()).unwrap();
        crate::testing::behaves_as_a_list(&source, &source, &sink).await;
    }

    #[tokio::test]
    async fn what_is_no_object_is_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/empty")).unwrap();
        fs::write(folder.path().join("a/.lightmill-1-2-3"), "half").unwrap();
        fs::write(folder.path().join("a/b"), "whole").unwrap();
        fs::write(folder.path().join("a/b\\c"), "no key").unwrap();
        std::os::unix::fs::symlink("b", folder.path().join("a/link")).unwrap();
        std::os::unix::fs::symlink("..", folder.path().join("a/up")).unwrap();
        let source = LocalSource::open(folder.path()).unwrap();
        let all: &[&str] = &["a/b"];
        for (prefix, expected) in [
            ("", all),
            ("a/b", all),
            ("../", &[]),
            ("a/up/", &[]),
            ("a/up/a/", &[]),
            ("a/b/c", &[]),
            ("/", &[]),
            ("./", &[]),
            ("a/./", &[]),
            ("a//", &[]),
        ] {
            let keys: Vec<String> = source.list(prefix).try_collect().await.unwrap();
            assert_eq!(keys, expected, "{prefix}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn keys_come_in_order_however_little_is_held(
            names in proptest::collection::btree_set("[ab.!0_]{1,3}(/[ab.!0_]{1,3}){0,2}", 1..30),
            prefix in "[ab./]{0,3}",
            after in proptest::option::of("[ab.!0_/]{0,5}"),
            held in 1_usize..5,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut keys = BTreeSet::new();
            for name in names {
                let path = folder.path().join(&name);
                // Not where a file is already.
                if key::relative_path(&name).is_ok()
                    && fs::create_dir_all(path.parent().unwrap()).is_ok()
                    && fs::write(&path, "x").is_ok()
                {
                    keys.insert(name);
                }
            }
            let expected: Vec<String> = keys
                .into_iter()
                .filter(|key| key.starts_with(&prefix) && after.as_ref().is_none_or(|after| key > after))
                .collect();
            let span = Span { prefix, after, details: true };
            let mut walk =
                Some(Walk { root: folder.path().into(), span, folders: vec![Folder::new(String::new())] });
            let mut listed = Vec::new();
            while let Some(step) = walk.take() {
                let (page, next) = step.step(held).unwrap();
                listed.extend(page.into_iter().map(|entry| entry.key));
                walk = next;
            }
            prop_assert_eq!(listed, expected);
        }
    }
}
