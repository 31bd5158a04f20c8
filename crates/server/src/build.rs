use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use lightmill_image::Fonts;
use lightmill_mill::{Mill, Permits, Settings, Sources};
use lightmill_store::azure::Container;
use lightmill_store::gcs;
use lightmill_store::guard::{Broken, Limited, Measured, Retried, TimeLimits, Timed};
use lightmill_store::http::HttpSource;
use lightmill_store::local::{LocalSource, StyleFile};
use lightmill_store::s3::LateBucket;
use lightmill_store::{Source, Styles};

use crate::config::{Config, Location, Mistake, Remote};
use crate::layers;
use crate::mounts::{Mount, Service, Table};

/// The mounts that `config` describes, without anything behind them: enough to find and sign URLs.
pub fn mounts(config: &Config) -> Table {
    Table::new(config.mounts.iter().map(|mount| Arc::new(Mount::new(mount))).collect())
}

/// Opens sources and styles, and puts the mill and the mounts together.
///
/// # Errors
/// The key of the configuration whose folder or file cannot be opened.
pub fn service(config: &Config) -> Result<Service, Mistake> {
    let mut sources = Sources::new();
    for source in &config.sources {
        sources.insert(source.name.clone(), open(&source.name, &source.location, config)?);
    }
    let styles = config.styles.as_ref().map(|file| {
        let styles = StyleFile::open(file).map_err(|error| mistake("styles.file", file, &error))?;
        Ok::<Arc<dyn Styles>, Mistake>(Arc::new(styles))
    });
    let fonts = if config.fonts.is_empty() { Fonts::default() } else { Fonts::load(&config.fonts) };
    let mill = Mill::new(&settings(config), sources, styles.transpose()?, fonts).map_err(|error| Mistake {
        key: "permits.threads".to_owned(),
        value: Some(config.permits.threads.to_string()),
        problem: format!("the threads cannot be started: {error}"),
    })?;
    Ok(Service::new(mill, mounts(config), config.server.uri_bytes, config.server.timing))
}

/// Every request to `service`, within the layers that all requests share.
pub fn router(service: Service) -> Router {
    let router = Router::new().fallback(answer).with_state(Arc::new(service));
    layers::stack(router)
}

async fn answer(State(service): State<Arc<Service>>, request: http::Request<Body>) -> axum::response::Response {
    // No method that is answered has a body.
    service.answer(request.into_parts().0).await
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
            let source = HttpSource::new(settings.as_ref().clone()).map_err(|error| unusable(name, &error))?;
            Ok(guarded(source, name, remote, longest))
        }
        Location::Gcs(settings, remote) => {
            let source = gcs::Bucket::open(settings).map_err(|error| unusable(name, &error))?;
            Ok(guarded(source, name, remote, longest))
        }
        Location::Azure(settings, remote) => {
            let source = Container::open(settings).map_err(|error| unusable(name, &error))?;
            Ok(guarded(source, name, remote, longest))
        }
        Location::S3(settings, remote) => {
            Ok(guarded(LateBucket::new(settings.as_ref().clone()), name, remote, longest))
        }
    }
}

fn guarded(source: impl Source + 'static, name: &str, remote: &Remote, longest: Duration) -> Arc<dyn Source> {
    let time = TimeLimits { first_byte: remote.first_byte_time.min(longest), total: longest };
    let broken = Broken::new(Timed::new(source, time), name, remote.breaker);
    let retried = Retried::new(broken, name, remote.retries);
    Arc::new(Measured::new(Limited::new(retried, name, remote.concurrency), name))
}

fn unusable(name: &str, error: &dyn std::error::Error) -> Mistake {
    Mistake { key: format!("sources.{name}"), value: None, problem: with_causes(error) }
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
