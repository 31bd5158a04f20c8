use std::io::stderr;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, reload};

use crate::config::{Log, LogFormat};

/// Changes which lines are logged while the service runs.
#[derive(Debug, Clone)]
pub struct LogLevel(reload::Handle<EnvFilter, Registry>);

impl LogLevel {
    /// A level or directives, as the configuration's `log.level`. Whether they could be read.
    pub fn set(&self, directives: &str) -> bool {
        let directives = directives.trim();
        !directives.is_empty() && EnvFilter::try_new(directives).is_ok_and(|filter| self.0.reload(filter).is_ok())
    }
}

/// Sends the logs of this process to stderr. Only the first call in a process succeeds.
pub fn install(log: &Log) -> Result<LogLevel, TryInitError> {
    // The configuration has read the directives before.
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let (filter, handle) = reload::Layer::new(filter);
    let lines = fmt::layer().with_writer(stderr).with_target(true);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&stderr())).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
    };
    tracing_subscriber::registry().with(filter).with(lines).try_init()?;
    Ok(LogLevel(handle))
}
