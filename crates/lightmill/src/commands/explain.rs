use std::io::Write;

use clap::Args;
use lightmill_server::config::Overrides;
use lightmill_server::{Target, read_tables, service};
use tokio::runtime::Runtime;

use super::configuration::ConfigurationArguments;
use crate::exit::{Exit, Failure};

/// `lightmill explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The URL, absolute or from its path on.
    url: String,
    /// The client's `Accept` header.
    #[arg(long, value_name = "MEDIA-TYPES")]
    accept: Option<String>,
    /// The client's `x-bucket` header.
    #[arg(long, value_name = "SOURCE")]
    bucket: Option<String>,
    #[command(flatten)]
    configuration: ConfigurationArguments,
}

/// Prints what the service would do for a URL.
pub fn explain(arguments: &ExplainArguments) -> Result<(), Failure> {
    let config = arguments.configuration.load(&Overrides::default())?;
    let target = Target::parse(&arguments.url)
        .ok_or_else(|| Failure::text(Exit::Usage, format_args!("{}: is not a URL", arguments.url)))?;
    let runtime = Runtime::new().map_err(Failure::internal)?;
    let service = service(&runtime.block_on(read_tables(&config))?)?;
    let explained =
        runtime.block_on(service.explain(&target, arguments.accept.as_deref(), arguments.bucket.as_deref()))?;
    std::io::stdout().write_all(format!("{explained:#}\n").as_bytes()).map_err(Failure::internal)
}
