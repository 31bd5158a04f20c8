use std::sync::Arc;
use std::time::Duration;

use crate::arguments;

/// Why there is no answer about a video, and nothing made of it.
///
/// The text of an error may be shown to a client: it says nothing of this machine or of where the video lies. Each
/// `detail` is for logs; URLs and paths are taken out of it all the same.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// In none of the containers that are read, or too damaged to be read at all.
    #[error("not a video that can be read")]
    NotAVideo {
        /// What the tool said.
        detail: String,
    },
    /// What is in the container cannot be decoded here.
    #[error("the codec of this video is not supported")]
    UnsupportedCodec {
        /// What the tool said.
        detail: String,
    },
    /// The tool was content and wrote nothing: the moment that was asked for lies beyond the last frame.
    #[error("there is nothing in this part of the video")]
    NothingThere,
    /// What is wanted cannot be made of this video, or is over a limit.
    #[error(transparent)]
    Wish(#[from] arguments::Error),
    /// More bytes than are allowed.
    #[error("{what} over the limit of {limit} bytes")]
    TooLarge {
        /// What is too large.
        what: Measured,
        /// How many bytes it may have.
        limit: u64,
    },
    /// The work took longer than it may.
    #[error("the work took longer than {} seconds", limit.as_secs())]
    TimedOut {
        /// How long it may take: on the clock, or of processor time.
        limit: Duration,
    },
    /// Nobody waits any more.
    #[error("cancelled")]
    Cancelled,
    /// ffmpeg or ffprobe is missing, or lacks an encoder.
    #[error("video is not available here: {what} is missing")]
    NoTool {
        /// The program's or the encoder's name.
        what: &'static str,
        /// For logs.
        detail: String,
    },
    /// The box could not be closed, so that nothing ran.
    #[error("video is not available here")]
    Sandbox {
        /// For logs.
        detail: String,
    },
    /// The source failed while the video was read from it. Its own error tells which decision to make.
    #[error("the video could not be read from its source")]
    Source(SourceError),
    /// Our fault, or the tool's.
    #[error("the video could not be processed")]
    Failed {
        /// What the tool said last.
        detail: String,
    },
}

/// What a source says when it fails: an error of the caller's own, which comes back in [`Error::Source`].
pub type SourceError = Arc<dyn std::error::Error + Send + Sync>;

/// What has a limit of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measured {
    /// What was read of the video.
    Read,
    /// What was written: to the standard output, into a file, or into all files of a folder.
    Written,
    /// The memory that the work needs.
    Memory,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Read => "more of the video must be read: it is",
            Self::Written => "the result is",
            Self::Memory => "the memory for this work is",
        })
    }
}

/// The decisions that a caller makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The stored object is no good: 415 or 422.
    NotAVideo,
    /// It cannot be decoded here: 415.
    UnsupportedCodec,
    /// Nothing at this moment of the video: another moment may do.
    NothingThere,
    /// The wish does not fit the video, or is over a limit: 400.
    BadRequest,
    /// Over a limit of bytes: 413 or 422.
    TooLarge,
    /// Over a limit of time: 504.
    TimedOut,
    /// Nobody waits for the answer.
    Cancelled,
    /// What the machine lacks: 501 or 503, and an alarm.
    NoTool,
    /// The machine cannot box in what is configured to be boxed in: 503, and an alarm.
    Sandbox,
    /// As the source's own error says.
    Source,
    /// Our fault: 500.
    Failed,
}

impl Error {
    /// Which decision this error asks for.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotAVideo { .. } => ErrorKind::NotAVideo,
            Self::UnsupportedCodec { .. } => ErrorKind::UnsupportedCodec,
            Self::NothingThere => ErrorKind::NothingThere,
            Self::Wish(error) => match error {
                arguments::Error::NoPictures | arguments::Error::Nothing | arguments::Error::HighDynamicRange => {
                    ErrorKind::UnsupportedCodec
                }
                arguments::Error::NoEncoder { .. } => ErrorKind::NoTool,
                arguments::Error::StartsBehindEnd { .. }
                | arguments::Error::SideTooLong { .. }
                | arguments::Error::CannotCopy { .. }
                | arguments::Error::RotationLost { .. }
                | arguments::Error::Limit(_) => ErrorKind::BadRequest,
            },
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::TimedOut { .. } => ErrorKind::TimedOut,
            Self::Cancelled => ErrorKind::Cancelled,
            Self::NoTool { .. } => ErrorKind::NoTool,
            Self::Sandbox { .. } => ErrorKind::Sandbox,
            Self::Source(_) => ErrorKind::Source,
            Self::Failed { .. } => ErrorKind::Failed,
        }
    }

    /// A short name for metrics and logs.
    pub const fn name(&self) -> &'static str {
        match self.kind() {
            ErrorKind::NotAVideo => "not_a_video",
            ErrorKind::UnsupportedCodec => "unsupported_codec",
            ErrorKind::NothingThere => "nothing_there",
            ErrorKind::BadRequest => "bad_request",
            ErrorKind::TooLarge => "too_large",
            ErrorKind::TimedOut => "timed_out",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::NoTool => "no_tool",
            ErrorKind::Sandbox => "sandbox",
            ErrorKind::Source => "source",
            ErrorKind::Failed => "failed",
        }
    }

    pub(crate) fn failed(detail: impl std::fmt::Display) -> Self {
        Self::Failed { detail: detail.to_string() }
    }

    pub(crate) fn sandbox(detail: impl std::fmt::Display) -> Self {
        Self::Sandbox { detail: detail.to_string() }
    }
}
