use std::fmt;

use lightmill_recipe::{self as recipe, Light, OutputDefaults, PaletteColours, QualityRule};
use serde::Deserialize;

use super::section::Section;

/// What happens to colour profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Profile {
    /// Pixels become sRGB, and the profile is dropped.
    Srgb,
    /// Pixels stay, and the profile is kept where the output can hold it.
    Keep,
    /// Pixels become Display P3, and its profile is written.
    DisplayP3,
}

impl From<Profile> for recipe::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Srgb => Self::ToSrgb,
            Profile::Keep => Self::Keep,
            Profile::DisplayP3 => Self::DisplayP3,
        }
    }
}

/// How pictures are resized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Resize {
    /// As browsers and most servers do.
    Default,
    /// In linear light.
    Best,
}

impl From<Resize> for Light {
    fn from(resize: Resize) -> Self {
        match resize {
            Resize::Default => Self::Gamma,
            Resize::Best => Self::Linear,
        }
    }
}

/// A number, or a word.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "is a whole number from 1 to 100, `auto`, or `auto:` and a score from 1 to 100")]
enum Quality {
    Number(i64),
    Word(String),
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Word(word) => word.fmt(f),
        }
    }
}

/// `[output]`, or that of a mount over `base`.
pub(super) fn output(mut section: Section<'_>, base: &OutputDefaults) -> OutputDefaults {
    let max_bytes = section.optional::<u64>("max_bytes");
    let output = OutputDefaults {
        quality: quality(&mut section).unwrap_or(base.quality),
        metadata: section.take("metadata", base.metadata),
        profile: section.optional::<Profile>("profile").map_or(base.profile, Into::into),
        // 0 takes back what holds elsewhere.
        max_bytes: max_bytes.map_or(base.max_bytes, |bytes| Some(bytes).filter(|bytes| *bytes > 0)),
        effort: section.take("effort", base.effort),
        palette: palette(&mut section, base),
        lossless: section.take("lossless", base.lossless),
        choose: section.take("choose", base.choose),
        may_grow: section.take("may_grow", base.may_grow),
        light: section.optional::<Resize>("resize").map_or(base.light, Into::into),
    };
    section.finish();
    output
}

/// 0 takes back what holds elsewhere.
fn palette(section: &mut Section<'_>, base: &OutputDefaults) -> Option<PaletteColours> {
    let fits = |colours: &u16| *colours == 0 || PaletteColours::new(*colours).is_some();
    let held = base.palette.map_or(0, PaletteColours::get);
    PaletteColours::new(section.checked("palette", held, fits, "is 2 to 256 colours, or 0 for all of them"))
}

fn quality(section: &mut Section<'_>) -> Option<QualityRule> {
    let quality: Quality = section.optional("quality")?;
    let text = quality.to_string();
    QualityRule::parse(&text).map_err(|problem| section.mistake("quality", &text, problem)).ok()
}
