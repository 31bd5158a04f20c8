use std::io::Write;

use clap::Args;
use lightmill_server::config::Overrides;
use lightmill_server::{Target, table};
use tokio::runtime::Runtime;

use super::configuration::ConfigurationArguments;
use crate::exit::{Exit, Failure};

/// `lightmill sign`.
#[derive(Debug, Args)]
pub struct SignArguments {
    /// The URL, absolute or from its path on.
    url: String,
    #[command(flatten)]
    configuration: ConfigurationArguments,
}

/// Prints the URL with the signature of the mount that it belongs to.
pub fn sign(arguments: &SignArguments) -> Result<(), Failure> {
    let config = arguments.configuration.load(&Overrides::default())?;
    let usage = |problem: &str| Failure::text(Exit::Usage, format_args!("{}: {problem}", arguments.url));
    let target = Target::parse(&arguments.url).ok_or_else(|| usage("is not a URL"))?;
    let table = table(&config);
    Runtime::new().map_err(Failure::internal)?.block_on(table.read_keys())?;
    let signed = target.signed(&table).map_err(|problem| usage(&problem.to_string()))?;
    std::io::stdout().write_all(format!("{signed}\n").as_bytes()).map_err(Failure::internal)
}
