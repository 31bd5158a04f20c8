use std::sync::Arc;

use http::request::Parts;
use lightmill_dialects::thumbor::signature::Scheme;
use lightmill_dialects::{Error, Form, Request, dit, original, oss, recognise, thumbor};
use lightmill_mill::Rules;
use lightmill_recipe::{Format, Locator, Orientation};

use super::Mount;
use super::dit_ecs::DitEcs;
use crate::config;
use crate::errors::{Problem, Shape};

/// The URL language of a mount, ready to be read.
#[derive(Debug)]
pub enum Language {
    /// `x-oss-process`, as [`lightmill_mill::Rules::oss`] says.
    Oss,
    /// That of Thumbor and imagor.
    Thumbor(Box<Thumbor>),
    /// That of Dynamic Image Transformation, Lambda engine.
    Dit(Box<dit::Options>),
    /// That of its ECS engine.
    DitEcs(Box<DitEcs>),
    /// Each request's own.
    Auto(Box<Several>),
    /// None: stored bytes only.
    Original,
    /// None: the URL is a key.
    Preset(Presets),
}

/// The languages of a mount that takes any.
#[derive(Debug)]
pub struct Several {
    oss: Language,
    thumbor: Language,
    dit: Language,
    /// Where the mount has a configuration for it.
    dit_ecs: Option<Language>,
}

/// What is done to pictures whose URLs say nothing about it.
#[derive(Debug)]
pub struct Presets {
    /// With one the whole path is the key, with several the first segment names one.
    presets: Vec<config::Preset>,
    /// Formats that `Accept` can choose.
    negotiate: Vec<Format>,
}

impl Presets {
    fn read(&self, within: &str, query: Option<&str>, accept: Option<&str>) -> Result<Request, Error> {
        let (preset, path) = match &self.presets[..] {
            [preset] => (preset, within),
            presets => {
                let (name, _) = within.trim_start_matches('/').split_once('/').ok_or(Error::NoKey)?;
                let preset = presets.iter().find(|preset| preset.name == name).ok_or(Error::NoKey)?;
                (preset, within.trim_start_matches('/').get(name.len()..).unwrap_or_default())
            }
        };
        let Request { locator, ignored, .. } = original::parse(path, query)?;
        let locator = Locator { source: preset.source.clone(), key: format!("{}{}", preset.prefix, locator.key) };
        Ok(preset.request(&locator, accept, &self.negotiate)?.ignoring(ignored))
    }
}

/// Thumbor's language in a mount.
#[derive(Debug)]
pub struct Thumbor {
    /// How it is read.
    pub options: thumbor::Options,
    /// How it is signed.
    pub scheme: Scheme,
    /// Whether `unsafe` may stand in the place of a signature.
    pub allow_unsafe: bool,
}

impl Language {
    /// `rules`: those of the mount.
    pub(super) fn new(config: &config::Mount, rules: &Rules) -> Self {
        let dit_ecs = |said| Self::DitEcs(Box::new(DitEcs::new(said, config, rules)));
        match &config.language {
            config::Language::Oss(_) => Self::Oss,
            config::Language::Original => Self::Original,
            config::Language::Preset(presets) => {
                Self::Preset(Presets { presets: presets.clone(), negotiate: config.formats.clone() })
            }
            config::Language::Thumbor(thumbor) => Self::thumbor(thumbor, config),
            config::Language::Dit(dit) => Self::dit(dit, config),
            config::Language::DitEcs(said) => dit_ecs(said),
            config::Language::Auto(thumbor, dit, said) => Self::Auto(Box::new(Several {
                oss: Self::Oss,
                thumbor: Self::thumbor(thumbor, config),
                dit: Self::dit(dit, config),
                dit_ecs: said.as_deref().map(dit_ecs),
            })),
        }
    }

    fn thumbor(thumbor: &config::Thumbor, config: &config::Mount) -> Self {
        Self::Thumbor(Box::new(Thumbor {
            options: thumbor::Options {
                max_filters: config.limits.operations,
                max_inputs: config.limits.inputs,
                max_text_characters: config.limits.text_characters,
                negotiate: config.formats.clone(),
                respect_orientation: thumbor.respect_orientation,
                opt_in: thumbor.extra_filters.clone(),
                ..thumbor::Options::of(thumbor.flavour)
            },
            scheme: thumbor.scheme,
            allow_unsafe: config.allow_unsigned || config.keys.is_empty(),
        }))
    }

    fn dit(dit: &config::Dit, config: &config::Mount) -> Self {
        Self::Dit(Box::new(dit::Options {
            buckets: config.sources.clone(),
            // What cannot be read is told when the configuration is.
            rewrite: dit.rewrite.as_ref().and_then(|(pattern, with)| dit::Rewrite::new(pattern, with).ok()),
            negotiate: config.formats.clone(),
            orientation: if dit.respect_orientation { Orientation::Apply } else { Orientation::Ignore },
            compat: dit.compat,
            max_edits: config.limits.operations,
        }))
    }

    /// The language of a request: its own, where the mount takes any. `within` is the path below the mount.
    pub fn of(&self, within: &str, query: Option<&str>) -> &Self {
        let Self::Auto(several) = self else { return self };
        match recognise(within, query, several.dit_ecs.is_some()) {
            Form::DitEcs => several.dit_ecs.as_ref().unwrap_or(&several.oss),
            Form::Oss => &several.oss,
            Form::Thumbor => &several.thumbor,
            Form::Dit => &several.dit,
        }
    }

    /// What the mill must know, where it is not what it must know about the mount.
    pub(super) fn rules<'a>(&'a self, mount: &'a Arc<Rules>) -> &'a Arc<Rules> {
        if let Self::DitEcs(dit_ecs) = self { &dit_ecs.rules } else { mount }
    }

    /// What of a request's headers takes part beside `Accept`.
    pub(super) fn headers<'a>(&'a self, request: &'a Parts, host: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
        if let Self::DitEcs(dit_ecs) = self { dit_ecs.headers(request, host) } else { Vec::new() }
    }

    /// How errors are told in it.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Thumbor(thumbor) => match thumbor.options.flavour {
                thumbor::Flavour::Thumbor => Shape::Thumbor,
                thumbor::Flavour::Imagor => Shape::Imagor,
            },
            Self::Dit(_) => Shape::Dit,
            Self::DitEcs(_) => Shape::DitEcs,
            Self::Oss | Self::Auto(_) | Self::Original | Self::Preset(_) => Shape::Oss,
        }
    }

    /// Whether the `Accept` header takes part in what is answered.
    pub(super) fn negotiates(&self, oss: &oss::Options) -> bool {
        match self {
            Self::Oss => !oss.negotiate.is_empty() || oss.flavour == oss::Flavour::Keithyt06,
            Self::Thumbor(thumbor) => thumbor.options.varies_by_accept(),
            Self::Auto(several) => [&several.oss, &several.thumbor].iter().any(|language| language.negotiates(oss)),
            Self::Dit(options) => !options.negotiate.is_empty(),
            Self::Preset(presets) => !presets.negotiate.is_empty(),
            // Each URL's own headers are told with its answer.
            Self::Original | Self::DitEcs(_) => false,
        }
    }
}

/// What the client says beside the URL.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// The `Accept` header.
    pub accept: Option<&'a str>,
    /// The other headers that take part in the language of the request, by their names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
}

/// What a URL asks for in the language of its mount. `within` is the path below the mount, as on the wire.
pub fn read(mount: &Mount, within: &str, query: Option<&str>, said: Said<'_>) -> Result<Request, Problem> {
    let accept = said.accept;
    Ok(match mount.language.of(within, query) {
        Language::Oss | Language::Auto(_) => oss::parse(within, query, accept, &mount.rules.oss)?,
        Language::Thumbor(thumbor) => thumbor::parse(within, query, accept, &thumbor.options)?,
        Language::Dit(options) => dit::parse(within, query, accept, options)?,
        Language::DitEcs(dit_ecs) => dit_ecs.read(within, query, said.headers)?,
        Language::Original => original::parse(within, query)?,
        Language::Preset(presets) => presets.read(within, query, accept)?,
    })
}
