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

/// The folders of a worker, of which the second is made if it is missing. Relative paths of a command line count from where
/// it is typed.
pub fn folders(from: PathBuf, to: PathBuf) -> (PathBuf, PathBuf) {
    // Whoever cannot make it is told that it is missing.
    let _ = std::fs::create_dir_all(&to);
    let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    (absolute(from), absolute(to))
}
