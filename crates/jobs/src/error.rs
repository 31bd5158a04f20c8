/// Why a queue of jobs or an inbox of events did not do what it was asked for. Texts are for logs, never for clients.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The queue cannot be reached, or is busy. Another attempt may succeed.
    #[error("the queue of jobs is unavailable: {0}")]
    Unavailable(String),
    /// What is there was written by a later version of this program, or by another one.
    #[error("the queue of jobs cannot be used: {0}")]
    Unusable(String),
    /// The queue keeps no job that is so large.
    #[error("the queue of jobs does not take it: {what} has {bytes} bytes, and {most} is the most")]
    TooLarge {
        /// What of it.
        what: &'static str,
        /// Bytes that it has.
        bytes: usize,
        /// Bytes that it may have.
        most: usize,
    },
    /// The inbox of events cannot be reached, or has too much to do. Another attempt may succeed.
    #[error("the inbox of events is unavailable: {0}")]
    InboxUnavailable(String),
    /// There is no such inbox, or it may not be used, or it does not take what it was given.
    #[error("the inbox of events cannot be used: {0}")]
    InboxUnusable(String),
}

/// The decisions that a caller makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Try again later.
    Unavailable,
    /// Somebody must look after it.
    Unusable,
    /// Less might be taken.
    TooLarge,
}

impl Error {
    /// Which decision this error asks for.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Unavailable(_) | Self::InboxUnavailable(_) => ErrorKind::Unavailable,
            Self::Unusable(_) | Self::InboxUnusable(_) => ErrorKind::Unusable,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
        }
    }
}
