use lightmill_mill::Place;

use super::access::Access;
use super::mounts::Around;
use super::section::Section;

/// `[mounts.N.blacklist]`: pictures that are not shown, as Thumbor keeps them.
#[derive(Debug, Clone)]
pub struct Blacklist {
    /// The object that lists them.
    pub place: Place,
    /// Who may read and extend it at `/blacklist`; without any, it is only applied.
    pub access: Option<Access>,
}

impl Blacklist {
    pub(super) fn read(mut section: Section<'_>, around: &Around<'_>) -> Option<Self> {
        if section.is_empty() {
            return None;
        }
        let access = Access::read(&mut section, around.folder);
        let source: Option<String> = section.optional("source");
        match &source {
            Some(name) if access.is_some() => around.check_target(&section, "source", name),
            Some(name) => around.check_source(&section, "source", name),
            None => section.silent_mistake("source", "is missing: the source of the object that lists pictures"),
        }
        let key = section.checked("key", "blacklist".to_owned(), |key| !key.is_empty(), "is the key of an object");
        section.finish();
        Some(Self { place: Place { source: source.unwrap_or_default(), key }, access })
    }
}
