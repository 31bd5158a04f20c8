use std::collections::BTreeMap;
use std::time::Duration;

use http::HeaderName;
use lightmill_dialects::dit_ecs::ConfigEntries;
use lightmill_store::aws;

use super::origins::Around;
use super::{ConfigTable, DitEcs};
use crate::config::aws::{url, word};
use crate::config::listeners::seconds;
use crate::config::section::Section;
use crate::config::sources::Source;
use crate::config::styles::is_table;
use crate::config::{Language, Mount};

/// Seconds between two readings of a table.
const REFRESH: f64 = 5.0;

impl DitEcs {
    /// `mount`: what stands beside the language's own table; `around`: where Amazon's services are.
    pub(in crate::config) fn read(mount: &mut Section<'_>, mut section: Section<'_>, aws: &aws::Settings) -> Self {
        let settings = aws::Settings {
            region: word(&mut section, "region").or_else(|| aws.region.clone()),
            endpoint: url(&mut section, "endpoint").or_else(|| aws.endpoint.clone()),
            ..aws.clone()
        };
        let table = table(&mut section, &settings);
        let written = entries(&mut section);
        match (&table, &written) {
            (Some(_), Some(_)) => section.silent_mistake("table", "is given, and origins, mappings or policies too"),
            (None, None) => section.silent_mistake("origins", "are missing, and so is `table`"),
            _ => {}
        }
        let said = Self {
            compat: mount.take("compat", false),
            respect_orientation: mount.take("respect_orientation", true),
            strict: section.take("strict", false),
            trusted_edge: section.take("trusted_edge", false),
            origin_header: origin_header(&mut section),
            max_transformations: section.checked("max_transformations", 10, |n| (1..=100).contains(n), "is 1 to 100"),
            table,
            written,
            contents: None,
            read_in: Duration::ZERO,
            sources: Vec::new(),
            replaced: replaced(&mut section),
            aws: settings,
        };
        section.finish();
        said
    }
}

impl DitEcs {
    /// Who names a configured source, and which.
    pub(in crate::config) fn named_sources(&self) -> impl Iterator<Item = (String, &str)> {
        let origins = self.written.iter().flat_map(|entries| &entries.origins);
        let of_origins =
            origins.filter_map(|origin| Some((format!("the origin `{}`", origin.id), origin.source.as_deref()?)));
        of_origins.chain(self.replaced.iter().map(|(host, name)| (format!("the host `{host}`"), name.as_str())))
    }
}

impl Mount {
    /// Takes over the origins, mappings and policies that are written in the configuration: the sources that they need.
    pub(in crate::config) fn settle(&mut self, section: &Section<'_>, around: &Around<'_>) -> Vec<Source> {
        let Some(said) = self.language.dit_ecs_mut() else { return Vec::new() };
        for (host, name) in said.replaced.iter().filter(|(_, name)| !around.sources.contains(name)) {
            let there = around.sources.join(", ");
            let problem = format!("the source `{name}` of {host} is not configured; there are: {there}");
            section.silent_mistake("dit_ecs.sources", problem);
        }
        let Some(entries) = said.written.take() else { return Vec::new() };
        let (sources, mistakes) = said.settle(entries, around);
        for mistake in mistakes {
            section.silent_mistake("dit_ecs", mistake);
        }
        sources
    }
}

impl Language {
    /// What is said about the language of the ECS engine, if it is spoken.
    pub fn dit_ecs(&self) -> Option<&DitEcs> {
        match self {
            Self::DitEcs(said) => Some(said),
            Self::Auto(.., said) => said.as_deref(),
            _ => None,
        }
    }

    pub(super) fn dit_ecs_mut(&mut self) -> Option<&mut DitEcs> {
        match self {
            Self::DitEcs(said) => Some(said),
            Self::Auto(.., said) => said.as_deref_mut(),
            _ => None,
        }
    }
}

fn table(section: &mut Section<'_>, aws: &aws::Settings) -> Option<ConfigTable> {
    let name = section.optional::<String>("table");
    let refresh_time = seconds(section, "refresh_time", REFRESH);
    let name = name?;
    if !is_table(&name) {
        section.mistake("table", &name, "is a name of 3 to 255 letters, digits, `_`, `-` and `.`, or an ARN");
    }
    Some(ConfigTable { name, aws: aws.clone(), refresh_time })
}

/// What is written here, if anything is.
fn entries(section: &mut Section<'_>) -> Option<ConfigEntries> {
    let is_said = ["origins", "mappings", "policies"].map(|key| section.has(key)).contains(&true);
    let entries = ConfigEntries {
        origins: section.entries("origins"),
        mappings: section.entries("mappings"),
        policies: section.entries("policies"),
        default_policy: None,
    };
    is_said.then_some(entries)
}

fn origin_header(section: &mut Section<'_>) -> Option<String> {
    let name: String = section.optional("origin_header")?;
    if let Ok(name) = HeaderName::try_from(name.as_str()) {
        return Some(name.as_str().to_owned());
    }
    section.mistake("origin_header", &name, "is the name of a request header");
    None
}

/// Sources by the host that they take the place of.
fn replaced(section: &mut Section<'_>) -> BTreeMap<String, String> {
    let said: BTreeMap<String, String> = section.take("sources", BTreeMap::new());
    said.into_iter().map(|(host, name)| (host.to_ascii_lowercase(), name)).collect()
}
