use lightmill_store::secrets::Reference;

use super::admin::tokens;
use super::mounts::Around;
use super::section::Section;

/// `[mounts.N.save]`: what of a mount's results may be saved, where, and by whom.
#[derive(Debug, Clone, Default)]
pub struct Save {
    /// Names of sources that are written to; without any, nothing is saved.
    pub to: Vec<String>,
    /// Where the tokens are of which one must come with every wish.
    pub tokens: Vec<Reference>,
}

impl Save {
    pub(super) fn read(mut section: Section<'_>, around: &Around<'_>) -> Self {
        let to: Vec<String> = section.take("to", Vec::new());
        for name in &to {
            around.check_target(&section, "to", name);
        }
        let tokens = tokens(&mut section, "tokens", around.folder);
        if to.is_empty() != tokens.is_empty() {
            section.silent_mistake("tokens", "goes together with `to`: who may save, and where");
        }
        section.finish();
        Self { to, tokens }
    }
}
