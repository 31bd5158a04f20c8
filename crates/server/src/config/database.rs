use std::fmt;
use std::path::{Path, PathBuf};

use lightmill_store::dynamodb::Address;

use super::section::Section;
use super::styles::is_table;

/// What a URL of a table begins with.
const TABLE: &str = "dynamodb://";

/// Where jobs are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// In this SQLite file.
    File(PathBuf),
    /// In a table of DynamoDB, which `[aws]` says how to reach as far as its address does not.
    Table(Address),
}

impl Database {
    /// The key `database`: a path, or the URL of a table. `base`: the folder from which relative paths count.
    pub(super) fn read(section: &mut Section<'_>, base: &Path, default: &str) -> Self {
        let text = section.take("database", default.to_owned());
        if !text.starts_with(TABLE) {
            return Self::File(base.join(text));
        }
        let address = Address::parse(&text).and_then(|address| {
            let is_name = is_table(&address.table);
            is_name
                .then_some(address)
                .ok_or_else(|| "names a table by 3 to 255 letters, digits, `_`, `-` and `.`, or by its ARN".to_owned())
        });
        address.map_or_else(
            |problem| {
                // It may hold a password.
                if text.contains('@') {
                    section.silent_mistake("database", "has an @, which no table and no endpoint has");
                } else {
                    section.mistake("database", &text, problem);
                }
                Self::File(PathBuf::new())
            },
            Self::Table,
        )
    }

    /// Whether something may be there: of tables only asking tells.
    pub(crate) fn may_exist(&self) -> bool {
        match self {
            Self::File(file) => file.exists(),
            Self::Table(_) => true,
        }
    }

    /// A mistake if the file's folder does not exist.
    pub(super) fn check_folder(&self, section: &Section<'_>) {
        let Self::File(file) = self else { return };
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            section.mistake("database", file, "its folder does not exist");
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Table(address) => write!(f, "{TABLE}{}", address.table),
        }
    }
}
