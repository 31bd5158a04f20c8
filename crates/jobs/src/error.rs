/// Why a queue did not do what it was asked for. Texts are for logs, never for clients.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The queue cannot be reached, or is busy. Another attempt may succeed.
    #[error("the queue of jobs is unavailable: {0}")]
    Unavailable(String),
    /// What is there was written by a later version of this program, or by another one.
    #[error("the queue of jobs cannot be used: {0}")]
    Unusable(String),
}

/// The decisions that a caller makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Try again later.
    Unavailable,
    /// Somebody must look after it.
    Unusable,
}

impl Error {
    /// Which decision this error asks for.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Unusable(_) => ErrorKind::Unusable,
        }
    }
}
