use lightmill_recipe::{Format, Limits};

use super::Flavour;

/// What a mount says about the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which server's reading holds. Default: [`Flavour::Thumbor`].
    pub flavour: Flavour,
    /// Filters of one URL, those of nested pictures included. Default: that of [`Limits::operations`].
    pub max_filters: usize,
    /// Pictures of one request, the main one included. Default: that of [`Limits::inputs`].
    pub max_inputs: usize,
    /// How deep pictures lie inside of the filters of others. Default: 4.
    pub max_depth: usize,
    /// Characters of one text. Default: that of [`Limits::text_characters`].
    pub max_text_characters: usize,
    /// Formats that `Accept` may choose where no `format` is asked for, best first. Default: empty.
    pub negotiate: Vec<Format>,
    /// Whether EXIF orientation is applied (Thumbor's `RESPECT_ORIENTATION`). imagor always does. Default: false.
    pub respect_orientation: bool,
    /// Names of filters that are off unless a mount names them: Thumbor's `autojpg` and `red_eye`. Default: none.
    pub opt_in: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self::of(Flavour::default())
    }
}

impl Options {
    /// The defaults in this flavour.
    pub fn of(flavour: Flavour) -> Self {
        let limits = Limits::default();
        Self {
            flavour,
            max_filters: limits.operations,
            max_inputs: limits.inputs,
            max_depth: 4,
            max_text_characters: limits.text_characters,
            negotiate: Vec::new(),
            respect_orientation: false,
            opt_in: Vec::new(),
        }
    }

    /// Whether `Accept` takes part in any answer, which is then to be sent with `Vary: Accept`.
    pub fn varies_by_accept(&self) -> bool {
        !self.negotiate.is_empty()
    }
}
