use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lightmill_store::azure::Container;
use lightmill_store::gcs;
use lightmill_store::guard::{Broken, Limited, Measured, Retried, TimeLimits, Timed};
use lightmill_store::http::HttpSource;
use lightmill_store::local::{LocalSink, LocalSource};
use lightmill_store::s3::LateBucket;
use lightmill_store::{List, Sink, Source};

use super::mistake;
use crate::config::{self, Config, Location, Mistake, Remote};

/// A source with the guards that it needs, seen from the outside: metrics, places, attempts, circuit breaker, time. The
/// mill bounds the bytes that it fetches by itself; originals are streamed, however large they are.
pub(super) fn open(source: &config::Source, config: &Config) -> Result<Arc<dyn Source>, Mistake> {
    let (name, longest) = (source.name.as_str(), config.limits.time);
    match &source.location {
        Location::Folder(folder) => {
            let source = LocalSource::open(folder).map_err(|error| unopened(name, folder, &error))?;
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

/// The place of a source as one that is written to and listed; `None` for those that cannot be.
#[expect(clippy::type_complexity, reason = "a pair, taken apart at once")]
pub(crate) fn written(source: &config::Source) -> Result<Option<(Arc<dyn Sink>, Arc<dyn List>)>, Mistake> {
    let name = &source.name;
    Ok(Some(match &source.location {
        Location::Folder(folder) => {
            let sink = LocalSink::open(folder).map_err(|error| unopened(name, folder, &error))?;
            let list = LocalSource::open(folder).map_err(|error| unopened(name, folder, &error))?;
            (Arc::new(sink), Arc::new(list))
        }
        Location::S3(settings, _) => {
            let bucket = LateBucket::new(settings.as_ref().clone());
            (Arc::new(bucket.clone()), Arc::new(bucket))
        }
        Location::Gcs(settings, _) => {
            let bucket = Arc::new(gcs::Bucket::open(settings).map_err(|error| unusable(name, &error))?);
            (Arc::clone(&bucket) as Arc<dyn Sink>, bucket)
        }
        Location::Azure(settings, _) => {
            let container = Arc::new(Container::open(settings).map_err(|error| unusable(name, &error))?);
            (Arc::clone(&container) as Arc<dyn Sink>, container)
        }
        Location::Http(..) => return Ok(None),
    }))
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

fn unopened(source: &str, folder: &Path, error: &std::io::Error) -> Mistake {
    mistake(&format!("sources.{source}.url"), folder, error)
}
