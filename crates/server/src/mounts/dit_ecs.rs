use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use http::request::Parts;
use lightmill_dialects::Request;
use lightmill_dialects::dit_ecs::{self, Headers};
use lightmill_image::codecs;
use lightmill_mill::{BucketFrom, Rules};
use lightmill_recipe::{Format, Orientation};

use crate::config;
use crate::errors::Problem;

/// The language of the ECS engine in a mount.
#[derive(Debug)]
pub struct DitEcs {
    options: dit_ecs::Options,
    /// Origins, mappings and policies, if they are known yet.
    contents: Option<Arc<dit_ecs::Config>>,
    /// Names of the request headers that can take part.
    headers: Vec<HeaderName>,
    /// What the mill must know about its origins.
    pub(super) rules: Arc<Rules>,
    /// How long the configuration took to be read.
    pub(super) read_in: Duration,
}

impl DitEcs {
    /// `rules`: those of the mount.
    pub(super) fn new(said: &config::DitEcs, config: &config::Mount, rules: &Rules) -> Self {
        let options = dit_ecs::Options {
            compat: said.compat,
            strict: said.strict,
            max_transformations: said.max_transformations,
            trusts_edge: said.trusted_edge,
            origin_header: said.origin_header.clone(),
            negotiate: negotiated(config),
            orientation: if said.respect_orientation { Orientation::Apply } else { Orientation::Ignore },
        };
        let names = said.contents.as_ref().map(|contents| contents.headers(&options)).unwrap_or_default();
        Self {
            headers: names.iter().filter_map(|name| HeaderName::try_from(name.as_str()).ok()).collect(),
            contents: said.contents.clone(),
            options,
            rules: Arc::new(Rules {
                sources: said.sources.clone(),
                bucket_from: BucketFrom::Header,
                origins: Vec::new(),
                ..rules.clone()
            }),
            read_in: said.read_in,
        }
    }

    /// Whether it is known what to answer.
    pub(super) fn is_ready(&self) -> bool {
        self.contents.is_some()
    }

    /// What of the request's headers can take part, with their names in lower case. `host` is that of the request, which
    /// HTTP/2 says elsewhere.
    pub(super) fn headers<'a>(&'a self, request: &'a Parts, host: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
        let value = |name: &'a HeaderName| match host {
            Some(host) if *name == http::header::HOST => Some(host),
            _ => request.headers.get(name)?.to_str().ok(),
        };
        self.headers.iter().filter_map(|name| Some((name.as_str(), value(name)?))).collect()
    }

    pub(super) fn read(&self, within: &str, query: Option<&str>, headers: &[(&str, &str)]) -> Result<Request, Problem> {
        let contents = self.contents.as_ref().ok_or(Problem::NotConfigured)?;
        Ok(dit_ecs::parse(within, query, &Headers(headers), contents, &self.options)?)
    }
}

/// What `format=auto` chooses among. A mount of several languages, which says nothing, means what one of this language does.
fn negotiated(config: &config::Mount) -> Vec<Format> {
    let says_nothing = config.formats.is_empty() && matches!(config.language, config::Language::Auto(..));
    if !says_nothing {
        return config.formats.clone();
    }
    [Format::Avif, Format::WebP].into_iter().filter(|format| codecs::can_encode(*format)).collect()
}
