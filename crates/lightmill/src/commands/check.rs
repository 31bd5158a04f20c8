use std::io::Write;

use clap::Args;
use lightmill_server::config::Overrides;
use lightmill_server::{check_tools, service};
use tokio::runtime::Runtime;

use super::configuration::ConfigurationArguments;
use crate::exit::Failure;

/// `lightmill check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    configuration: ConfigurationArguments,
}

/// Reads the whole configuration and opens what it names, without listening.
pub fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let config = arguments.configuration.load(&Overrides::default())?;
    service(&config)?;
    Runtime::new().map_err(Failure::internal)?.block_on(check_tools(&config))?;
    for note in &config.notes {
        writeln!(std::io::stderr(), "note: {note}").map_err(Failure::internal)?;
    }
    let line = format!("ok: {} mounts, {} sources\n", config.mounts.len(), config.sources.len());
    std::io::stdout().write_all(line.as_bytes()).map_err(Failure::internal)
}
