use crate::ErrorKind;
use crate::sharp::Json;

/// What the text of a request can be refused for, as the reference server names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The path, the host or an override is malformed.
    #[error("{0}")]
    Validation(String),
    /// A transformation has a wrong value, where the mount is strict.
    #[error("{0}")]
    Transformation(String),
    /// No mapping leads to an origin.
    #[error("no origin is configured for this request")]
    OriginNotFound,
    /// There is no policy of that id.
    #[error("the policy does not exist")]
    PolicyNotFound,
    /// A watermark's host is no origin.
    #[error("the host of the watermark is not a configured origin")]
    AccessDenied,
}

impl Error {
    /// The HTTP status and the word for the error.
    pub const fn row(&self) -> (u16, &'static str) {
        match self {
            Self::Validation(_) | Self::Transformation(_) => (400, "VALIDATION_ERROR"),
            Self::OriginNotFound => (404, "ORIGIN_NOT_FOUND"),
            Self::PolicyNotFound => (404, "POLICY_NOT_FOUND"),
            Self::AccessDenied => (403, "ACCESS_DENIED"),
        }
    }

    /// The kind of answer.
    pub const fn kind(&self) -> ErrorKind {
        match self.row().0 {
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            _ => ErrorKind::BadRequest,
        }
    }

    /// The body of the answer: JSON of `error`, `message` and `requestId`.
    pub fn body(&self, request_id: &str) -> String {
        let (_, word) = self.row();
        let message = Json::Text(self.to_string());
        Json::object([("error", Json::text(word)), ("message", message), ("requestId", Json::text(request_id))])
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_the_members_of_the_reference_server() {
        let body = Error::PolicyNotFound.body("7");
        assert_eq!(body, r#"{"error":"POLICY_NOT_FOUND","message":"the policy does not exist","requestId":"7"}"#);
        assert_eq!(Error::AccessDenied.kind(), ErrorKind::Forbidden);
    }
}
