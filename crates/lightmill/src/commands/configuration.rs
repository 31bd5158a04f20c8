use std::path::PathBuf;

use clap::Args;
use lightmill_server::config::{Config, Mistakes, Overrides};

/// Where the configuration comes from.
#[derive(Debug, Clone, Args)]
pub struct ConfigurationArguments {
    /// The configuration, in TOML. Every key has an environment variable too, e.g. `LIGHTMILL_SERVER__LISTEN`.
    #[arg(long, value_name = "FILE", env = "LIGHTMILL_CONFIG")]
    pub config: Option<PathBuf>,
}

impl ConfigurationArguments {
    /// Reads it, with `overrides` over file and environment.
    pub fn load(&self, overrides: &Overrides) -> Result<Config, Mistakes> {
        Config::load(self.config.as_deref(), overrides)
    }
}
