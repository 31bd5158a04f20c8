use std::path::{Path, PathBuf};

use lightmill_store::styles::CacheLimits;

use super::listeners::seconds;
use super::resources::seconds_or_never;
use super::section::Section;

/// `[styles]`: where named styles are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Styles {
    /// In this JSON file.
    File(PathBuf),
    /// In a table of DynamoDB, which `[aws]` says how to reach.
    Table {
        /// Its name, or its ARN.
        name: String,
        /// How long its answers are remembered.
        limits: CacheLimits,
    },
}

impl Styles {
    /// `base`: the folder from which relative paths count.
    pub(super) fn read(mut section: Section<'_>, base: &Path) -> Option<Self> {
        let file = section.optional::<PathBuf>("file").map(|file| base.join(file));
        let name = section.optional::<String>("table");
        if let Some(file) = file.as_ref().filter(|file| !file.is_file()) {
            section.mistake("file", file, "there is no such file");
        }
        if let Some(name) = name.as_ref().filter(|name| !is_table(name)) {
            section.mistake("table", name, "is a name of 3 to 255 letters, digits, `_`, `-` and `.`, or an ARN");
        }
        if file.is_some() && name.is_some() {
            section.silent_mistake("table", "is given, and `file` too");
        }
        let styles = match (file, name) {
            (_, Some(name)) => Some(Self::Table { name, limits: limits(&mut section) }),
            (Some(file), None) => Some(Self::File(file)),
            (None, None) => None,
        };
        section.finish();
        styles
    }
}

fn limits(section: &mut Section<'_>) -> CacheLimits {
    let default = CacheLimits::default();
    CacheLimits {
        time: seconds(section, "cache_time", default.time.as_secs_f64()),
        missing_time: seconds_or_never(section, "missing_time", default.missing_time),
        keep_time: seconds_or_never(section, "keep_time", default.keep_time),
        memory_bytes: default.memory_bytes,
    }
}

/// Whether DynamoDB would take it for the name of a table.
pub(super) fn is_table(name: &str) -> bool {
    let clean = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let arn = || name.starts_with("arn:") && name.split_once(":table/").is_some_and(|(_, name)| clean(name));
    ((3..=255).contains(&name.len()) && clean(name)) || arn()
}
