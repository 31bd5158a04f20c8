use std::io::Write;
use std::time::SystemTime;

use clap::{Args, Subcommand};
use lightmill_server::deliveries::{self, Deliveries, Delivery, Error, State};
use tokio::runtime::Runtime;

use super::WorkerArguments;
use crate::exit::{Exit, Failure};

/// `lightmill webhooks`.
#[derive(Debug, Args)]
pub struct WebhooksArguments {
    #[command(subcommand)]
    command: Command,
}

/// What to do about deliveries.
#[derive(Debug, Subcommand)]
enum Command {
    /// List deliveries, the newest first.
    List(List),
    /// Print one as JSON: what is told, and what came of each attempt.
    Show(Show),
    /// Have some be told again, under the same ids.
    Replay(Replay),
}

#[derive(Debug, Args)]
struct List {
    /// Only those in this state: queued, running, done, failed or cancelled.
    #[arg(long, value_parser = state)]
    state: Option<State>,
    /// At most so many.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    of: WorkerArguments,
}

#[derive(Debug, Args)]
struct Show {
    /// The `webhook-id`.
    id: String,
    #[command(flatten)]
    of: WorkerArguments,
}

#[derive(Debug, Args)]
struct Replay {
    /// Their `webhook-id`s.
    #[arg(required_unless_present = "failed", conflicts_with = "failed")]
    ids: Vec<String>,
    /// All that failed.
    #[arg(long)]
    failed: bool,
    /// Of those only what failed at this time or later, such as 2026-03-01T10:00:00Z.
    #[arg(long, value_name = "TIME", requires = "failed", value_parser = time)]
    since: Option<SystemTime>,
    #[command(flatten)]
    of: WorkerArguments,
}

fn state(text: &str) -> Result<State, String> {
    State::named(text).ok_or_else(|| format!("is one of: {}", State::ALL.map(State::name).join(", ")))
}

fn time(text: &str) -> Result<SystemTime, &'static str> {
    deliveries::time(text).ok_or("is a time of RFC 3339 in UTC, such as 2026-03-01T10:00:00Z")
}

/// Shows what is told to webhooks, or has it be told again, beside the processes that tell it.
pub fn webhooks(arguments: &WebhooksArguments) -> Result<(), Failure> {
    let of = match &arguments.command {
        Command::List(List { of, .. }) | Command::Show(Show { of, .. }) | Command::Replay(Replay { of, .. }) => of,
    };
    let config = of.config()?;
    Runtime::new().map_err(Failure::internal)?.block_on(async {
        let deliveries = Deliveries::open(&config).await?;
        match &arguments.command {
            Command::List(arguments) => list(&deliveries, arguments).await,
            Command::Show(Show { id, .. }) => {
                let delivery = deliveries.show(id).await.map_err(unavailable)?.ok_or_else(|| unknown(id))?;
                print(&format!("{}\n", serde_json::to_string_pretty(&delivery).map_err(Failure::internal)?))
            }
            Command::Replay(arguments) => replay(&deliveries, arguments).await,
        }
    })
}

async fn list(deliveries: &Deliveries, arguments: &List) -> Result<(), Failure> {
    let found = deliveries.list(arguments.state, arguments.limit as usize).await.map_err(unavailable)?;
    if arguments.json {
        return print(&format!("{}\n", serde_json::to_string_pretty(&found).map_err(Failure::internal)?));
    }
    let lines: Vec<String> = found.iter().map(line).collect();
    print(&lines.concat())
}

fn line(delivery: &Delivery) -> String {
    let Delivery { id, to, kind, state, attempts, status, error, next_attempt, .. } = delivery;
    let kind = kind.as_deref().unwrap_or("-");
    let status = status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    let next = next_attempt.as_ref().map(|next| format!("next at {next}"));
    let more: Vec<&str> = [next.as_deref(), error.as_deref()].into_iter().flatten().collect();
    let line = format!("{id:<36}  {to:<12}  {kind:<17}  {state:<9}  {attempts:>3}  {status:<3}  {}", more.join(", "));
    format!("{}\n", line.trim_end())
}

async fn replay(deliveries: &Deliveries, arguments: &Replay) -> Result<(), Failure> {
    let ids = if arguments.failed {
        deliveries.failed(arguments.since).await.map_err(unavailable)?
    } else {
        arguments.ids.clone()
    };
    let mut missing = None;
    for id in &ids {
        match deliveries.replay(id).await.map_err(unavailable)? {
            Some(delivery) => print(&line(&delivery))?,
            None => missing = missing.or(Some(id)),
        }
    }
    missing.map_or(Ok(()), |id| Err(unknown(id)))
}

fn print(text: &str) -> Result<(), Failure> {
    std::io::stdout().write_all(text.as_bytes()).map_err(Failure::internal)
}

fn unknown(id: &str) -> Failure {
    Failure::text(Exit::NoInput, format_args!("there is no delivery {id}, or it is forgotten"))
}

fn unavailable(error: Error) -> Failure {
    Failure::new(Exit::Temporary, error)
}
