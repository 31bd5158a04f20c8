use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use lightmill_server::config::{Config, Mistakes, Overrides};
use lightmill_server::listen::Listener;

use super::configuration::{ConfigurationArguments, folders};
use crate::exit::Failure;

/// `lightmill worker`.
#[derive(Debug, Clone, Args)]
pub struct WorkerArguments {
    #[command(flatten)]
    configuration: ConfigurationArguments,
    /// The folder of which every picture gets its variants.
    #[arg(long, value_name = "DIR", requires = "to")]
    watch: Option<PathBuf>,
    /// The folder in which variants are written; made if it is missing.
    #[arg(long, value_name = "DIR", requires = "watch")]
    to: Option<PathBuf>,
}

impl WorkerArguments {
    /// The configuration with what the command line says.
    pub fn config(&self) -> Result<Config, Mistakes> {
        let folders = self.watch.clone().zip(self.to.clone()).map(|(watch, to)| folders(watch, to));
        self.configuration.load(&Overrides { folders, ..Overrides::default() })
    }
}

/// Tells on stdout where a worker is asked how it is, and where stores post what happens, if they do.
pub fn announce_worker(admin: &Listener, events: Option<&str>) -> Result<(), Failure> {
    let mut lines = format!("admin on http://{}\n", admin.address());
    if let Some(url) = events {
        lines.extend(["events on ", url, "\n"]);
    }
    let mut out = std::io::stdout().lock();
    out.write_all(lines.as_bytes()).and_then(|()| out.flush()).map_err(Failure::internal)
}
