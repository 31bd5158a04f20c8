use std::path::Path;

use lightmill_store::secrets::Reference;

use super::secrets::references;
use super::section::Section;
use crate::tokens::LEAST_BYTES;

/// `[admin]`: what the admin listener lets be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admin {
    /// Where the tokens are of which one must come with every change.
    pub tokens: Vec<Reference>,
}

impl Admin {
    pub(super) fn read(mut section: Section<'_>, base: &Path) -> Self {
        let admin = Self { tokens: tokens(&mut section, "tokens", base) };
        section.finish();
        admin
    }
}

/// A list of tokens, or of where they are.
pub(super) fn tokens(section: &mut Section<'_>, key: &str, base: &Path) -> Vec<Reference> {
    let tokens = references(section, key, base);
    let is_short = |token: &Reference| matches!(token, Reference::Literal(text) if text.reveal().len() < LEAST_BYTES);
    if tokens.iter().any(is_short) {
        section.silent_mistake(key, format!("has a token of fewer than {LEAST_BYTES} bytes"));
    }
    tokens
}
