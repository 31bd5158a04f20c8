use std::sync::Arc;
use std::time::Duration;

use lightmill_recipe::LimitError;
use {
    lightmill_dialects as dialects, lightmill_image as image, lightmill_store as store, lightmill_video as video,
    lightmill_vision as vision,
};

/// Why a request has no result. Cheap to clone: everyone who waits for the same result gets the same error.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The wish cannot be read. The text is public.
    #[error(transparent)]
    Dialect(#[from] dialects::Error),
    /// An input cannot be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A picture that is drawn over another cannot be read.
    #[error("the mark {key}: {error}")]
    Mark {
        /// Its key.
        key: String,
        /// Why.
        error: store::Error,
    },
    /// The picture cannot be made.
    #[error(transparent)]
    Image(Arc<image::Error>),
    /// It is not known what is in the picture, and it must be.
    #[error(transparent)]
    Analyser(vision::Error),
    /// Nobody here looks for what must be known.
    #[error("{what} are not looked for here")]
    NotLookedFor {
        /// What the request needs, in the plural.
        what: &'static str,
    },
    /// The request is over a limit that does not depend on its inputs.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The source that was asked for is not one of the mount's.
    #[error("the mount has no such source")]
    UnknownSource {
        /// What was asked for.
        name: String,
    },
    /// Nothing may be saved there.
    #[error("nothing may be saved in this bucket")]
    UnknownTarget {
        /// What was asked for.
        name: String,
    },
    /// There is no style of that name.
    #[error("Style not found")]
    StyleNotFound,
    /// The mount lists what may be asked for, and this is not on the list.
    #[error("this mount does not allow {0}")]
    NotAllowed(String),
    /// The wish is about a video, and nobody here works on those, or not on this.
    #[error("videos are not served here")]
    VideoNotServed,
    /// A video cannot be read, or what is wanted cannot be made of it.
    #[error(transparent)]
    Video(video::Error),
    /// A video of many files has none of that name, or not yet.
    #[error("there is no such part of the video")]
    NoSuchPart,
    /// The mount does not give objects as they are stored.
    #[error("originals are not served here")]
    OriginalsForbidden,
    /// There is more to do than can be done now.
    #[error("too many requests at the moment")]
    Busy {
        /// When another attempt has better chances, in whole seconds, 1 or more.
        retry_after: Duration,
        /// What was full.
        reason: BusyReason,
    },
    /// The request took longer than it may.
    #[error("the time limit was reached")]
    TimedOut,
    /// Our fault.
    #[error("internal error")]
    Internal {
        /// For logs, never for clients.
        detail: String,
    },
}

/// Why a request was sent away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BusyReason {
    /// Too many wait already.
    QueueFull,
    /// It waited for as long as it may.
    QueueTimeout,
    /// An analyser has too much to do.
    Analyser,
}

impl BusyReason {
    /// The word in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::QueueTimeout => "queue_timeout",
            Self::Analyser => "analyser",
        }
    }
}

/// The decisions that a caller makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The wish makes no sense, asks for too much, or does not fit the source (400).
    BadRequest,
    /// Not allowed (403).
    Forbidden,
    /// There is no such object (404).
    NotFound,
    /// The source object is too large (413).
    SourceTooLarge,
    /// The source is not of a format that is read, or the wanted one is not written (415).
    Unsupported,
    /// The source is damaged (422).
    Corrupt,
    /// Too much to do (429 or 503, with `Retry-After`).
    Busy,
    /// A source failed (502 or 503).
    Unavailable,
    /// An analyser failed (502).
    AnalyserFailed,
    /// The source or the work took too long (504 or 503).
    TimedOut,
    /// Nobody waits for the result any more.
    Cancelled,
    /// This service lacks what it would need (501).
    NotImplemented,
    /// Our fault (500).
    Internal,
}

impl Error {
    /// Which decision this error asks for.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Dialect(error) => match error.kind() {
                dialects::ErrorKind::BadRequest => ErrorKind::BadRequest,
                dialects::ErrorKind::Forbidden => ErrorKind::Forbidden,
                dialects::ErrorKind::NotFound => ErrorKind::NotFound,
            },
            Self::Store(error) | Self::Mark { error, .. } => match error {
                store::Error::NotFound => ErrorKind::NotFound,
                store::Error::Forbidden => ErrorKind::Forbidden,
                store::Error::InvalidKey(_) => ErrorKind::BadRequest,
                store::Error::TooLarge { .. } => ErrorKind::SourceTooLarge,
                store::Error::TimedOut => ErrorKind::TimedOut,
                // Whoever tries again finds the new state.
                store::Error::Changed | store::Error::Unavailable { .. } | store::Error::Unusable { .. } => {
                    ErrorKind::Unavailable
                }
            },
            Self::Image(error) => match error.kind() {
                image::ErrorKind::Unsupported => ErrorKind::Unsupported,
                image::ErrorKind::Corrupt => ErrorKind::Corrupt,
                image::ErrorKind::SourceTooLarge => ErrorKind::SourceTooLarge,
                image::ErrorKind::ResultTooLarge | image::ErrorKind::Unsuitable => ErrorKind::BadRequest,
                image::ErrorKind::Cancelled => ErrorKind::Cancelled,
                image::ErrorKind::TimedOut => ErrorKind::TimedOut,
                image::ErrorKind::Internal => ErrorKind::Internal,
            },
            Self::Analyser(error) => match error.kind() {
                vision::ErrorKind::CannotFind => ErrorKind::BadRequest,
                vision::ErrorKind::Busy => ErrorKind::Busy,
                vision::ErrorKind::Unavailable => ErrorKind::AnalyserFailed,
                vision::ErrorKind::TimedOut => ErrorKind::TimedOut,
                vision::ErrorKind::Picture(_) | vision::ErrorKind::Workers | vision::ErrorKind::Internal => {
                    ErrorKind::Internal
                }
            },
            Self::Limit(_) | Self::StyleNotFound | Self::NotLookedFor { .. } => ErrorKind::BadRequest,
            Self::VideoNotServed => ErrorKind::NotImplemented,
            Self::NoSuchPart => ErrorKind::NotFound,
            Self::Video(error) => match error.kind() {
                video::ErrorKind::NotAVideo | video::ErrorKind::UnsupportedCodec => ErrorKind::Unsupported,
                video::ErrorKind::BadRequest | video::ErrorKind::NothingThere => ErrorKind::BadRequest,
                video::ErrorKind::TooLarge => ErrorKind::SourceTooLarge,
                video::ErrorKind::TimedOut => ErrorKind::TimedOut,
                video::ErrorKind::Cancelled => ErrorKind::Cancelled,
                video::ErrorKind::NoTool | video::ErrorKind::Sandbox => ErrorKind::NotImplemented,
                video::ErrorKind::Source => ErrorKind::Unavailable,
                video::ErrorKind::Failed => ErrorKind::Internal,
            },
            Self::UnknownSource { .. }
            | Self::UnknownTarget { .. }
            | Self::NotAllowed(_)
            | Self::OriginalsForbidden => ErrorKind::Forbidden,
            Self::Busy { .. } => ErrorKind::Busy,
            Self::TimedOut => ErrorKind::TimedOut,
            Self::Internal { .. } => ErrorKind::Internal,
        }
    }

    /// Whether the same recipe on the same bytes under the same limits fails in the same way again.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::Image(_) | Self::Video(_))
            && matches!(
                self.kind(),
                ErrorKind::BadRequest | ErrorKind::SourceTooLarge | ErrorKind::Unsupported | ErrorKind::Corrupt
            )
    }

    pub(crate) fn internal(detail: impl std::fmt::Display) -> Self {
        Self::Internal { detail: detail.to_string() }
    }
}

impl From<image::Error> for Error {
    fn from(error: image::Error) -> Self {
        Self::Image(Arc::new(error))
    }
}

impl From<video::Error> for Error {
    fn from(error: video::Error) -> Self {
        match error {
            // Which are those of a store.
            video::Error::Source(error) => match error.downcast_ref::<store::Error>() {
                Some(error) => Self::Store(error.clone()),
                None => Self::internal(error),
            },
            error => Self::Video(error),
        }
    }
}

impl From<vision::Error> for Error {
    fn from(error: vision::Error) -> Self {
        match error {
            vision::Error::Picture(error) => Self::Image(error),
            // Which are those of the mill itself.
            vision::Error::Workers(error) => error.downcast_ref().cloned().unwrap_or_else(|| Self::internal(error)),
            vision::Error::Throttled { detail } => {
                tracing::warn!(detail, "an analyser has too much to do");
                Self::Busy { retry_after: Duration::from_secs(1), reason: BusyReason::Analyser }
            }
            error => Self::Analyser(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_at_an_analyser_keeps_its_meaning() {
        let busy = Error::Busy { retry_after: Duration::from_secs(7), reason: BusyReason::QueueFull };
        let Error::Busy { reason: BusyReason::QueueFull, .. } = vision::Error::Workers(Arc::new(busy)).into() else {
            panic!()
        };
        let detail = String::new;
        for (error, kind) in [
            (vision::Error::from(image::Error::UnknownFormat), ErrorKind::Unsupported),
            (vision::Error::Throttled { detail: detail() }, ErrorKind::Busy),
            (vision::Error::Unavailable { detail: detail() }, ErrorKind::AnalyserFailed),
            (vision::Error::Refused { detail: detail() }, ErrorKind::AnalyserFailed),
            (vision::Error::TimedOut, ErrorKind::TimedOut),
            (vision::Error::Internal { detail: detail() }, ErrorKind::Internal),
        ] {
            assert_eq!(Error::from(error).kind(), kind);
        }
    }

    #[test]
    fn an_object_that_somebody_else_changed_is_worth_another_attempt() {
        assert_eq!(Error::from(store::Error::Changed).kind(), ErrorKind::Unavailable);
    }

    #[test]
    fn only_what_depends_on_the_key_lasts() {
        assert!(Error::from(image::Error::UnknownFormat).is_lasting());
        assert!(Error::from(image::Error::Unsuitable(String::new())).is_lasting());
        for passing in [
            Error::from(image::Error::Cancelled),
            Error::from(image::Error::TimedOut),
            Error::internal("x"),
            store::Error::NotFound.into(),
            Error::TimedOut,
        ] {
            assert!(!passing.is_lasting(), "{passing}");
        }
    }
}
