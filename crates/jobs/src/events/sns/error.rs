use lightmill_store as store;

use crate::events::document::DocumentError;

/// Why a message of SNS is not believed. Texts hold nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnsError {
    /// It cannot be read.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Its topic is not one of those that are listed.
    #[error("the message's topic is not listed")]
    Topic,
    /// A URL of it is not one of SNS.
    #[error("a URL of the message is not one of SNS")]
    Host,
    /// Its signature is of another version than 1 and 2, or no signature at all.
    #[error("the message's signature is of no known form")]
    Form,
    /// Its certificate cannot be used: it is none, or has ended, or has not begun.
    #[error("the message's certificate cannot be used")]
    Certificate,
    /// Somebody else signed it, or something else.
    #[error("the message's signature is wrong")]
    Signature,
    /// SNS could not be asked. Another attempt may succeed.
    #[error("SNS could not be asked: {0}")]
    Unavailable(store::Error),
}

impl SnsError {
    /// Whether another attempt with the same message may succeed.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
