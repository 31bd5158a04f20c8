use lightmill_recipe::{Format, Limits};

use super::Flavour;

/// What a mount says about the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which server's reading holds. Default: [`Flavour::Aliyun`].
    pub flavour: Flavour,
    /// Actions of one request, those of watermark pictures included. Default: that of [`Limits::operations`].
    pub max_operations: usize,
    /// Pictures of one request, the main one included. Default: that of [`Limits::inputs`].
    pub max_inputs: usize,
    /// Characters of one text mark. Default: that of [`Limits::text_characters`]. The official limit is 64.
    pub max_text_characters: usize,
    /// Formats that `Accept` may choose where no `format` is asked for, best first. Default: empty, no negotiation, but
    /// in [`Flavour::Keithyt06`], which negotiates AVIF and WebP of itself.
    pub negotiate: Vec<Format>,
}

impl Default for Options {
    fn default() -> Self {
        Self::of(Flavour::default())
    }
}

impl Options {
    /// Whether `Accept` takes part in any answer, which is then to be sent with `Vary: Accept`.
    pub fn varies_by_accept(&self) -> bool {
        !self.negotiate.is_empty() || self.flavour.negotiates_originals()
    }

    /// The defaults in this flavour.
    pub fn of(flavour: Flavour) -> Self {
        let limits = Limits::default();
        Self {
            flavour,
            max_operations: limits.operations,
            max_inputs: limits.inputs,
            max_text_characters: limits.text_characters,
            negotiate: Vec::new(),
        }
    }
}
