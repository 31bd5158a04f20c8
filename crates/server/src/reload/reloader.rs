use std::sync::Arc;
use std::time::Duration;

use metrics::counter;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::Live;
use super::restart::restart;
use super::tables::{Answer, Tables};
use crate::build::{Parts, board, persistence};
use crate::config::{Config, Mistakes};
use crate::jobs;
use crate::telemetry::LogLevel;

/// How often files with keys are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How often it is looked whether a table's time has come.
const LOOK_AT_TABLES: Duration = Duration::from_millis(200);

/// Reads the configuration again, and has another service answer if all of it can be used.
///
/// * `lightmill_reloads_total{outcome}`: `ok`, or `refused` where the configuration before stays in use.
#[derive(Debug)]
pub struct Reloader {
    started: Config,
    level: Option<LogLevel>,
    live: Arc<Live>,
    pub(super) state: Mutex<State>,
}

/// What the service of the moment is made of.
#[derive(Debug)]
pub(super) struct State {
    pub(super) parts: Parts,
    /// The configuration as it is written, without what its tables hold.
    written: Config,
    tables: Tables,
}

impl State {
    fn keep_own_tables(&mut self) {
        self.tables.retain(&self.written);
    }

    /// The parts for `written` with all that is known of its tables.
    async fn renewed(&self, written: &Config) -> Result<Parts, Mistakes> {
        let renewed = self.parts.renewed(self.tables.fill(written))?;
        renewed.read_keys().await?;
        if renewed.config.video != self.parts.config.video {
            renewed.find_tools().await?;
        }
        Ok(renewed)
    }
}

impl Reloader {
    /// The first service, with its keys. `level`: the log that follows `log.level`.
    ///
    /// # Errors
    /// Everything that cannot be opened, or keys that cannot be read. A table that cannot be read is waited for while
    /// everything else is served.
    pub async fn start(config: Config, level: Option<LogLevel>) -> Result<Self, Mistakes> {
        let persistence = persistence(&config).map_err(|mistake| Mistakes(vec![mistake]))?;
        let mut tables = Tables::default();
        tables.add(&config);
        tables.begin().await;
        let board = board(&config).await.map_err(|mistake| Mistakes(vec![mistake]))?;
        let parts = Parts::open(tables.fill(&config), persistence, board)?;
        parts.read_keys().await?;
        parts.find_tools().await?;
        let live = Arc::new(Live::new(parts.service()));
        let state = State { parts, written: config.clone(), tables };
        Ok(Self { started: config, level, live, state: Mutex::new(state) })
    }

    /// The service of the moment.
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// Has the configuration that `read` gives answer from the next request on. If anything is wrong with it, that is
    /// logged, and nothing changes. Whether it is in use.
    pub async fn reload(&self, read: impl FnOnce() -> Result<Config, Mistakes>) -> bool {
        let mut state = self.state.lock().await;
        let renewed = match read() {
            Ok(written) => {
                state.tables.add(&written);
                state.tables.begin().await;
                state.renewed(&written).await.map(|renewed| (written, renewed))
            }
            Err(mistakes) => Err(mistakes),
        };
        // Counted when it is done: whoever sees the number sees the service too.
        let count = |outcome: &'static str| counter!("lightmill_reloads_total", "outcome" => outcome).increment(1);
        match renewed {
            Ok((written, renewed)) => {
                self.live.replace(renewed.service());
                self.tell(&state.parts.config, &renewed.config);
                (state.parts, state.written) = (renewed, written);
                state.keep_own_tables();
                count("ok");
                true
            }
            Err(mistakes) => {
                tracing::error!("the configuration has mistakes, and the one before stays in use:\n{mistakes}");
                state.keep_own_tables();
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

    /// Works on jobs until `stop`, if they are taken; those that are not finished then are given back. As the configuration at
    /// the start says, but with the service of the moment.
    pub async fn work(&self, stop: CancellationToken) {
        let board = self.state.lock().await.parts.board.clone();
        if let Some((board, config)) = board.zip(self.started.jobs.clone()) {
            jobs::work(board, config, self.live(), stop).await;
        }
    }

    /// Keeps the keys of the service of the moment up to date for as long as it is polled.
    pub async fn keep_keys(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let refreshing = {
                let State { parts, .. } = &*self.state.lock().await;
                parts.refresh_keys(parts.config.secrets.refresh_time)
            };
            refreshing.await;
        }
    }

    /// Reads tables again and again, for as long as it is polled: what they hold answers from the next request on.
    pub async fn keep_tables(&self) {
        loop {
            tokio::time::sleep(LOOK_AT_TABLES).await;
            let asking = self.state.lock().await.tables.due();
            let answers = asking.await;
            if !answers.is_empty() {
                self.follow_tables(answers).await;
            }
        }
    }

    async fn follow_tables(&self, answers: Vec<Answer>) {
        let mut state = self.state.lock().await;
        let changes = answers.into_iter().map(|answer| state.tables.land(answer)).collect::<Vec<_>>();
        if !changes.contains(&true) {
            return;
        }
        let written = state.written.clone();
        match state.renewed(&written).await {
            Ok(renewed) => {
                self.live.replace(renewed.service());
                tracing::info!(sources = renewed.config.sources.len(), "what a table holds is in use");
                state.parts = renewed;
            }
            Err(mistakes) => tracing::error!("what a table holds cannot be used, and that before stays:\n{mistakes}"),
        }
    }
}
