use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lightmill_image::Fonts;
use lightmill_mill::{Mill, Permits, Persistence, Settings, Sinks, Sources, Stores, Workshop};
use lightmill_store::dynamodb::StyleTable;
use lightmill_store::local::StyleFile;
use lightmill_store::secrets::Keyring;
use lightmill_store::styles::Cached;
use lightmill_store::{Source, Styles};

use super::analysers::analysers;
use super::webhooks::unusable;
use super::{jobs, keys, mistake, sources, videos};
use crate::config::{self, Config, Mistake, Mistakes};
use crate::jobs::{Board, Desk};
use crate::mounts::{Service, Table};
use crate::tokens::{self, Tokens};

/// What was opened for a configuration, and what the next one takes over where it says the same.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) config: Config,
    stores: Stores,
    fonts: Fonts,
    pub(crate) mounts: Table,
    tokens: Option<Tokens>,
    pub(crate) board: Option<Board>,
    pub(super) desk: Option<Arc<Desk>>,
    mill: Mill,
}

impl Parts {
    /// Opens everything; results are kept in memory and in `persistence`, jobs on `board`.
    pub(crate) fn open(config: Config, persistence: Persistence, board: Option<Board>) -> Result<Self, Mistakes> {
        let settings = settings(&config);
        let workshop = Workshop::start(&settings.permits).map_err(|error| {
            Mistakes(vec![Mistake {
                key: "permits.threads".to_owned(),
                value: Some(config.permits.threads.to_string()),
                problem: format!("the threads cannot be started: {error}"),
            }])
        })?;
        let stores = open_all(&config, &workshop, None)?;
        warn_of_open_doors(&config);
        let fonts = if config.fonts.is_empty() { Fonts::default() } else { Fonts::load(&config.fonts) };
        let mill = Mill::new(&settings, workshop, stores.clone(), fonts.clone(), persistence);
        let (mounts, tokens) = (keys::mounts(&config, None), keys::admin_tokens(&config, None));
        let desk = jobs::desk(&config, board.as_ref(), None).map_err(|mistake| Mistakes(vec![mistake]))?;
        Ok(Self { config, stores, fonts, mounts, tokens, board, desk, mill })
    }

    /// Opens what `config` says otherwise than the configuration before, and takes the rest over.
    pub(crate) fn renewed(&self, config: Config) -> Result<Self, Mistakes> {
        let stores = open_all(&config, self.mill.workshop(), Some(self))?;
        warn_of_open_doors(&config);
        let fonts = match () {
            () if config.fonts == self.config.fonts => self.fonts.clone(),
            () if config.fonts.is_empty() => Fonts::default(),
            () => Fonts::load(&config.fonts),
        };
        let keep = keeps_results(&self.config, &config);
        let mill = self.mill.renewed(&settings(&config), stores.clone(), fonts.clone(), keep);
        let (mounts, tokens) = (keys::mounts(&config, Some(self)), keys::admin_tokens(&config, Some(self)));
        let board = self.board.clone();
        let desk = jobs::desk(&config, board.as_ref(), Some(self)).map_err(|mistake| Mistakes(vec![mistake]))?;
        Ok(Self { config, stores, fonts, mounts, tokens, board, desk, mill })
    }

    /// A source by its name.
    pub(crate) fn source(&self, name: &str) -> Option<Arc<dyn Source>> {
        self.stores.sources.get(name).cloned()
    }

    pub(crate) fn service(&self) -> Service {
        let server = &self.config.server;
        Service::new(self.mill.clone(), self.mounts.clone(), self.tokens.clone(), server.uri_bytes, server.timing)
            .with_desk(self.desk.clone())
    }

    /// Everything that is read for those who ask, and what it is for.
    pub(crate) fn keyrings(&self) -> Vec<(String, Arc<Keyring>)> {
        let tokens = self.tokens.as_ref().map(|tokens| ("admin.tokens".to_owned(), Arc::clone(tokens.keyring())));
        let jobs = self.desk.iter().flat_map(|desk| desk.keyrings());
        self.mounts.keyrings().into_iter().chain(tokens).chain(jobs).collect()
    }

    /// Reads all of it, as it is done before the first request.
    ///
    /// # Errors
    /// Everything that never could be read.
    pub(crate) async fn read_keys(&self) -> Result<(), Mistakes> {
        tokens::read(&self.keyrings()).await?;
        let webhooks = self.desk.as_ref().and_then(|desk| desk.webhooks());
        match webhooks.and_then(|webhooks| unusable("jobs.webhook.secrets", webhooks)) {
            Some(mistake) => Err(Mistakes(vec![mistake])),
            None => Ok(()),
        }
    }

    /// Looks for the tools that work on videos, and tells what was found.
    ///
    /// # Errors
    /// Tools that are missing where the configuration wants videos served, and a box that this machine does not have.
    pub(crate) async fn find_tools(&self) -> Result<(), Mistakes> {
        videos::find(self.stores.videos.as_ref(), &self.config.video).await
    }

    /// Reads files again that have changed, and what services hold if that was last read more than `every` ago.
    pub(crate) fn refresh_keys(&self, every: Duration) -> impl Future<Output = ()> + use<> {
        let keyrings = self.keyrings();
        async move { tokens::refresh(&keyrings, every).await }
    }
}

/// Says where something can be changed without a token.
fn warn_of_open_doors(config: &Config) {
    for mount in &config.mounts {
        let uploads = mount.uploads.as_ref().map(|uploads| &uploads.access);
        let blacklist = mount.blacklist.as_ref().and_then(|list| list.access.as_ref());
        for (what, access) in [("uploads", uploads), ("blacklist", blacklist)] {
            if access == Some(&config::Access::Everyone) {
                let (host, path) = (mount.host.as_deref().unwrap_or("*"), mount.path.as_str());
                tracing::warn!(host, path, what, "`unsafe = true`: whoever reaches this mount may change something");
            }
        }
    }
}

/// Whether a result that was made under `old` is what would be made under `new`. A source that is gone may come back as
/// another one.
fn keeps_results(old: &Config, new: &Config) -> bool {
    let same = |source: &config::Source| new.sources.contains(source);
    old.sources.iter().all(same)
        && (old.formats, &old.fonts) == (new.formats, &new.fonts)
        && (old.cache.memory_bytes, old.cache.error_time) == (new.cache.memory_bytes, new.cache.error_time)
}

/// Sources, styles and analysers: those of `before` that are the same, and others opened.
fn open_all(config: &Config, workshop: &Workshop, before: Option<&Parts>) -> Result<Stores, Mistakes> {
    let (mut opened, mut sinks, mut mistakes) = (Sources::new(), Sinks::new(), Vec::new());
    let targets: BTreeSet<&String> = config.mounts.iter().flat_map(config::Mount::written).collect();
    // The guards of a source bound its time.
    let before_sources = before.filter(|before| before.config.limits.time == config.limits.time);
    for source in &config.sources {
        let known = before_sources.filter(|before| before.config.sources.contains(source));
        match known.and_then(|before| before.stores.sources.get(&source.name)) {
            Some(known) => drop(opened.insert(source.name.clone(), Arc::clone(known))),
            None => match sources::open(source, config) {
                Ok(source_of_it) => drop(opened.insert(source.name.clone(), source_of_it)),
                Err(mistake) => mistakes.push(mistake),
            },
        }
        if targets.contains(&source.name) {
            match sources::written(source) {
                Ok(Some((sink, _))) => drop(sinks.insert(source.name.clone(), sink)),
                // Which the configuration has refused.
                Ok(None) => {}
                Err(mistake) => mistakes.push(mistake),
            }
        }
    }
    let known = before.filter(|before| before.config.styles == config.styles && before.config.aws == config.aws);
    let styles = match (known, &config.styles) {
        (Some(before), _) => before.stores.styles.clone(),
        (None, Some(styles)) => open_styles(styles, config).map_err(|mistake| mistakes.push(mistake)).ok(),
        (None, None) => None,
    };
    // Findings are remembered by a picture's source and version, as results are.
    let known = before.filter(|before| {
        let old = &before.config;
        (&old.analysers, &old.aws) == (&config.analysers, &config.aws) && keeps_results(old, config)
    });
    let analysers = match known {
        Some(before) => before.stores.analysers.clone(),
        None => analysers(config, workshop).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            lightmill_mill::Analysers::default()
        }),
    };
    let known = before.filter(|before| before.config.video == config.video);
    let videos = known.map_or_else(|| videos::videos(&config.video), |before| before.stores.videos.clone());
    let stores = Stores { sources: opened, sinks, styles, analysers, videos };
    if mistakes.is_empty() { Ok(stores) } else { Err(Mistakes(mistakes)) }
}

fn open_styles(styles: &config::Styles, config: &Config) -> Result<Arc<dyn Styles>, Mistake> {
    match styles {
        config::Styles::File(file) => {
            Ok(Arc::new(StyleFile::open(file).map_err(|error| mistake("styles.file", file, &error))?))
        }
        config::Styles::Table { name, limits } => {
            Ok(Arc::new(Cached::new(Arc::new(StyleTable::new(name, config.aws.clone())), *limits)))
        }
    }
}

fn settings(config: &Config) -> Settings {
    let permits = &config.permits;
    Settings {
        permits: Permits {
            threads: permits.threads,
            memory_bytes: permits.memory_bytes,
            queue_length: permits.queue_length,
            queue_time: permits.queue_time,
        },
        fetches: permits.fetches,
        memory_cache_bytes: config.cache.memory_bytes,
        source_memory_bytes: permits.source_memory_bytes,
        version_time: config.cache.version_time,
        stale_time: config.cache.stale_time,
        error_time: config.cache.error_time,
        formats: config.formats,
    }
}
