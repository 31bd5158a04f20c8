use lightmill_recipe::DefaultQuality;
use serde::Deserialize;

/// Which server's reading of the language holds where they disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// Thumbor 7.
    #[default]
    Thumbor,
    /// cshum/imagor 1.9.
    Imagor,
}

impl Flavour {
    /// Every flavour.
    pub const ALL: [Self; 2] = [Self::Thumbor, Self::Imagor];

    /// The word for it in configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Thumbor => "thumbor",
            Self::Imagor => "imagor",
        }
    }

    /// Quality where none is asked for.
    pub(crate) const fn default_quality(self) -> DefaultQuality {
        match self {
            Self::Thumbor => DefaultQuality { jpeg: 80, webp: 80, avif: 80 },
            Self::Imagor => DefaultQuality { jpeg: 75, webp: 75, avif: 50 },
        }
    }

    /// Whether a URL needs something after its options: Thumbor's regular expression gives the last option back to the
    /// image rather than leave the image empty.
    pub(crate) const fn needs_image(self) -> bool {
        matches!(self, Self::Thumbor)
    }

    /// Whether arguments behind those that a filter takes are passed over; otherwise they make it unfit.
    pub(crate) const fn passes_over_surplus(self) -> bool {
        matches!(self, Self::Imagor)
    }
}
