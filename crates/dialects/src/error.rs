/// Why a request cannot be read. Every variant is the client's mistake, and every text is public.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The path is not the name of an object.
    #[error("the object's key {0}")]
    Key(&'static str),
    /// The path names no object at all.
    #[error("NotFound")]
    NoKey,
    /// A query parameter that must be given once is given several times.
    #[error("{0} must be given only once")]
    Repeated(&'static str),
    /// Percent-encoded bytes are not UTF-8.
    #[error("{0} is not percent-encoded UTF-8")]
    Encoding(&'static str),
    /// The text before the first `/` is neither `image` nor `style`.
    #[error("Can Not find processor")]
    UnknownProcessor,
    /// No action has this name. (The spelling is the reference servers'.)
    #[error("Unkown action: \"{0}\"")]
    UnknownAction(String),
    /// The action has no parameter of this name.
    #[error("Unkown param: \"{0}\"")]
    UnknownParameter(String),
    /// A value is outside of what its parameter takes; the text names the parameter and what is allowed.
    #[error("{0}")]
    Value(String),
    /// Parameters are missing, contradict each other, or do not belong here.
    #[error("{0}")]
    Usage(&'static str),
    /// An action that gives text instead of a picture stands beside others.
    #[error("{action} cannot be combined with {other}")]
    NotCombinable {
        /// The action that stands alone.
        action: &'static str,
        /// What it stands beside.
        other: &'static str,
    },
    /// A limit of the mount.
    #[error("{limit}: {actual} is over the limit of {allowed}")]
    Limit {
        /// What is counted.
        limit: &'static str,
        /// How many there are.
        actual: usize,
        /// How many are allowed.
        allowed: usize,
    },
    /// The style separator is not followed by a name.
    #[error("Empty style name")]
    EmptyStyleName,
    /// A style name has other characters than letters, digits, `_`, `-`, `.`, or more than 63.
    #[error("Invalid style name!")]
    InvalidStyleName,
    /// `style/` is followed by anything but one name.
    #[error("Invalid style!")]
    InvalidStyle,
    /// There is no style of that name, or its text is empty.
    #[error("Style not found")]
    StyleNotFound,
    /// The mount demands a signature.
    #[error("lm-signature is missing")]
    SignatureMissing,
    /// The signature belongs to another URL or another key.
    #[error("lm-signature does not match")]
    SignatureWrong,
    /// The signature in a path of Thumbor's language.
    #[error(transparent)]
    PathSignature(#[from] crate::thumbor::signature::Refusal),
    /// In the language of AWS Dynamic Image Transformation.
    #[error(transparent)]
    Dit(#[from] crate::dit::Error),
    /// In the language of its ECS engine.
    #[error(transparent)]
    DitEcs(#[from] crate::dit_ecs::Error),
    /// `lm-expires` is not a number of seconds.
    #[error("lm-expires must be seconds since 1970-01-01 00:00 UTC")]
    ExpiryMalformed,
    /// The signed URL's time has passed.
    #[error("the signed URL has expired")]
    Expired,
}

/// What a server answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request makes no sense (400).
    BadRequest,
    /// The request is not allowed (403).
    Forbidden,
    /// There is nothing of that name (404).
    NotFound,
}

impl Error {
    /// The kind of answer.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoKey => ErrorKind::NotFound,
            Self::PathSignature(refusal) => refusal.kind(),
            Self::Dit(error) => error.kind(),
            Self::DitEcs(error) => error.kind(),
            Self::SignatureMissing | Self::SignatureWrong | Self::Expired => ErrorKind::Forbidden,
            Self::Key(_)
            | Self::Repeated(_)
            | Self::Encoding(_)
            | Self::UnknownProcessor
            | Self::UnknownAction(_)
            | Self::UnknownParameter(_)
            | Self::Value(_)
            | Self::Usage(_)
            | Self::NotCombinable { .. }
            | Self::Limit { .. }
            | Self::EmptyStyleName
            | Self::InvalidStyleName
            | Self::InvalidStyle
            | Self::StyleNotFound
            | Self::ExpiryMalformed => ErrorKind::BadRequest,
        }
    }

    /// A client's own words in an error text, at most 64 characters of them.
    pub(crate) fn quote(text: &str) -> String {
        text.chars().take(64).collect()
    }

    /// An error if `actual` is over `allowed`.
    pub(crate) fn limit(limit: &'static str, actual: usize, allowed: usize) -> Result<(), Self> {
        if actual > allowed { Err(Self::Limit { limit, actual, allowed }) } else { Ok(()) }
    }
}
