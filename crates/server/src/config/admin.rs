use super::section::Section;
use crate::admin::Tokens;

/// `[admin]`: what the admin listener lets be changed.
#[derive(Debug, Clone, Default)]
pub struct Admin {
    /// Those of whom one must come with every change.
    pub tokens: Tokens,
}

impl Admin {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let tokens = section.secrets("tokens");
        if tokens.iter().any(|token| token.len() < Tokens::LEAST_BYTES) {
            section.silent_mistake("tokens", format!("has a token of fewer than {} bytes", Tokens::LEAST_BYTES));
        }
        section.finish();
        Self { tokens: Tokens::new(tokens) }
    }
}
