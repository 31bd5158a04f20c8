use std::path::Path;

use lightmill_store::secrets::Reference;

use super::admin::tokens;
use super::section::Section;

/// Who may change something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Whoever shows one of these.
    Tokens(Vec<Reference>),
    /// Whoever reaches the service, as with the server that is replaced.
    Everyone,
}

impl Access {
    /// What `tokens` and `unsafe` say; `None` without both.
    pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> Option<Self> {
        let tokens = tokens(section, "tokens", folder);
        let is_open = section.take("unsafe", false);
        if is_open && !tokens.is_empty() {
            section.mistake("unsafe", true, "lets everyone in, and `tokens` are configured");
        }
        if tokens.is_empty() { is_open.then_some(Self::Everyone) } else { Some(Self::Tokens(tokens)) }
    }
}
