use super::{MAX_BYTES, MAX_KEY, MAX_RECORDS};

/// What is wrong with a document: reading it again would lead to the same. Texts hold nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is too long.
    #[error("the document has {0} bytes, over the limit of {MAX_BYTES}")]
    TooLarge(usize),
    /// It is no JSON.
    #[error("the document is not JSON")]
    NotJson,
    /// It is JSON of no known form.
    #[error("the document is neither a notification of S3, nor of EventBridge, nor of SNS")]
    Unknown,
    /// It tells of too many objects.
    #[error("the document has {0} records, over the limit of {MAX_RECORDS}")]
    TooMany(usize),
    /// A field is missing, or of another type. The path is that of one record.
    #[error("the document has no {0}")]
    Missing(&'static str),
    /// A key is empty or too long.
    #[error("a key has {0} bytes, not 1 to {MAX_KEY}")]
    KeyLength(usize),
    /// A key holds a `%` without two hexadecimal digits.
    #[error("a key is not percent-encoded")]
    KeyEncoding,
    /// A key is not UTF-8.
    #[error("a key is not UTF-8")]
    KeyText,
    /// An envelope holds an envelope.
    #[error("the document is an envelope in an envelope")]
    Nested,
}
