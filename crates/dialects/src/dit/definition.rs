use super::Error;
use super::lower::Draft;
use crate::sharp::{Takes, Value};

/// One edit of the language.
#[derive(Debug)]
pub struct Definition {
    /// The member's name.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// A value that is right, as JSON; empty for an edit that is refused.
    pub example: &'static str,
    /// What it takes.
    pub takes: Takes,
    pub(super) lower: fn(&Value, &mut Draft<'_>) -> Result<(), Error>,
}

impl Definition {
    /// Whether the member of this name is meant.
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}
