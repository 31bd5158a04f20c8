use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use lightmill_image::Fonts;
use lightmill_mill::{Mill, Permits, Settings, Sources};
use lightmill_store::dynamodb::StyleTable;
use lightmill_store::guard::{Broken, Limited, Measured, Retried, TimeLimits, Timed};
use lightmill_store::http::HttpSource;
use lightmill_store::local::{LocalSource, StyleFile};
use lightmill_store::s3::LateBucket;
use lightmill_store::secrets::{Keyring, Places, Reference, Secrets};
use lightmill_store::styles::Cached;
use lightmill_store::{Source, Styles};

use crate::config::{self, Config, Location, Mistake, Mistakes, Remote};
use crate::layers;
use crate::mounts::{Guard, Mount, Service, Table};
use crate::reload::Live;

/// What was opened for a configuration, and what the next one takes over where it says the same.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) config: Config,
    sources: Sources,
    styles: Option<Arc<dyn Styles>>,
    fonts: Fonts,
    pub(crate) mounts: Table,
    mill: Mill,
}

impl Parts {
    /// Opens everything.
    pub(crate) fn open(config: Config) -> Result<Self, Mistakes> {
        let (sources, styles) = open_all(&config, None)?;
        let fonts = if config.fonts.is_empty() { Fonts::default() } else { Fonts::load(&config.fonts) };
        let mill = Mill::new(&settings(&config), sources.clone(), styles.clone(), fonts.clone());
        let mill = mill.map_err(|error| {
            Mistakes(vec![Mistake {
                key: "permits.threads".to_owned(),
                value: Some(config.permits.threads.to_string()),
                problem: format!("the threads cannot be started: {error}"),
            }])
        })?;
        Ok(Self { mounts: mounts(&config, None), config, sources, styles, fonts, mill })
    }

    /// Opens what `config` says otherwise than the configuration before, and takes the rest over.
    pub(crate) fn renewed(&self, config: Config) -> Result<Self, Mistakes> {
        let (sources, styles) = open_all(&config, Some(self))?;
        let fonts = match () {
            () if config.fonts == self.config.fonts => self.fonts.clone(),
            () if config.fonts.is_empty() => Fonts::default(),
            () => Fonts::load(&config.fonts),
        };
        let keep = keeps_results(&self.config, &config);
        let mill = self.mill.renewed(&settings(&config), sources.clone(), styles.clone(), fonts.clone(), keep);
        Ok(Self { mounts: mounts(&config, Some(self)), config, sources, styles, fonts, mill })
    }

    pub(crate) fn service(&self) -> Service {
        let server = &self.config.server;
        Service::new(self.mill.clone(), self.mounts.clone(), server.uri_bytes, server.timing)
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

/// The mounts that `config` describes, without anything behind them: enough to find and sign URLs. Keys that have to be
/// read are not known before [`Table::read_keys`].
pub fn table(config: &Config) -> Table {
    mounts(config, None)
}

fn mounts(config: &Config, before: Option<&Parts>) -> Table {
    let places: Arc<dyn Secrets> = Arc::new(Places::new(&config.aws));
    let before = before.filter(|before| before.config.aws == config.aws);
    let keyring = |references: &[Reference]| {
        let guards = before.into_iter().flat_map(|before| before.mounts.iter()).filter_map(|mount| mount.keys.as_ref());
        let known = guards.map(Guard::keyring).find(|keyring| keyring.references() == references);
        known.cloned().unwrap_or_else(|| Arc::new(Keyring::new(references.to_vec(), Arc::clone(&places))))
    };
    let mount = |mount: &config::Mount| {
        let keys = (!mount.keys.is_empty()).then(|| Guard::new(keyring(&mount.keys)));
        Arc::new(Mount::new(mount, keys))
    };
    Table::new(config.mounts.iter().map(mount).collect())
}

/// Opens sources and styles, and puts the mill and the mounts together.
///
/// # Errors
/// Every key of the configuration whose folder or file cannot be opened.
pub fn service(config: &Config) -> Result<Service, Mistakes> {
    Ok(Parts::open(config.clone())?.service())
}

/// Sources and styles: those of `before` that are the same, and others opened.
fn open_all(config: &Config, before: Option<&Parts>) -> Result<(Sources, Option<Arc<dyn Styles>>), Mistakes> {
    let (mut sources, mut mistakes) = (Sources::new(), Vec::new());
    // The guards of a source bound its time.
    let before_sources = before.filter(|before| before.config.limits.time == config.limits.time);
    for source in &config.sources {
        let known = before_sources.filter(|before| before.config.sources.contains(source));
        match known.and_then(|before| before.sources.get(&source.name)) {
            Some(known) => drop(sources.insert(source.name.clone(), Arc::clone(known))),
            None => match open(&source.name, &source.location, config) {
                Ok(opened) => drop(sources.insert(source.name.clone(), opened)),
                Err(mistake) => mistakes.push(mistake),
            },
        }
    }
    let known = before.filter(|before| before.config.styles == config.styles && before.config.aws == config.aws);
    let styles = match (known, &config.styles) {
        (Some(before), _) => before.styles.clone(),
        (None, Some(styles)) => open_styles(styles, config).map_err(|mistake| mistakes.push(mistake)).ok(),
        (None, None) => None,
    };
    if mistakes.is_empty() { Ok((sources, styles)) } else { Err(Mistakes(mistakes)) }
}

/// Every request to the service of the moment, within the layers that all requests share.
pub fn router(live: Arc<Live>) -> Router {
    layers::stack(Router::new().fallback(answer).with_state(live))
}

async fn answer(State(live): State<Arc<Live>>, request: http::Request<Body>) -> axum::response::Response {
    // No method that is answered has a body.
    live.service().answer(request.into_parts().0).await
}

/// A source with the guards that it needs, seen from the outside: metrics, places, attempts, circuit breaker, time. The
/// mill bounds the bytes that it fetches by itself; originals are streamed, however large they are.
fn open(name: &str, location: &Location, config: &Config) -> Result<Arc<dyn Source>, Mistake> {
    let longest = config.limits.time;
    match location {
        Location::Folder(folder) => {
            let source =
                LocalSource::open(folder).map_err(|error| mistake(&format!("sources.{name}.url"), folder, &error))?;
            Ok(Arc::new(Measured::new(Timed::new(source, TimeLimits { first_byte: longest, total: longest }), name)))
        }
        Location::Http(settings, remote) => {
            let source = HttpSource::new(settings.as_ref().clone()).map_err(|error| Mistake {
                key: format!("sources.{name}"),
                value: None,
                problem: with_causes(&error),
            })?;
            Ok(guarded(source, name, remote, longest))
        }
        Location::S3(settings, remote) => {
            Ok(guarded(LateBucket::new(settings.as_ref().clone()), name, remote, longest))
        }
    }
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

fn guarded(source: impl Source + 'static, name: &str, remote: &Remote, longest: Duration) -> Arc<dyn Source> {
    let time = TimeLimits { first_byte: remote.first_byte_time.min(longest), total: longest };
    let broken = Broken::new(Timed::new(source, time), name, remote.breaker);
    let retried = Retried::new(broken, name, remote.retries);
    Arc::new(Measured::new(Limited::new(retried, name, remote.concurrency), name))
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
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
        error_time: config.cache.error_time,
        formats: config.formats,
    }
}

fn mistake(key: &str, value: &std::path::Path, error: &dyn std::fmt::Display) -> Mistake {
    Mistake { key: key.to_owned(), value: Some(format!("\"{}\"", value.display())), problem: error.to_string() }
}
