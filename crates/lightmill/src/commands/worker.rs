use std::path::PathBuf;

use clap::Args;
use lightmill_server::config::{Config, Mistakes, Overrides};

use super::configuration::{ConfigurationArguments, folders};

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
