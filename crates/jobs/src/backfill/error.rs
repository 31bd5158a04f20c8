use std::path::PathBuf;

use lightmill_mill as mill;

/// Why a backfill did not come to its end. What failed of single objects is in its report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The objects, or what is made of them, cannot be listed.
    #[error("what is there cannot be listed")]
    Listing(#[source] mill::Error),
    /// The file that says how far it is, or the report, cannot be read or written.
    #[error("{}: {problem}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The file says how far another backfill is.
    #[error(
        "{} says how far another backfill is ({differences}): run that one to its end, begin anew with --restart, or \
         name another file with --state",
        file.display()
    )]
    Another {
        /// Which file.
        file: PathBuf,
        /// In what it is another one.
        differences: String,
    },
    /// The same backfill is at work elsewhere.
    #[error("{}: another backfill is writing it", .0.display())]
    AtWork(PathBuf),
}

impl Error {
    pub(super) fn file(file: impl Into<PathBuf>, problem: impl std::fmt::Display) -> Self {
        Self::File { file: file.into(), problem: problem.to_string() }
    }
}
