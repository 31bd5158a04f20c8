use std::num::NonZeroUsize;

use lightmill_dialects::thumbor::signature::{Algorithm, Scheme};
use lightmill_dialects::{oss, thumbor};

use super::section::Section;

/// Dialects that the design names and this build does not speak.
const PLANNED: [&str; 4] = ["auto", "dit", "dit-ecs", "preset"];

/// A URL language, and whose reading of it holds where servers differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Language {
    /// `x-oss-process`.
    Oss(oss::Flavour),
    /// That of Thumbor and imagor.
    Thumbor(Thumbor),
    /// None: stored bytes only.
    Original,
}

/// What a mount says about Thumbor's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbor {
    /// Whose reading.
    pub flavour: thumbor::Flavour,
    /// How URLs are signed.
    pub scheme: Scheme,
    /// Whether EXIF orientation is applied (Thumbor's `RESPECT_ORIENTATION`; imagor always does).
    pub respect_orientation: bool,
    /// Filters that are off unless they are named here.
    pub extra_filters: Vec<String>,
}

impl Language {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let name: String = section.take("dialect", "oss".to_owned());
        match name.as_str() {
            "oss" => return Self::Oss(section.take("flavour", oss::Flavour::Aliyun)),
            "thumbor" => return Self::Thumbor(Thumbor::read(section)),
            "original" => return Self::Original,
            planned if PLANNED.contains(&planned) => {
                section.mistake("dialect", &name, "is not available in this build");
            }
            _ => section.mistake("dialect", &name, "is no dialect; there are `oss`, `thumbor` and `original`"),
        }
        Self::Oss(section.take("flavour", oss::Flavour::Aliyun))
    }

    /// Whose reading of `x-oss-process` holds in styles, and in the mount itself if that is its language.
    pub fn oss(&self) -> oss::Flavour {
        match self {
            Self::Oss(flavour) => *flavour,
            Self::Thumbor(_) | Self::Original => oss::Flavour::Aliyun,
        }
    }
}

impl Thumbor {
    fn read(section: &mut Section<'_>) -> Self {
        let flavour = section.take("flavour", thumbor::Flavour::Thumbor);
        Self {
            flavour,
            scheme: Scheme {
                algorithm: section.take("signature_algorithm", Algorithm::Sha1),
                letters: section.optional::<NonZeroUsize>("signature_letters"),
            },
            respect_orientation: section.take("respect_orientation", true),
            extra_filters: extra_filters(section),
        }
    }
}

fn extra_filters(section: &mut Section<'_>) -> Vec<String> {
    let names: Vec<String> = section.take("extra_filters", Vec::new());
    let known: Vec<&str> = thumbor::opt_in_filters().collect();
    for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
        section.mistake("extra_filters", &names, format!("`{name}` is none; there are: {}", known.join(", ")));
    }
    names
}
