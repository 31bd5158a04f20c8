use lightmill_recipe::{Format, LimitError, geometry::OutOfImage};

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are of no format that this build reads.
    #[error("the source is not a picture of a supported format")]
    UnknownFormat,
    /// The format, or this variant of it, can be read or written by others but not by this build.
    #[error("{what} is not supported")]
    Unsupported {
        /// Format and feature, e.g. `12-bit JPEG`.
        what: String,
    },
    /// The format was recognised, but the data are damaged beyond use.
    #[error("the source is a damaged {format} file")]
    Corrupt {
        /// The format.
        format: Format,
        /// The decoder's own words: for logs, never for clients.
        detail: String,
    },
    /// A limit is exceeded.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The recipe does not fit this picture, e.g. a crop outside of it.
    #[error("{0}")]
    Unsuitable(String),
    /// The work was cancelled: nobody waits for it any more.
    #[error("cancelled")]
    Cancelled,
    /// The work took longer than it may.
    #[error("the time limit was reached")]
    TimedOut,
    /// Our fault: a codec or an invariant failed.
    #[error("internal error")]
    Internal {
        /// For logs, never for clients.
        detail: String,
    },
}

/// The decisions that a caller makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The source is not something this build can read: 415.
    Unsupported,
    /// The source is damaged: 422.
    Corrupt,
    /// Source or result are too large: 413 for sources, 400 for results.
    SourceTooLarge,
    /// The wish asks for too much: 400.
    ResultTooLarge,
    /// The wish does not fit the source: 400.
    Unsuitable,
    /// Nobody waits.
    Cancelled,
    /// Too slow: 503.
    TimedOut,
    /// Our fault: 500.
    Internal,
}

impl Error {
    /// Which decision this error asks for.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownFormat | Self::Unsupported { .. } => ErrorKind::Unsupported,
            Self::Corrupt { .. } => ErrorKind::Corrupt,
            Self::Limit(limit) => match limit.limit {
                "source_bytes" | "source_side" | "source_pixels" | "animation_pixels" | "frames" => {
                    ErrorKind::SourceTooLarge
                }
                _ => ErrorKind::ResultTooLarge,
            },
            Self::Unsuitable(_) => ErrorKind::Unsuitable,
            Self::Cancelled => ErrorKind::Cancelled,
            Self::TimedOut => ErrorKind::TimedOut,
            Self::Internal { .. } => ErrorKind::Internal,
        }
    }

    pub(crate) fn corrupt(format: Format, detail: impl std::fmt::Display) -> Self {
        Self::Corrupt { format, detail: detail.to_string() }
    }

    pub(crate) fn internal(detail: impl std::fmt::Display) -> Self {
        Self::Internal { detail: detail.to_string() }
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }
}

impl From<OutOfImage> for Error {
    fn from(error: OutOfImage) -> Self {
        Self::Unsuitable(error.to_string())
    }
}
