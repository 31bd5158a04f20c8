use std::sync::Arc;
use std::time::Duration;

use lightmill_dialects::dit_ecs::{Config as Contents, ConfigEntries};

use super::origins::{Around, Opened, open};
use super::{ConfigTable, DitEcs};
use crate::config::Config;

/// What was read of a table.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it holds.
    pub entries: Arc<ConfigEntries>,
    /// What it took at first.
    pub read_in: Duration,
}

/// A configuration with what its tables hold.
#[derive(Debug)]
pub struct Filled {
    /// The same with origins, mappings and policies, and with the sources of the origins.
    pub config: Config,
    /// What of the tables cannot be used.
    pub mistakes: Vec<String>,
}

impl Config {
    /// The tables in which mounts have a part of their configuration.
    pub fn tables(&self) -> impl Iterator<Item = &ConfigTable> {
        self.mounts.iter().filter_map(|mount| mount.language.dit_ecs()?.table.as_ref())
    }

    /// The configuration with what `read` knows of its tables; what it does not know yet stays open.
    #[must_use]
    pub fn filled(&self, read: impl Fn(&ConfigTable) -> Option<Reading>) -> Filled {
        let mut config = self.clone();
        let names: Vec<String> = self.sources.iter().map(|source| source.name.clone()).collect();
        let mut mistakes = Vec::new();
        for mount in &mut config.mounts {
            let around = Around { mount: &mount.name(), sources: &names, longest: self.limits.time };
            let Some(said) = mount.language.dit_ecs_mut() else { continue };
            let Some(Reading { entries, read_in }) = said.table.as_ref().and_then(&read) else { continue };
            said.read_in = read_in;
            let (opened, wrong) = said.settle(entries.as_ref().clone(), &around);
            config.sources.extend(opened);
            mistakes.extend(wrong);
        }
        Filled { config, mistakes }
    }
}

impl DitEcs {
    /// Takes origins, mappings and policies over. The sources that have to be opened for them, and what is wrong.
    pub(super) fn settle(
        &mut self,
        mut entries: ConfigEntries,
        around: &Around<'_>,
    ) -> (Vec<crate::config::Source>, Vec<String>) {
        let Opened { sources, names, mut mistakes } = open(&mut entries, self, around);
        let (contents, errors) = Contents::of(entries);
        mistakes.extend(errors.iter().map(ToString::to_string));
        self.sources = names.into_iter().collect();
        self.contents = Some(Arc::new(contents));
        (sources, mistakes)
    }
}
