//! Origins, mappings and policies: which picture a path means, and what is done to it unasked.

mod dynamo;
mod entries;
mod mapping;
mod origin;
mod policy;

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::{Hints, Options};
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
    /// The default policy's id, where the policy itself cannot be read.
    #[serde(skip)]
    pub default_policy: Option<String>,
}

/// Entries that fit together.
#[derive(Debug, Clone, PartialEq, Default)]
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
        let mut found: Vec<&Origin> = self
            .origins
            .values()
            .filter(|origin| !host.is_empty() && origin.domain.eq_ignore_ascii_case(host))
            .collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found.into_iter().next()
    }

    /// The policy of this id.
    pub fn policy(&self, id: &str) -> Option<&Policy> {
        self.policies.get(id)
    }

    /// The id of the policy that holds where none is named; it may be one that could not be read.
    pub(super) fn default_policy(&self) -> Option<&str> {
        self.default_policy.as_deref()
    }

    /// How many origins, mappings and policies there are.
    pub fn counts(&self) -> [usize; 3] {
        [self.origins.len(), self.mappings.len(), self.policies.len()]
    }

    /// The names of all request headers that can take part in what a request means, in lower case, sorted.
    pub fn headers(&self, options: &Options) -> Vec<String> {
        let conditions = self.policies.values().flat_map(|policy| &policy.transformations);
        let conditions = conditions.filter_map(|entry| entry.condition.as_ref());
        let fields = conditions.filter(|one| one.is_of_a_header()).map(|one| one.field.to_ascii_lowercase());
        let named = options.origin_header.iter().map(|name| name.to_ascii_lowercase());
        let names = fields.chain(named).chain(Hints::all_names(options).iter().map(ToString::to_string));
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether any mapping is of hosts.
    pub(super) fn maps_hosts(&self) -> bool {
        self.mappings.iter().any(|(pattern, _)| matches!(pattern, Pattern::Host(_)))
    }

    /// Whether what the client says about its screen decides anything.
    pub(super) fn takes_hints(&self) -> bool {
        self.policies.values().any(|policy| policy.outputs.quality.is_some() || policy.outputs.autosize.is_some())
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
