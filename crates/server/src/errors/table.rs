use http::StatusCode;
use lightmill_mill::ErrorKind;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A decision of the mill.
    Mill(ErrorKind),
    /// A request waited for its turn for as long as it may, or an analyser has too much to do.
    Overloaded,
    /// The URL has ended.
    Gone,
    /// A token is missing.
    Unauthorized,
    /// What was sent is no picture, whatever the dialect says of pictures that are no good.
    UploadFormat,
    /// What was sent is too large or too small.
    UploadSize,
    /// What was to be sent did not come.
    BodyLate,
    /// A method without a meaning.
    MethodNotAllowed,
    /// The target is too long.
    UriTooLong,
    /// Another version was wanted.
    PreconditionFailed,
    /// Bytes beyond the end were wanted.
    RangeNotSatisfiable,
    /// No such job.
    NoJob,
    /// Too many jobs wait.
    JobsFull,
    /// Where jobs wait is out of reach.
    JobsUnavailable,
    /// A key of another request.
    IdempotencyKeyUsed,
    /// A bucket of somebody else.
    OtherBucket,
}

impl Kind {
    /// The status and the name that error bodies give it. No answer to an error is stored by caches.
    pub const fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Mill(kind) => match kind {
                ErrorKind::BadRequest => (StatusCode::BAD_REQUEST, "BadRequestError"),
                ErrorKind::Forbidden => (StatusCode::FORBIDDEN, "ForbiddenError"),
                ErrorKind::NotFound => (StatusCode::NOT_FOUND, "NoSuchKey"),
                ErrorKind::SourceTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "SourceTooLargeError"),
                ErrorKind::Unsupported => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedFormatError"),
                ErrorKind::Corrupt => (StatusCode::UNPROCESSABLE_ENTITY, "DamagedSourceError"),
                ErrorKind::Busy => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsError"),
                ErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "SourceUnavailableError"),
                ErrorKind::AnalyserFailed => (StatusCode::BAD_GATEWAY, "AnalyserFailedError"),
                ErrorKind::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "TimeoutError"),
                // Somebody waits after all: the work was given up while the service stops.
                ErrorKind::Cancelled => (StatusCode::SERVICE_UNAVAILABLE, "CancelledError"),
                ErrorKind::NotImplemented => (StatusCode::NOT_IMPLEMENTED, "NotImplementedError"),
                ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
            },
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "OverloadedError"),
            Self::Gone => (StatusCode::GONE, "ExpiredError"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "UnauthorizedError"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowedError"),
            Self::UploadFormat => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "NotAPictureError"),
            Self::UploadSize => (StatusCode::PRECONDITION_FAILED, "UploadSizeError"),
            Self::BodyLate => (StatusCode::REQUEST_TIMEOUT, "RequestTimeoutError"),
            Self::UriTooLong => (StatusCode::URI_TOO_LONG, "UriTooLongError"),
            Self::PreconditionFailed => (StatusCode::PRECONDITION_FAILED, "PreconditionFailedError"),
            Self::RangeNotSatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, "RangeNotSatisfiableError"),
            Self::NoJob => (StatusCode::NOT_FOUND, "NoSuchJobError"),
            Self::JobsFull => (StatusCode::SERVICE_UNAVAILABLE, "TooManyJobsError"),
            Self::JobsUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "JobsUnavailableError"),
            Self::IdempotencyKeyUsed => (StatusCode::UNPROCESSABLE_ENTITY, "IdempotencyKeyError"),
            Self::OtherBucket => (StatusCode::UNPROCESSABLE_ENTITY, "OtherBucketError"),
        }
    }

    /// Whether the same request may succeed a moment later.
    pub const fn is_passing(self) -> bool {
        matches!(self.answer().0, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Kind; 28] = [
        Kind::Mill(ErrorKind::BadRequest),
        Kind::Mill(ErrorKind::Forbidden),
        Kind::Mill(ErrorKind::NotFound),
        Kind::Mill(ErrorKind::SourceTooLarge),
        Kind::Mill(ErrorKind::Unsupported),
        Kind::Mill(ErrorKind::Corrupt),
        Kind::Mill(ErrorKind::Busy),
        Kind::Mill(ErrorKind::Unavailable),
        Kind::Mill(ErrorKind::AnalyserFailed),
        Kind::Mill(ErrorKind::TimedOut),
        Kind::Mill(ErrorKind::Cancelled),
        Kind::Mill(ErrorKind::NotImplemented),
        Kind::Mill(ErrorKind::Internal),
        Kind::Overloaded,
        Kind::Gone,
        Kind::Unauthorized,
        Kind::MethodNotAllowed,
        Kind::UploadFormat,
        Kind::UploadSize,
        Kind::BodyLate,
        Kind::UriTooLong,
        Kind::PreconditionFailed,
        Kind::RangeNotSatisfiable,
        Kind::NoJob,
        Kind::JobsFull,
        Kind::JobsUnavailable,
        Kind::IdempotencyKeyUsed,
        Kind::OtherBucket,
    ];

    #[test]
    fn only_our_own_fault_is_a_500() {
        for kind in ALL {
            let (status, name) = kind.answer();
            assert!(status.is_client_error() || status.is_server_error(), "{name}");
            assert_eq!(status == 500, kind == Kind::Mill(ErrorKind::Internal), "{name}");
        }
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<&str> = ALL.iter().map(|kind| kind.answer().1).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
