use std::sync::Arc;

use lightmill_image as image;

use crate::Kind;

/// Why nothing is known about a picture. Cheap to clone: everyone who waits for the same findings gets the same error.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The picture cannot be read, or is larger than it may be; or nobody waits any more.
    #[error(transparent)]
    Picture(Arc<image::Error>),
    /// The caller's [`Workers`](crate::Workers) did not take the work, for a reason of their own.
    #[error("the work was not taken: {0}")]
    Workers(Arc<dyn std::error::Error + Send + Sync>),
    /// The analyser does not know how.
    #[error("{analyser} does not find {}", kind.name())]
    CannotFind {
        /// Its name.
        analyser: String,
        /// What it does not find.
        kind: Kind,
    },
    /// The service has too much to do, or was asked more often than was agreed.
    #[error("the analyser has too much to do")]
    Throttled {
        /// For logs, never for clients.
        detail: String,
    },
    /// The service did not answer, or with something that cannot be understood. Another attempt may succeed.
    #[error("the analyser is unavailable")]
    Unavailable {
        /// For logs, never for clients.
        detail: String,
    },
    /// The service does not do this: permission is missing, or it does not take the picture.
    #[error("the analyser refused")]
    Refused {
        /// For logs, never for clients.
        detail: String,
    },
    /// The service did not answer in time.
    #[error("the analyser did not answer in time")]
    TimedOut,
    /// Our fault.
    #[error("internal error")]
    Internal {
        /// For logs, never for clients.
        detail: String,
    },
}

/// The decisions that a caller makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// As the picture's error says.
    Picture(image::ErrorKind),
    /// As the caller's own threads say.
    Workers,
    /// The wish does not fit the configuration: 400.
    CannotFind,
    /// Too much to do: 503 with `Retry-After`.
    Busy,
    /// The service failed, or is not configured as it must be: 502.
    Unavailable,
    /// The service is too slow: 504.
    TimedOut,
    /// Our fault: 500.
    Internal,
}

impl Error {
    /// Which decision this error asks for.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Picture(error) => ErrorKind::Picture(error.kind()),
            Self::Workers(_) => ErrorKind::Workers,
            Self::CannotFind { .. } => ErrorKind::CannotFind,
            Self::Throttled { .. } => ErrorKind::Busy,
            Self::Unavailable { .. } | Self::Refused { .. } => ErrorKind::Unavailable,
            Self::TimedOut => ErrorKind::TimedOut,
            Self::Internal { .. } => ErrorKind::Internal,
        }
    }

    /// A short name for metrics and logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Picture(_) => "picture",
            Self::Workers(_) => "workers",
            Self::CannotFind { .. } => "cannot_find",
            Self::Throttled { .. } => "throttled",
            Self::Unavailable { .. } => "unavailable",
            Self::Refused { .. } => "refused",
            Self::TimedOut => "timed_out",
            Self::Internal { .. } => "internal",
        }
    }

    /// Whether it is about the request that asked, and tells nothing about the picture or the analyser.
    pub(crate) fn is_of_one_request(&self) -> bool {
        match self {
            Self::Picture(error) => matches!(**error, image::Error::Cancelled | image::Error::TimedOut),
            Self::Workers(_) => true,
            _ => false,
        }
    }

    pub(crate) fn internal(detail: impl std::fmt::Display) -> Self {
        Self::Internal { detail: detail.to_string() }
    }
}

impl From<image::Error> for Error {
    fn from(error: image::Error) -> Self {
        Self::Picture(Arc::new(error))
    }
}
