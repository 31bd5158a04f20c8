use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::section::Section;

/// `[sources.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name by which mounts and `x-bucket` refer to it.
    pub name: String,
    /// Where its objects are.
    pub location: Location,
}

/// Where objects are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In this folder and below.
    Folder(PathBuf),
}

impl Source {
    /// `base`: the folder from which relative paths count, that of the configuration file.
    pub(super) fn read(name: String, mut section: Section<'_>, base: &Path) -> Option<Self> {
        let url: Option<String> = section.optional("url");
        if url.is_none() && section.is_empty() {
            section.silent_mistake("url", "is missing: a folder, or its file:// URL");
        }
        let location = url.and_then(|url| match folder(&url, base) {
            Ok(path) => Some(Location::Folder(path)),
            Err(problem) => {
                section.mistake("url", &url, problem);
                None
            }
        });
        section.finish();
        Some(Self { name, location: location? })
    }
}

/// The folder that a URL or a path names; it must exist.
fn folder(url: &str, base: &Path) -> Result<PathBuf, String> {
    let path = match url.split_once("://") {
        Some(("file", rest)) if rest.starts_with('/') => {
            let path = percent_decode_str(rest).decode_utf8().map_err(|_| "is not percent-encoded UTF-8")?;
            PathBuf::from(path.as_ref())
        }
        Some(("file", _)) => return Err("a file URL has no host: file:///absolute/path".to_owned()),
        Some((scheme, _)) => return Err(format!("{scheme} stores are not available in this build")),
        None if url.is_empty() => return Err("is empty".to_owned()),
        None => base.join(url),
    };
    if path.is_dir() { Ok(path) } else { Err(format!("there is no folder {}", path.display())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("two words")).unwrap();
        assert_eq!(folder("two words", root.path()), Ok(root.path().join("two words")));
        let url = format!("file://{}/two%20words", root.path().display());
        assert_eq!(folder(&url, Path::new("/nowhere")), Ok(root.path().join("two words")));
        for bad in ["file://host/x", "s3://bucket", "", "missing"] {
            assert!(folder(bad, root.path()).is_err(), "{bad}");
        }
    }
}
