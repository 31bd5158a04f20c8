use std::path::Path;

use crate::Error;

/// Longest key in bytes, that of S3: what is refused by one source should not be the name of an object in another.
const MAX_KEY_BYTES: usize = 1024;

/// The path of `key` relative to the folder.
///
/// Only plain names remain: no `.` or `..`, no leading `/`, no NUL, no backslash (a separator elsewhere). An empty
/// segment is not a mistake, but names no file: `a//b` is another key than `a/b`.
pub(super) fn relative_path(key: &str) -> Result<&Path, Error> {
    if key.is_empty() {
        return Err(Error::InvalidKey("is empty"));
    }
    if key.len() > MAX_KEY_BYTES {
        return Err(Error::InvalidKey("has more than 1024 bytes"));
    }
    if key.starts_with('/') {
        return Err(Error::InvalidKey("starts with /"));
    }
    if key.contains('\0') {
        return Err(Error::InvalidKey("contains a NUL"));
    }
    if key.contains('\\') {
        return Err(Error::InvalidKey("contains a backslash"));
    }
    if key.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(Error::InvalidKey("contains the segment . or .."));
    }
    if key.split('/').any(str::is_empty) {
        return Err(Error::NotFound);
    }
    Ok(Path::new(key))
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_names_pass() {
        for key in ["a.jpg", "a b/世界.jpg", "..a/b..", "...", "-", "a:b", "~/x", "C:x"] {
            assert_eq!(relative_path(key).unwrap(), Path::new(key));
        }
    }

    #[test]
    fn traversal_is_refused() {
        let long = "a/".repeat(512) + "a";
        for key in [
            "",
            "..",
            ".",
            "../a",
            "a/..",
            "a/../b",
            "./a",
            "a/./b",
            "/etc/passwd",
            "//a",
            "a\0b",
            "..\\a",
            "a\\..\\b",
            "\\\\host\\share",
            "C:\\x",
            long.as_str(),
        ] {
            assert!(matches!(relative_path(key), Err(Error::InvalidKey(_))), "{key:?}");
        }
        for key in ["a//b", "a/"] {
            assert_eq!(relative_path(key), Err(Error::NotFound), "{key:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_passes_stays_below(key in "[./\\\\a\u{0}]{0,12}") {
            if let Ok(path) = relative_path(&key) {
                prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
