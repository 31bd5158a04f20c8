use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::commands::{
    BackfillArguments, CheckArguments, ConvertArguments, ExplainArguments, ProcessArguments, ServeArguments,
    SignArguments, WorkerArguments,
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
        Self::try_parse().unwrap_or_else(|error| {
            // Where not even stderr can be written, the exit code has to do.
            let _ = error.print();
            let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            std::process::exit(if asked_for { 0 } else { Exit::Usage as i32 })
        })
    }
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
