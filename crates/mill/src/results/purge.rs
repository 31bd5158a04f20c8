use lightmill_store::disk::DiskCache;
use serde::Serialize;

use super::{Labels, record};

/// Which results are to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purge {
    /// What was made of this object, as the main input or as an overlay.
    Key {
        /// The source's name.
        source: String,
        /// The object's key.
        key: String,
    },
    /// What was made of objects whose keys begin so.
    Prefix {
        /// The source's name.
        source: String,
        /// How the keys begin; everything begins with the empty text.
        prefix: String,
    },
    /// What was made under this tag: one of the mount's, or `style:NAME`.
    Tag(String),
    /// Everything.
    All,
}

impl Purge {
    pub(super) fn matches(&self, labels: &Labels) -> bool {
        match self {
            Self::Tag(tag) => labels.tags.contains(tag),
            _ => labels.places.iter().any(|place| self.matches_object(&place.source, &place.key)),
        }
    }

    /// Whether what is made of this object is meant.
    pub(crate) fn matches_object(&self, of: &str, object: &str) -> bool {
        match self {
            Self::Key { source, key } => of == source && object == key,
            Self::Prefix { source, prefix } => of == source && object.starts_with(prefix.as_str()),
            Self::Tag(_) => false,
            Self::All => true,
        }
    }
}

/// How many results were forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Purged {
    /// In memory.
    pub memory: u64,
    /// On disk.
    pub disk: u64,
    /// In the result store.
    pub stored: u64,
    /// Whether the result store answered to the end.
    pub complete: bool,
}

/// Forgets what is on disk; how many entries that were.
pub(super) async fn disk(disk: &DiskCache, purge: &Purge) -> u64 {
    let mut count = 0;
    for name in disk.names() {
        let Some(tail) = disk.tail(&name, record::TAIL_BYTES).await else { continue };
        // What does not say where it comes from may come from there.
        if record::labels(&tail).is_none_or(|labels| purge.matches(&labels)) {
            disk.remove(&name).await;
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;

    #[test]
    fn results_are_found_by_every_input_and_tag() {
        let place = |source: &str, key: &str| Place { source: source.into(), key: key.into() };
        let labels =
            Labels { places: vec![place("photos", "a/b.jpg"), place("logos", "x.png")], tags: vec!["blog".into()] };
        let key = |source: &str, key: &str| Purge::Key { source: source.into(), key: key.into() };
        let prefix = |source: &str, prefix: &str| Purge::Prefix { source: source.into(), prefix: prefix.into() };
        for (purge, expected) in [
            (key("photos", "a/b.jpg"), true),
            (key("logos", "x.png"), true),
            (key("logos", "a/b.jpg"), false),
            (key("photos", "a/b"), false),
            (prefix("photos", "a/"), true),
            (prefix("logos", ""), true),
            (prefix("photos", "b"), false),
            (Purge::Tag("blog".into()), true),
            (Purge::Tag("shop".into()), false),
            (Purge::All, true),
        ] {
            assert_eq!(purge.matches(&labels), expected, "{purge:?}");
        }
    }
}
