use lightmill_mill::Uploads as Place;
use lightmill_recipe::Limits;

use super::access::Access;
use super::mounts::Around;
use super::section::Section;

/// Bytes of an upload by default.
const BYTES: u64 = 32 << 20;

/// `[mounts.N.uploads]`: pictures that clients send, as Thumbor takes them.
#[derive(Debug, Clone)]
pub struct Uploads {
    /// Where they are written.
    pub to: Place,
    /// Who may send them.
    pub access: Access,
    /// Whether one may be written under an id that the client chooses, in place of another (`UPLOAD_PUT_ALLOWED`).
    pub put: bool,
    /// Whether they may be removed (`UPLOAD_DELETE_ALLOWED`).
    pub delete: bool,
    /// Bytes of one (`UPLOAD_MAX_SIZE`).
    pub max_bytes: u64,
    /// Columns and rows that one must have, as seen (`MIN_WIDTH`, `MIN_HEIGHT`).
    pub min_size: [u32; 2],
    /// What a file without a name of its own is called, without its extension (`UPLOAD_DEFAULT_FILENAME`).
    pub file_name: String,
}

impl Uploads {
    /// `limits`: those of the mount.
    pub(super) fn read(mut section: Section<'_>, around: &Around<'_>, limits: &Limits) -> Option<Self> {
        if section.is_empty() {
            return None;
        }
        let to: Option<String> = section.optional("to");
        match &to {
            Some(name) => around.check_target(&section, "to", name),
            None => section.silent_mistake("to", "is missing: the source in which uploads are written"),
        }
        let prefix = section.checked("prefix", String::new(), |prefix| is_prefix(prefix), A_PREFIX);
        let access = Access::read(&mut section, around.folder);
        if access.is_none() {
            section.silent_mistake("tokens", "is missing: who may upload; or `unsafe = true`, which is everyone");
        }
        let fits = |bytes: &u64| (1..=limits.source_bytes).contains(bytes);
        let most = format!("is 1 to {}, the mount's limits.source_bytes", limits.source_bytes);
        let max_bytes = section.checked("max_bytes", BYTES.min(limits.source_bytes), fits, &most);
        let side = |section: &mut Section<'_>, key| section.checked(key, 1, |side| (1..=65_535).contains(side), SIDE);
        let uploads = Self {
            to: Place { source: to.unwrap_or_default(), prefix },
            access: access.unwrap_or(Access::Everyone),
            put: section.take("put", false),
            delete: section.take("delete", false),
            max_bytes,
            min_size: [side(&mut section, "min_width"), side(&mut section, "min_height")],
            file_name: section.checked("file_name", "image".to_owned(), |name| is_name(name), A_NAME),
        };
        section.finish();
        Some(uploads)
    }
}

const SIDE: &str = "is 1 to 65535 pixels";
const A_PREFIX: &str = "is what keys begin with, such as `uploads/`: no `/` at its beginning, no segment `.` or `..`";
const A_NAME: &str = "is the name of a file, without a `/`";

fn is_prefix(prefix: &str) -> bool {
    let inner = prefix.strip_suffix('/').unwrap_or(prefix);
    prefix.is_empty() || inner.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains('/') && name.len() <= 100
}
