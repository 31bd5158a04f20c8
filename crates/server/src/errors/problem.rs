use std::time::Duration;

use lightmill_mill::{BusyReason, Error, Job};
use lightmill_store as store;

use super::table::Kind;

/// Everything that can go wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// On the road from the wish to the result.
    #[error(transparent)]
    Mill(#[from] Error),
    /// There is no object of this key.
    #[error("The specified key does not exist.")]
    NoSuchKey(String),
    /// No mount answers for this host and path.
    #[error("nothing is served here")]
    NoMount,
    /// The mount takes its configuration from a table that could not be read yet.
    #[error("the configuration of this service is not known yet")]
    NotConfigured,
    /// The stored bytes are not those of a picture, as far as their source knows.
    #[error("the object is not an image")]
    NotAPicture,
    /// The URL says that it has ended.
    #[error("expired")]
    Gone,
    /// The mount to which a URL belongs has no keys to sign it with.
    #[error("the mount has no keys")]
    NoKeys,
    /// Whoever asks has not shown a token.
    #[error("a known token is missing")]
    Unauthorized,
    /// What was posted makes no sense.
    #[error("Invalid post body. {0}")]
    BadBody(String),
    /// What was posted is longer than is read.
    #[error("the body has more than {0} bytes")]
    BodyTooLong(usize),
    /// Only these methods have a meaning, as `Allow` tells them.
    #[error("only {0} are allowed")]
    MethodNotAllowed(&'static str),
    /// What was sent is no picture that is read here.
    #[error("what was sent is not accepted as a picture: {0}")]
    UploadFormat(String),
    /// The picture that was sent is too large or too small.
    #[error("the picture {0}")]
    UploadSize(String),
    /// The body took longer than the mount's `limits.time`.
    #[error("the body did not arrive within {} s", .0.as_secs_f64())]
    BodyLate(Duration),
    /// What stands in the place of an upload's id is none.
    #[error("an upload is called by 32 hexadecimal digits")]
    BadId,
    /// The picture is one that the mount does not show.
    #[error("the picture is on the blacklist")]
    Blacklisted,
    /// The request's target is no path.
    #[error("the target of a request must begin with /")]
    BadTarget,
    /// The target has more bytes than are read.
    #[error("path and query have more than {0} bytes")]
    UriTooLong(usize),
    /// `If-Match` or `If-Unmodified-Since` names another version.
    #[error("the object is of another version")]
    PreconditionFailed,
    /// There is no such job, or none that is told any more.
    #[error("there is no such job")]
    NoJob,
    /// As many jobs wait as may.
    #[error("too many jobs are waiting")]
    JobsFull,
    /// The jobs cannot be read or written at the moment.
    #[error("jobs are not available at the moment")]
    Jobs(lightmill_jobs::Error),
    /// Another request was sent with this key.
    #[error("the Idempotency-Key was used for another request")]
    IdempotencyKeyUsed,
    /// A store's document is not one that is believed.
    #[error("{0}")]
    NotBelieved(lightmill_jobs::events::sns::SnsError),
    /// A store's document tells of a bucket that nobody works on here.
    #[error("nothing is made of the bucket {0}")]
    OtherBucket(String),
    /// A parameter of a list makes no sense.
    #[error("{0}")]
    BadQuery(&'static str),
    /// None of the bytes that `Range` asks for exist.
    #[error("there are only {0} bytes")]
    RangeNotSatisfiable(u64),
    /// The answer took longer than the mount's `limits.time`.
    #[error("the request took longer than {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    /// Code of the service panicked.
    #[error("internal error")]
    Panic,
}

impl From<lightmill_dialects::Error> for Problem {
    fn from(error: lightmill_dialects::Error) -> Self {
        Self::Mill(error.into())
    }
}

impl Problem {
    /// Its row in the table.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Mill(Error::Busy { reason: BusyReason::QueueTimeout | BusyReason::Analyser, .. }) => Kind::Overloaded,
            Self::Mill(error) => Kind::Mill(error.kind()),
            Self::NoSuchKey(_) | Self::NoMount => Kind::Mill(lightmill_mill::ErrorKind::NotFound),
            Self::NotConfigured => Kind::Mill(lightmill_mill::ErrorKind::Unavailable),
            Self::NotAPicture => Kind::Mill(lightmill_mill::ErrorKind::Unsupported),
            Self::Gone => Kind::Gone,
            Self::Unauthorized => Kind::Unauthorized,
            Self::NotBelieved(error) if error.is_passing() => Kind::Mill(lightmill_mill::ErrorKind::Unavailable),
            Self::NotBelieved(_) => Kind::Mill(lightmill_mill::ErrorKind::Forbidden),
            Self::OtherBucket(_) => Kind::OtherBucket,
            Self::BodyTooLong(_) => Kind::Mill(lightmill_mill::ErrorKind::SourceTooLarge),
            Self::NoJob => Kind::NoJob,
            Self::JobsFull => Kind::JobsFull,
            Self::Jobs(_) => Kind::JobsUnavailable,
            Self::IdempotencyKeyUsed => Kind::IdempotencyKeyUsed,
            Self::NoKeys | Self::BadTarget | Self::BadBody(_) | Self::BadQuery(_) | Self::BadId | Self::Blacklisted => {
                Kind::Mill(lightmill_mill::ErrorKind::BadRequest)
            }
            Self::UploadFormat(_) => Kind::UploadFormat,
            Self::UploadSize(_) => Kind::UploadSize,
            Self::BodyLate(_) => Kind::BodyLate,
            Self::MethodNotAllowed(_) => Kind::MethodNotAllowed,
            Self::UriTooLong(_) => Kind::UriTooLong,
            Self::PreconditionFailed => Kind::PreconditionFailed,
            Self::RangeNotSatisfiable(_) => Kind::RangeNotSatisfiable,
            Self::TimedOut(_) => Kind::Mill(lightmill_mill::ErrorKind::TimedOut),
            Self::Panic => Kind::Mill(lightmill_mill::ErrorKind::Internal),
        }
    }

    /// The same, of this job.
    #[must_use]
    pub fn about(self, job: &Job) -> Self {
        match (self, job.places().first()) {
            (Self::Mill(Error::Store(store::Error::NotFound)), Some(place)) => Self::NoSuchKey(place.key.clone()),
            (other, _) => other,
        }
    }

    /// The status of its answer.
    pub fn status(&self) -> u16 {
        self.kind().answer().0.as_u16()
    }

    /// Whether the picture itself is missing or no good, so that another may be shown in its place.
    pub fn is_of_the_picture(&self) -> bool {
        use lightmill_mill::ErrorKind as Of;
        let Self::Mill(error) = self else { return false };
        if matches!(error, Error::Mark { .. }) {
            return false;
        }
        matches!(
            error.kind(),
            Of::NotFound | Of::SourceTooLarge | Of::Unsupported | Of::Corrupt | Of::Unavailable | Of::TimedOut
        )
    }

    /// Its name in bodies and headers.
    pub fn name(&self) -> &'static str {
        self.kind().answer().1
    }

    /// What a client may read: the errors' own texts are public, but for those that say less than the field's words.
    pub fn public_text(&self) -> String {
        match self {
            Self::Mill(Error::Store(store::Error::NotFound)) => "The specified key does not exist.".to_owned(),
            Self::Mill(Error::UnknownSource { .. }) => "The specified bucket may not be read.".to_owned(),
            Self::Mill(Error::OriginalsForbidden) => "Please visit s3 directly".to_owned(),
            other => other.to_string(),
        }
    }

    /// When another attempt has better chances.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Mill(Error::Busy { retry_after, .. }) => Some(*retry_after),
            // They take longer than pages.
            Self::JobsFull => Some(Duration::from_secs(10)),
            _ => self.kind().is_passing().then_some(Duration::from_secs(1)),
        }
    }
}
