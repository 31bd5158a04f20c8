use std::path::PathBuf;
use std::sync::Arc;

use lightmill_jobs::backfill::Walk;
use lightmill_jobs::variants::Variants;
use lightmill_jobs::{Queue, Runner, Wake};
use tokio_util::sync::CancellationToken;

use super::http::Endpoint;
use super::intake::Intake;
use super::objects::Bucket;
use super::opening::{of, one, wrong};
use super::settling::Settling;
use super::{LANE, settings, watch};
use crate::config::{self, Config, Location, Mistakes};
use crate::{build, jobs};

/// Where jobs wait, and who puts them.
pub(super) struct Shop {
    intake: Intake,
    /// A folder that is watched.
    folder: Option<PathBuf>,
    /// Where a bucket's documents are posted to.
    endpoint: Option<(Endpoint, Bucket)>,
}

impl Shop {
    /// Over `queue`.
    pub(super) async fn open(
        config: &Config,
        worker: &config::Worker,
        source: &config::Source,
        variants: &Arc<Variants>,
        queue: Arc<dyn Queue>,
    ) -> Result<Self, Mistakes> {
        let folder = if let Location::Folder(folder) = &source.location { Some(folder.clone()) } else { None };
        let endpoint = match (&source.location, &worker.http) {
            (Location::S3(bucket, _), Some(http)) => Some((Endpoint::open(http, config).await?, of(bucket))),
            _ => None,
        };
        let (_, list) = build::written(source).map_err(one)?.ok_or_else(|| wrong("source", "cannot be listed"))?;
        // Programs that write in pieces do so under such names, in folders.
        let walk = Walk::new(Arc::clone(variants), list, folder.is_some(), worker.attempts);
        let intake = Intake { queue, walk, wake: Wake::default() };
        Ok(Self { intake, folder, endpoint })
    }

    /// Where stores post what happens to objects, if they may.
    pub(super) fn events(&self) -> Option<String> {
        self.endpoint.as_ref().map(|(endpoint, _)| endpoint.url())
    }

    /// Works, and has jobs be put, until `stop`.
    pub(super) async fn run(self, config: &config::Worker, variants: Arc<Variants>, stop: CancellationToken) {
        let Self { intake, folder, endpoint } = self;
        let queue = Arc::clone(&intake.queue);
        let runner =
            Runner::new(Arc::clone(&queue), Arc::new(Settling { variants }), settings(config), intake.wake.clone());
        let keeping = jobs::keep(queue, vec![LANE.into()], config.keep, stop.clone());
        let watching = async {
            if let Some(folder) = folder {
                watch::follow(folder, intake.clone(), config.rescan, stop.clone()).await;
            }
        };
        let listening = async {
            if let Some((endpoint, bucket)) = endpoint {
                endpoint.run(bucket, intake.clone(), stop.clone()).await;
            }
        };
        tokio::join!(runner.run(stop.clone()), watching, listening, keeping);
    }
}
