use std::fmt::Display;
use std::process::ExitCode;

use lightmill_image as image;
use lightmill_server::Problem;
use lightmill_server::config::{Mistake, Mistakes};

/// How the process ends, by the numbers of BSD's `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The command line or the configuration is wrong.
    Usage = 64,
    /// The picture is damaged, too large, or does not suit the recipe.
    Data = 65,
    /// An input does not exist or cannot be read.
    NoInput = 66,
    /// A bug, or a system that refuses what it should not.
    Internal = 70,
    /// The output cannot be written.
    CannotCreate = 73,
    /// Busy or out of time; another attempt may succeed.
    Temporary = 75,
}

/// Why a command did not do what it should.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    error: anyhow::Error,
}

impl Failure {
    /// `error`, as the reason to end with `exit`.
    pub fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { exit, error: error.into() }
    }

    /// A text, as the reason to end with `exit`.
    pub fn text(exit: Exit, text: impl Display) -> Self {
        Self { exit, error: anyhow::anyhow!("{text}") }
    }

    /// What should not happen.
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Exit::Internal, error)
    }
}

impl From<Mistakes> for Failure {
    fn from(mistakes: Mistakes) -> Self {
        Self::text(Exit::Usage, format_args!("the configuration has mistakes:\n{mistakes}"))
    }
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Mistakes(vec![mistake]).into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let exit = match problem.status() {
            404 => Exit::NoInput,
            413 | 415 | 422 => Exit::Data,
            429 | 502..=504 => Exit::Temporary,
            500 => Exit::Internal,
            _ => Exit::Usage,
        };
        Self::text(exit, problem.public_text())
    }
}

impl From<image::Error> for Failure {
    fn from(error: image::Error) -> Self {
        let exit = match error.kind() {
            image::ErrorKind::Unsupported
            | image::ErrorKind::Corrupt
            | image::ErrorKind::SourceTooLarge
            | image::ErrorKind::ResultTooLarge
            | image::ErrorKind::Unsuitable => Exit::Data,
            image::ErrorKind::Cancelled | image::ErrorKind::TimedOut => Exit::Temporary,
            image::ErrorKind::Internal => Exit::Internal,
        };
        // Whoever runs the command may read the details.
        let detail = match &error {
            image::Error::Corrupt { detail, .. } | image::Error::Internal { detail } => format!(": {detail}"),
            _ => String::new(),
        };
        Self::text(exit, format_args!("{error}{detail}"))
    }
}

/// Says on stderr what went wrong, and ends accordingly.
pub fn report(done: Result<(), Failure>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("lightmill: {:#}", failure.error);
            ExitCode::from(failure.exit as u8)
        }
    }
}
