use super::{Config, ConfigEntries, Mapping, Pattern, Policy};
use crate::dit_ecs::{Options, Transformation};
use crate::sharp::Reader;

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Two entries of one kind have the same id.
    #[error("there are two {0} of the id {1}")]
    Twice(&'static str, String),
    /// An entry names another that is not there.
    #[error("{0} names the {1} {2}, which does not exist")]
    Missing(String, &'static str, String),
    /// A mapping has not exactly one pattern, or a path without its first slash.
    #[error("the mapping {0} must have either a host or a path that starts with a slash")]
    Pattern(String),
    /// An origin has no place.
    #[error("the origin {0}: {1}")]
    Origin(String, &'static str),
    /// Two policies are the default.
    #[error("the policies {0} and {1} are both the default")]
    Defaults(String, String),
    /// A policy has wrong values.
    #[error("the policy {0}: {1}")]
    Policy(String, String),
    /// An item of DynamoDB cannot be read.
    #[error("the item {0}: {1}")]
    Item(String, String),
}

/// Transformations of one policy.
const MOST: usize = 100;

impl Config {
    /// Entries that fit together.
    ///
    /// # Errors
    /// Every mistake at once.
    pub fn new(entries: ConfigEntries) -> Result<Self, Vec<ConfigError>> {
        let (config, errors) = Self::of(entries);
        if errors.is_empty() { Ok(config) } else { Err(errors) }
    }

    /// What can be used of entries that others wrote, and every mistake in them. What leads to something that is missing is
    /// refused when it is asked for, and a wrong transformation left out.
    pub fn of(entries: ConfigEntries) -> (Self, Vec<ConfigError>) {
        let mut config = Self { default_policy: entries.default_policy, ..Self::default() };
        let mut errors = Vec::new();
        for origin in entries.origins {
            let id = origin.id.clone();
            if let Some(mistake) = origin.mistake() {
                errors.push(ConfigError::Origin(id, mistake));
                continue;
            }
            if config.origins.insert(id.clone(), origin).is_some() {
                errors.push(ConfigError::Twice("origins", id));
            }
        }
        for policy in entries.policies {
            let id = policy.id.clone();
            errors.extend(mistakes(&policy).into_iter().map(|mistake| ConfigError::Policy(id.clone(), mistake)));
            if policy.is_default
                && let Some(other) = config.default_policy.replace(id.clone())
            {
                errors.push(ConfigError::Defaults(other, id.clone()));
            }
            if config.policies.insert(id.clone(), policy).is_some() {
                errors.push(ConfigError::Twice("policies", id));
            }
        }
        for mapping in entries.mappings {
            let label = label(&mapping);
            let name = format!("the mapping {label}");
            if config.origin(&mapping.origin).is_none() {
                errors.push(ConfigError::Missing(name.clone(), "origin", mapping.origin.clone()));
            }
            if let Some(policy) = mapping.policy.as_ref().filter(|policy| config.policy(policy).is_none()) {
                errors.push(ConfigError::Missing(name, "policy", policy.clone()));
            }
            match Pattern::of(&mapping) {
                Some(pattern) => config.mappings.push((pattern, mapping)),
                None => errors.push(ConfigError::Pattern(label)),
            }
        }
        (config, errors)
    }
}

/// What people call it, or else its pattern.
fn label(mapping: &Mapping) -> String {
    let pattern = || mapping.host.as_ref().or(mapping.path.as_ref());
    let name = Some(&mapping.name).filter(|name| !name.is_empty());
    name.or_else(pattern).cloned().unwrap_or_default()
}

/// What is wrong inside of a policy.
fn mistakes(policy: &Policy) -> Vec<String> {
    let mut mistakes = Vec::new();
    if policy.transformations.len() > MOST {
        mistakes.push(format!("it has more than {MOST} transformations"));
    }
    for entry in &policy.transformations {
        if let Some(condition) = entry.condition.as_ref().filter(|condition| !condition.is_of_a_header()) {
            mistakes.push(format!("{:?} in the condition of {} is no header", condition.field, entry.transformation));
        }
        let mut reader = Reader::default();
        match Transformation::read(&entry.transformation, &entry.value, &mut reader, &Options::default()) {
            Err(mistake) => mistakes.push(mistake),
            Ok(None) => mistakes.push(format!("there is no transformation {}", entry.transformation)),
            Ok(Some(_)) => mistakes.extend(reader.ignored.iter().map(|name| format!("{name} has no meaning"))),
        }
    }
    let outputs = &policy.outputs;
    if let Some(quality) = &outputs.quality {
        let mut all = std::iter::once(quality.default).chain(quality.ranges.iter().map(|range| range.quality));
        if !all.all(|quality| (1..=100).contains(&quality)) {
            mistakes.push("outputs.quality must be from 1 to 100".to_owned());
        }
    }
    if let Some(format) = &outputs.format {
        let is_format = |name: &String| crate::dit_ecs::resolve::format_value(name).is_some();
        if !is_format(&format.format) || !format.fallback.iter().all(is_format) {
            mistakes.push("outputs.format must be auto, jpg, jpeg, png, tiff, webp, gif or avif".to_owned());
        }
    }
    if let Some(autosize) = &outputs.autosize
        && (autosize.widths.is_empty() || !autosize.widths.iter().all(|width| (1..=4000).contains(width)))
    {
        mistakes.push("outputs.autosize must list widths from 1 to 4000".to_owned());
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_named_at_once() {
        let entries: ConfigEntries = serde_json::from_str(
            r#"{"origins":[{"id":"o","domain":"o.example"},{"id":"o","domain":"p.example"},{"id":"n"},
                           {"id":"u","domain":"https://u.example"}],
                "mappings":[{"name":"m","path":"a","origin":"x","policy":"y"}],
                "policies":[{"id":"p","is_default":true,"transformations":[{"transformation":"blur","value":0}],
                             "outputs":{"quality":{"default":0},"format":{"format":"heic"},"autosize":{"widths":[]}}},
                            {"id":"q","is_default":true,"transformations":[{"transformation":"x","value":1},
                              {"transformation":"flip","value":true,"condition":{"field":"a b","value":1}}]}]}"#,
        )
        .unwrap();
        let errors = Config::new(entries).unwrap_err();
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "there are two origins of the id o",
                "the origin n: it has neither a domain nor a source",
                "the origin u: its domain must be the name of a host, without scheme, port and path",
                "the policy p: blur must be a number from 0.3 to 1000",
                "the policy p: outputs.quality must be from 1 to 100",
                "the policy p: outputs.format must be auto, jpg, jpeg, png, tiff, webp, gif or avif",
                "the policy p: outputs.autosize must list widths from 1 to 4000",
                "the policy q: there is no transformation x",
                "the policy q: \"a b\" in the condition of flip is no header",
                "the policies p and q are both the default",
                "the mapping m names the origin x, which does not exist",
                "the mapping m names the policy y, which does not exist",
                "the mapping m must have either a host or a path that starts with a slash",
            ]
        );
    }
}
