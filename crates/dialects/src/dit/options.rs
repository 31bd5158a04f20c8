use lightmill_recipe::{Format, Limits, Orientation};

use super::Rewrite;

/// What a mount says about the language.
#[derive(Debug, Clone)]
pub struct Options {
    /// Names of the buckets that may be read; the first is the default. Empty: only the mount's default source, without a
    /// name. Default: empty.
    pub buckets: Vec<String>,
    /// What paths that are not base64 are rewritten by. Default: nothing.
    pub rewrite: Option<Rewrite>,
    /// Formats that `Accept` may choose where none is asked for, best first (`AUTO_WEBP` is WebP). Default: empty.
    pub negotiate: Vec<Format>,
    /// Whether EXIF orientation is applied. The reference server does not: sizes count along the stored pixels there, and
    /// many results lie on their side. Default: applied.
    pub orientation: Orientation,
    /// Whether these mistakes of the reference server are kept: `Accept` wins over `outputFormat`, a size in the query
    /// replaces the whole `resize` of the request, and Thumbor's words (`unsafe`, `smart`, `left`, sizes with a minus) are
    /// part of the key. Default: false.
    pub compat: bool,
    /// Edits and filters of one request. Default: that of [`Limits::operations`].
    pub max_edits: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            buckets: Vec::new(),
            rewrite: None,
            negotiate: Vec::new(),
            orientation: Orientation::Apply,
            compat: false,
            max_edits: Limits::default().operations,
        }
    }
}

impl Options {
    /// Whether this bucket may be read.
    pub(super) fn lists(&self, bucket: &str) -> bool {
        self.buckets.iter().any(|listed| listed == bucket)
    }

    /// The source of this bucket; the default bucket is that of the mount.
    pub(super) fn source(&self, bucket: &str) -> Option<String> {
        (self.buckets.first().map(String::as_str) != Some(bucket)).then(|| bucket.to_owned())
    }
}
