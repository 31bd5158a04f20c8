use lightmill_mill::{Persistence, ResultStore};
use lightmill_store::disk::DiskCache;

use super::{mistake, sources};
use crate::config::{Config, Mistake};

/// The places in which results outlive the process; no other process may have the folder.
pub(crate) fn persistence(config: &Config) -> Result<Persistence, Mistake> {
    let disk = config.cache.disk.as_ref().map(|folder| {
        DiskCache::open(folder, config.cache.disk_bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::WouldBlock => mistake("cache.disk", folder, &"another process uses this folder"),
            _ => mistake("cache.disk", folder, &error),
        })
    });
    let source = config.sources.iter().find(|source| Some(&source.name) == config.results.as_ref());
    let store = source.and_then(|source| {
        let written = sources::written(source).transpose()?;
        Some(written.and_then(|(sink, list)| Ok(ResultStore { source: sources::open(source, config)?, sink, list })))
    });
    Ok(Persistence { disk: disk.transpose()?, store: store.transpose()? })
}
