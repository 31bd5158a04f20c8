//! The environment of the servers that lightmill takes the place of, read as configuration.
//!
//! Where nothing else says what is served, the variables of *one* such server make a mount of its dialect with that
//! server's own defaults: its port on every address, and unsigned requests where it allowed them. A task definition or a
//! compose file that ran it runs lightmill. Everything that they come to is laid under the variables of lightmill itself
//! (`LIGHTMILL_MOUNTS__0__…`), which change single keys of it. Those of a function that makes variants of every upload say
//! what `lightmill worker` does, beside whatever is served.

mod dit;
mod dit_ecs;
mod draft;
mod imagor;
mod oss;
mod pipeline;
mod sources;
#[cfg(test)]
mod tests;
mod thumbor;
mod values;

use std::collections::BTreeMap;

use toml::Table;

use super::Mistake;
use super::environment::Origins;
use draft::Draft;

/// A server whose environment is understood.
pub(super) struct Server {
    /// What it is called.
    pub name: &'static str,
    /// Variables of which one tells that this server's environment is meant.
    pub marks: &'static [&'static str],
    /// Its variables, with what they become; the documentation's table.
    pub variables: &'static [(&'static str, &'static str)],
    /// Variables of it that change nothing here, and why.
    pub without_effect: &'static [(&'static str, &'static str)],
    fill: fn(&mut Draft<'_>),
}

/// All of them.
pub(super) const SERVERS: [&Server; 5] =
    [&oss::SERVER, &dit::SERVER, &dit_ecs::SERVER, &thumbor::SERVER, &imagor::SERVER];

/// Lays what `variables` of such a function say into `document`, unless that says where variants are written. What whoever
/// starts the worker should know about it.
pub(super) fn lay_worker(
    document: &mut Table,
    variables: &BTreeMap<String, String>,
    origins: &mut Origins,
    mistakes: &mut Vec<Mistake>,
) -> Vec<String> {
    let server = &pipeline::SERVER;
    let mut draft = Draft::new(variables);
    let has_target = document.get("worker").and_then(|worker| worker.get("target")).is_some();
    if has_target || !server.marks.iter().any(|name| draft.get(name).is_some()) {
        return Vec::new();
    }
    (server.fill)(&mut draft);
    let heading = server.heading(variables);
    draft.lay_beside(document, origins, mistakes, heading)
}

/// Lays what `variables` of another server say into `document`, if that says nothing of sources and mounts. What whoever
/// starts the service should know about it.
pub(super) fn lay(
    document: &mut Table,
    variables: &BTreeMap<String, String>,
    origins: &mut Origins,
    mistakes: &mut Vec<Mistake>,
) -> Vec<String> {
    if ["sources", "mounts"].iter().any(|key| document.contains_key(*key)) {
        return Vec::new();
    }
    let set = |name: &&str| is_set(variables, name);
    let meant = SERVERS.iter().filter_map(|server| Some((*server, server.marks.iter().copied().find(set)?)));
    match meant.collect::<Vec<_>>()[..] {
        [] => Vec::new(),
        [(server, _)] => {
            let mut draft = Draft::new(variables);
            (server.fill)(&mut draft);
            for (name, reason) in server.without_effect.iter().filter(|(name, _)| set(name)) {
                draft.note(format!("{name} has no effect: {reason}"));
            }
            draft.lay(document, origins, mistakes, server.heading(variables))
        }
        [(first, mark), (second, other), ..] => {
            let problem = format!(
                "is of {}, and {other} of {}: say what is served by [[mounts]], or take one of them away",
                first.name, second.name
            );
            mistakes.push(Mistake { key: mark.to_owned(), value: None, problem });
            Vec::new()
        }
    }
}

impl Server {
    /// Which of its variables are heeded.
    fn heading(&self, variables: &BTreeMap<String, String>) -> String {
        let names = self.variables.iter().flat_map(|(names, _)| names.split(", "));
        let heeded: Vec<&str> = names.filter(|name| is_set(variables, name)).collect();
        format!("configured by the environment of {}: {}", self.name, heeded.join(", "))
    }
}

fn is_set(variables: &BTreeMap<String, String>, name: &str) -> bool {
    variables.get(name).is_some_and(|value| !value.is_empty())
}
