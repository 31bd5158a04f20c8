/// Why a source did not give an object, or a sink did not take it: the decisions that a caller makes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no object of that key, or what is there is not an object (a folder, a device, a pipe).
    #[error("the object does not exist")]
    NotFound,
    /// The object may not be read: it lies outside of the source, or permission is missing.
    #[error("the object may not be read")]
    Forbidden,
    /// The key cannot name an object of this source.
    #[error("the object's key {0}")]
    InvalidKey(&'static str),
    /// The object is larger than the caller or the source allows.
    #[error("the object has {actual} bytes or more, over the limit of {allowed}")]
    TooLarge {
        /// Bytes that were declared or counted.
        actual: u64,
        /// Bytes that are allowed.
        allowed: u64,
    },
    /// The object is not, or not any more, in the state that a write was to find. Trying the same again is of no use; whoever
    /// reads the object first may try on its new state.
    #[error("somebody else changed the object")]
    Changed,
    /// The source did not answer in time.
    #[error("the source did not answer in time")]
    TimedOut,
    /// The source failed, or the object changed while it was read. Another attempt may succeed.
    #[error("the source is unavailable")]
    Unavailable {
        /// For logs, never for clients.
        detail: String,
        /// How long the source asks to be left alone.
        retry_after: Option<std::time::Duration>,
    },
    /// The source is there, but its answer for this object cannot be used. Another attempt would get the same one, and
    /// other objects may well be answered.
    #[error("the source's answer cannot be used")]
    Unusable {
        /// For logs, never for clients.
        detail: String,
    },
}

impl Error {
    /// A failure whose text is for logs only.
    pub fn unavailable(detail: impl std::fmt::Display) -> Self {
        Self::Unavailable { detail: detail.to_string(), retry_after: None }
    }

    /// An answer that cannot be used; the text is for logs only.
    pub fn unusable(detail: impl std::fmt::Display) -> Self {
        Self::Unusable { detail: detail.to_string() }
    }

    /// A short name for metrics and logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::InvalidKey(_) => "invalid_key",
            Self::TooLarge { .. } => "too_large",
            Self::Changed => "changed",
            Self::TimedOut => "timed_out",
            Self::Unavailable { .. } => "unavailable",
            Self::Unusable { .. } => "unusable",
        }
    }

    /// What an error of the file system means for one object.
    pub(crate) fn of_file(error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory | ErrorKind::InvalidFilename => {
                Self::NotFound
            }
            ErrorKind::PermissionDenied => Self::Forbidden,
            _ if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP) => Self::NotFound,
            _ => Self::unavailable(error),
        }
    }
}
