use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use lightmill_jobs::notices::{Endpoint, Notices, Telling};
use lightmill_jobs::variants::Variants;
use lightmill_jobs::{Runner, RunnerSettings, webhook};
use tokio_util::sync::CancellationToken;

use super::settings;
use crate::config::{self, Webhook};
use crate::{build, jobs, tokens};

/// How often it is looked whether a secret has changed.
const LOOK: Duration = Duration::from_secs(1);

/// What an attempt may take beside the answer: what is told to be gone is removed first.
const REMOVAL_TIME: Duration = Duration::from_mins(1);

/// Tells whoever wants to know, each by a runner of its own, until `stop`. Secrets of services are read again every
/// `refresh_time`.
pub(super) async fn tell(
    notices: Option<Arc<Notices>>,
    variants: Arc<Variants>,
    config: config::Worker,
    refresh_time: Duration,
    stop: CancellationToken,
) {
    let Some(notices) = notices else { return };
    let runners = notices.endpoints().zip(&config.webhooks).map(|((endpoint, wake), config_of_it)| {
        let work = Arc::new(Telling::new(Arc::clone(endpoint), Arc::clone(&variants)));
        let settings = told_by(&config, endpoint, &config_of_it.webhook);
        Runner::new(Arc::clone(notices.queue()), work, settings, wake.clone()).run(stop.clone())
    });
    let lanes = notices.endpoints().map(|(endpoint, _)| endpoint.lane().into()).collect();
    let keyrings = build::secrets(notices.endpoints().map(|(endpoint, _)| &**endpoint));
    let keeping_secrets = async {
        loop {
            tokio::time::sleep(LOOK).await;
            tokens::refresh(&keyrings, refresh_time).await;
        }
    };
    tokio::join!(
        join_all(runners),
        jobs::keep(Arc::clone(notices.queue()), lanes, config.keep, stop.clone()),
        stop.run_until_cancelled(keeping_secrets),
    );
}

fn told_by(config: &config::Worker, endpoint: &Endpoint, webhook: &Webhook) -> RunnerSettings {
    RunnerSettings {
        lane: endpoint.lane().into(),
        at_a_time: webhook.at_a_time,
        attempts: webhook.attempts,
        time: webhook.time + REMOVAL_TIME,
        backoff: webhook::BACKOFF,
        ..settings(config)
    }
}
