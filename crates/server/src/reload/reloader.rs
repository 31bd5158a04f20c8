use std::sync::Arc;
use std::time::Duration;

use metrics::counter;
use tokio::sync::Mutex;

use super::Live;
use super::restart::restart;
use crate::build::{Parts, persistence};
use crate::config::{Config, Mistakes};
use crate::telemetry::LogLevel;

/// How often files with keys are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Reads the configuration again, and has another service answer if all of it can be used.
///
/// * `lightmill_reloads_total{outcome}`: `ok`, or `refused` where the configuration before stays in use.
#[derive(Debug)]
pub struct Reloader {
    started: Config,
    level: Option<LogLevel>,
    live: Arc<Live>,
    pub(super) parts: Mutex<Parts>,
}

impl Reloader {
    /// The first service, with its keys. `level`: the log that follows `log.level`.
    ///
    /// # Errors
    /// Everything that cannot be opened, or keys that cannot be read.
    pub async fn start(config: Config, level: Option<LogLevel>) -> Result<Self, Mistakes> {
        let persistence = persistence(&config).map_err(|mistake| Mistakes(vec![mistake]))?;
        let parts = Parts::open(config.clone(), persistence)?;
        parts.read_keys().await?;
        parts.find_tools().await?;
        let live = Arc::new(Live::new(parts.service()));
        Ok(Self { started: config, level, live, parts: Mutex::new(parts) })
    }

    /// The service of the moment.
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// Has the configuration that `read` gives answer from the next request on. If anything is wrong with it, that is
    /// logged, and nothing changes. Whether it is in use.
    pub async fn reload(&self, read: impl FnOnce() -> Result<Config, Mistakes>) -> bool {
        let mut parts = self.parts.lock().await;
        let renewed = match read() {
            Ok(config) => renewed(&parts, config).await,
            Err(mistakes) => Err(mistakes),
        };
        // Counted when it is done: whoever sees the number sees the service too.
        let count = |outcome: &'static str| counter!("lightmill_reloads_total", "outcome" => outcome).increment(1);
        match renewed {
            Ok(renewed) => {
                self.live.replace(renewed.service());
                self.tell(&parts.config, &renewed.config);
                *parts = renewed;
                count("ok");
                true
            }
            Err(mistakes) => {
                tracing::error!("the configuration has mistakes, and the one before stays in use:\n{mistakes}");
                count("refused");
                false
            }
        }
    }

    fn tell(&self, old: &Config, new: &Config) {
        tracing::info!(mounts = new.mounts.len(), sources = new.sources.len(), "the configuration was read again");
        for key in restart(&self.started, new) {
            tracing::warn!(key, "has changed, which counts from the next start on");
        }
        if let Some(level) = self.level.as_ref().filter(|_| old.log.level != new.log.level) {
            level.set(&new.log.level);
        }
    }

    /// Keeps the keys of the service of the moment up to date for as long as it is polled.
    pub async fn keep_keys(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let refreshing = {
                let parts = self.parts.lock().await;
                parts.refresh_keys(parts.config.secrets.refresh_time)
            };
            refreshing.await;
        }
    }
}

async fn renewed(parts: &Parts, config: Config) -> Result<Parts, Mistakes> {
    let renewed = parts.renewed(config)?;
    renewed.read_keys().await?;
    if renewed.config.video != parts.config.video {
        renewed.find_tools().await?;
    }
    Ok(renewed)
}
