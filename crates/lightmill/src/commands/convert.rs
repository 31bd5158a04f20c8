use std::io::Write;

use clap::{Args, ValueEnum};
use lightmill_dialects::convert::{self, Converted};
use lightmill_server::config::Overrides;
use lightmill_server::{Target, read_tables, table};
use tokio::runtime::Runtime;

use super::configuration::ConfigurationArguments;
use crate::exit::{Exit, Failure};

/// `lightmill convert`.
#[derive(Debug, Args)]
pub struct ConvertArguments {
    /// The URL, absolute or from its path on.
    url: String,
    /// The dialect of the URL; by default that of the mount that it belongs to.
    #[arg(long, value_enum)]
    from: Option<Dialect>,
    /// The dialect to say it in.
    #[arg(long, value_enum)]
    to: Dialect,
    #[command(flatten)]
    configuration: ConfigurationArguments,
}

/// A URL language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Dialect {
    /// `x-oss-process` of Alibaba Cloud OSS.
    Oss,
    /// Thumbor's.
    Thumbor,
    /// imagor's.
    Imagor,
}

impl From<Dialect> for convert::Dialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Oss => Self::Oss,
            Dialect::Thumbor => Self::Thumbor,
            Dialect::Imagor => Self::Imagor,
        }
    }
}

/// Prints the same wish in another dialect, and on stderr in which cases the result is another one.
pub fn convert(arguments: &ConvertArguments) -> Result<(), Failure> {
    let config = arguments.configuration.load(&Overrides::default())?;
    let usage = |problem: &str| Failure::text(Exit::Usage, format_args!("{}: {problem}", arguments.url));
    let target = Target::parse(&arguments.url).ok_or_else(|| usage("is not a URL"))?;
    let runtime = Runtime::new().map_err(Failure::internal)?;
    let table = table(&runtime.block_on(read_tables(&config))?);
    let request = target.request(&table, arguments.from.map(Into::into))?;
    let to = arguments.to.into();
    let Converted { text, notes } = convert::convert(&request, &table.language(to))
        .map_err(|refused| Failure::text(Exit::Data, format_args!("cannot be said there:\n{refused}")))?;
    runtime.block_on(table.read_keys())?;
    let address = table.address(to, &text)?;
    let mut stderr = std::io::stderr();
    for note in notes {
        writeln!(stderr, "note: {note}").map_err(Failure::internal)?;
    }
    std::io::stdout().write_all(format!("{address}\n").as_bytes()).map_err(Failure::internal)
}
