//! Origins, mappings and policies: which picture a path means, and what is done to it unasked.

mod dynamo;
mod entries;
mod mapping;
mod origin;
mod policy;

use std::collections::HashMap;

use serde::Deserialize;

pub use entries::ConfigError;
pub use mapping::{Mapping, Pattern};
pub use origin::Origin;
pub use policy::{AutoFormat, Autosize, Condition, Outputs, Policy, PolicyEntry, QualityOutput, QualityRange};

/// What a configuration file, or DynamoDB's table, says.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigEntries {
    /// Where pictures come from.
    pub origins: Vec<Origin>,
    /// Which path or host belongs to which origin.
    pub mappings: Vec<Mapping>,
    /// Stored lists of transformations.
    pub policies: Vec<Policy>,
}

/// Entries that fit together.
#[derive(Debug, Clone, Default)]
pub struct Config {
    origins: HashMap<String, Origin>,
    mappings: Vec<(Pattern, Mapping)>,
    policies: HashMap<String, Policy>,
    default_policy: Option<String>,
}

impl Config {
    /// The origin of this id.
    pub fn origin(&self, id: &str) -> Option<&Origin> {
        self.origins.get(id)
    }

    /// The origin whose host is exactly this, in any case.
    pub(super) fn origin_of_host(&self, host: &str) -> Option<&Origin> {
        let mut found: Vec<&Origin> =
            self.origins.values().filter(|origin| origin.domain.eq_ignore_ascii_case(host)).collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found.into_iter().next()
    }

    /// The policy of this id.
    pub fn policy(&self, id: &str) -> Option<&Policy> {
        self.policies.get(id)
    }

    /// The policy that holds where none is named.
    pub(super) fn default_policy(&self) -> Option<&Policy> {
        self.policy(self.default_policy.as_deref()?)
    }

    /// The mapping of a host, else that of a path: the longest pattern that fits, an exact one before one with `*`.
    pub(super) fn mapping(&self, host: Option<&str>, path: &str, compat: bool) -> Option<(&Pattern, &Mapping)> {
        let best = |length: &dyn Fn(&Pattern) -> Option<(usize, bool)>| {
            let fitting =
                self.mappings.iter().filter_map(|(pattern, mapping)| Some((length(pattern)?, pattern, mapping)));
            fitting.max_by_key(|(rank, ..)| *rank).map(|(_, pattern, mapping)| (pattern, mapping))
        };
        let of_host = host.and_then(|host| best(&|pattern| pattern.fits_host(host, compat)));
        of_host.or_else(|| best(&|pattern| pattern.fits_path(path, compat)))
    }
}
