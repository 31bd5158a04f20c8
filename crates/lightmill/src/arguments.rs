use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use lightmill_server::worker::Lambda;

use crate::commands::{
    BackfillArguments, CheckArguments, ConvertArguments, ExplainArguments, ProcessArguments, ServeArguments,
    SignArguments, WebhooksArguments, WorkerArguments,
};
use crate::exit::Exit;

/// Turns stored photos into exactly the picture that a page asks for.
#[derive(Debug, Parser)]
#[command(name = "lightmill", version, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the HTTP service; without configuration it serves ./samples on 127.0.0.1:8080.
    Serve(ServeArguments),
    /// Make variants of every picture that comes into a folder, and keep them in agreement with it.
    Worker(WorkerArguments),
    /// Make variants of everything that is already there: what is missing, and from where it was stopped.
    Backfill(BackfillArguments),
    /// Show what is told to webhooks, of jobs and of the worker, and have it be told again.
    Webhooks(WebhooksArguments),
    /// Make one picture, without a server.
    Process(ProcessArguments),
    /// Print recipe, plan, estimated cost and chosen format of a URL as JSON, without doing the work.
    Explain(ExplainArguments),
    /// Print a URL in another dialect, or what cannot be said there.
    Convert(ConvertArguments),
    /// Read the whole configuration and report every mistake at once.
    Check(CheckArguments),
    /// Print the signed form of a URL.
    Sign(SignArguments),
}

impl Arguments {
    /// Reads the command line; ends the process after help, a version, or a mistake.
    pub fn read() -> Self {
        Self::try_parse_from(words()).unwrap_or_else(|error| {
            // Where not even stderr can be written, the exit code has to do.
            let _ = error.print();
            let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            std::process::exit(if asked_for { 0 } else { Exit::Usage as i32 })
        })
    }
}

/// The words of the command line. What Lambda starts has none: the function's handler says what to do, as `worker`.
fn words() -> Vec<OsString> {
    let mut words: Vec<OsString> = std::env::args_os().collect();
    if words.len() <= 1 && Lambda::is_here() {
        words.extend(std::env::var_os("_HANDLER"));
    }
    words
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
