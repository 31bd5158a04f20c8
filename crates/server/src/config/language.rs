use std::num::NonZeroUsize;

use lightmill_dialects::thumbor::signature::{Algorithm, Scheme};
use lightmill_dialects::{dit, oss, thumbor};

use super::dit_ecs::DitEcs;
use super::mounts::Around;
use super::presets::Preset;
use super::section::Section;

/// A URL language, and whose reading of it holds where servers differ.
#[derive(Debug, Clone, PartialEq)]
pub enum Language {
    /// `x-oss-process`.
    Oss(oss::Flavour),
    /// That of Thumbor and imagor.
    Thumbor(Thumbor),
    /// That of AWS Dynamic Image Transformation (Serverless Image Handler), Lambda engine.
    Dit(Dit),
    /// That of its ECS engine.
    DitEcs(Box<DitEcs>),
    /// Each request's own, by its form ([`lightmill_dialects::recognise`]). That of the ECS engine is spoken where there is a
    /// configuration for it.
    Auto(Thumbor, Dit, Option<Box<DitEcs>>),
    /// None: stored bytes only.
    Original,
    /// None: the URL is a key, and what is done is configured. With one preset the whole path is the key; with several
    /// its first segment names the preset.
    Preset(Vec<Preset>),
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

/// What a mount says about the language of Dynamic Image Transformation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dit {
    /// What paths that are not base64 are rewritten by (`REWRITE_MATCH_PATTERN`, `REWRITE_SUBSTITUTION`).
    pub rewrite: Option<(String, String)>,
    /// Whether EXIF orientation is applied; the reference server does not.
    pub respect_orientation: bool,
    /// Whether mistakes of the reference server are kept ([`dit::Options::compat`]).
    pub compat: bool,
}

impl Language {
    pub(super) fn read(section: &mut Section<'_>, around: &Around<'_>) -> Self {
        let name: String = section.take("dialect", "oss".to_owned());
        match name.as_str() {
            "oss" => return Self::Oss(section.take("flavour", oss::Flavour::Aliyun)),
            "thumbor" => return Self::Thumbor(Thumbor::read(section)),
            "dit" => return Self::Dit(Dit::read(section)),
            "dit-ecs" => {
                let own = section.section("dit_ecs");
                return Self::DitEcs(Box::new(DitEcs::read(section, own, around.aws)));
            }
            "auto" => {
                let (thumbor, dit, own) = (Thumbor::read(section), Dit::read(section), section.section("dit_ecs"));
                let said = (!own.is_empty()).then(|| DitEcs::read(section, own, around.aws));
                // Both engines' languages take these from the mount.
                let said = said.map(|said| DitEcs {
                    compat: dit.compat,
                    respect_orientation: dit.respect_orientation,
                    ..said
                });
                return Self::Auto(thumbor, dit, said.map(Box::new));
            }
            "original" => return Self::Original,
            "preset" => return Self::Preset(chosen(section, around.presets)),
            _ => section.mistake(
                "dialect",
                &name,
                "is no dialect; there are `auto`, `oss`, `thumbor`, `dit`, `dit-ecs`, `preset` and `original`",
            ),
        }
        Self::Oss(section.take("flavour", oss::Flavour::Aliyun))
    }

    /// Whose reading of `x-oss-process` holds in styles, and in the mount itself if that is its language.
    pub fn oss(&self) -> oss::Flavour {
        match self {
            Self::Oss(flavour) => *flavour,
            Self::Auto(..) | Self::Thumbor(_) | Self::Dit(_) | Self::DitEcs(_) | Self::Original | Self::Preset(_) => {
                oss::Flavour::Aliyun
            }
        }
    }

    /// The sources that its presets read, if each of them names one; origins say by themselves what they read.
    pub(super) fn own_sources(&self) -> Option<Vec<String>> {
        if matches!(self, Self::DitEcs(_)) {
            return Some(Vec::new());
        }
        let Self::Preset(presets) = self else { return None };
        let mut own: Vec<String> = Vec::new();
        for preset in presets {
            let source = preset.source.as_ref()?;
            if !own.contains(source) {
                own.push(source.clone());
            }
        }
        Some(own)
    }

    /// The presets and origins whose source is none of these, in words, with that source.
    pub(super) fn astray<'a>(&'a self, sources: &'a [String]) -> impl Iterator<Item = (String, &'a str)> {
        let presets = if let Self::Preset(presets) = self { presets.as_slice() } else { &[] };
        let of_preset = |preset: &'a Preset| Some((format!("the preset `{}`", preset.name), preset.source.as_deref()?));
        let of_origins = self.dit_ecs().into_iter().flat_map(DitEcs::named_sources);
        let named = presets.iter().filter_map(of_preset).chain(of_origins);
        named.filter(|(_, source)| !sources.iter().any(|listed| listed == source))
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

impl Dit {
    fn read(section: &mut Section<'_>) -> Self {
        let pattern: Option<String> = section.optional("rewrite_pattern");
        let substitution: Option<String> = section.optional("rewrite_substitution");
        if pattern.is_some() != substitution.is_some() {
            section.silent_mistake("rewrite_pattern", "and `rewrite_substitution` belong together");
        }
        let rewrite = pattern.zip(substitution);
        if let Some((pattern, substitution)) = &rewrite
            && let Err(error) = dit::Rewrite::new(pattern, substitution)
        {
            section.mistake("rewrite_pattern", pattern, error.to_string());
        }
        Self {
            rewrite,
            respect_orientation: section.take("respect_orientation", true),
            compat: section.take("compat", false),
        }
    }
}

/// The presets that `preset` names, or `presets`; all of them if neither does.
fn chosen(section: &mut Section<'_>, known: &[Preset]) -> Vec<Preset> {
    let one: Option<String> = section.optional("preset");
    let several: Option<Vec<String>> = section.optional("presets");
    let key = if one.is_some() { "preset" } else { "presets" };
    if one.is_some() && several.is_some() {
        section.silent_mistake("presets", "is given, and `preset` too");
    }
    let names = one.map(|name| vec![name]).or(several);
    let Some(names) = names else {
        if known.is_empty() {
            section.silent_mistake("preset", "is missing, and no [presets.NAME] is configured");
        }
        return known.to_vec();
    };
    let mut chosen = Vec::new();
    for name in &names {
        if let Some(preset) = known.iter().find(|preset| preset.name == *name) {
            chosen.push(preset.clone());
        } else {
            let there: Vec<&str> = known.iter().map(|preset| preset.name.as_str()).collect();
            section.mistake(key, &names, format!("`{name}` is not configured; there are: {}", there.join(", ")));
        }
    }
    chosen
}

fn extra_filters(section: &mut Section<'_>) -> Vec<String> {
    let names: Vec<String> = section.take("extra_filters", Vec::new());
    let known: Vec<&str> = thumbor::opt_in_filters().collect();
    for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
        section.mistake("extra_filters", &names, format!("`{name}` is none; there are: {}", known.join(", ")));
    }
    names
}
