use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// Codes of services that have too much to do; the status does not tell.
const TOO_MANY: [&str; 8] = [
    "KmsThrottled",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
    "LimitExceededException",
];

/// Codes that tell that the credentials have ended, or are not known any more.
const ENDED: [&str; 4] =
    ["ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId"];

/// A question that a service refused, or that did not reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The service's name of the error, without its namespace; empty where there is none.
    pub(crate) code: String,
    /// The service's words. They name what was asked for, and hold no secret.
    message: String,
    /// Whether the service has too much to do.
    busy: bool,
    /// Whether another attempt may succeed.
    pub(super) passing: bool,
    /// The error as the service states it.
    document: Document,
}

/// What a service states of an error. It may hold what somebody stored, which belongs into no log.
#[derive(Clone, PartialEq, Eq, Default)]
struct Document(Bytes);

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// The body of an error.
#[derive(Debug, Default, Deserialize)]
struct Body {
    #[serde(default, rename = "__type")]
    kind: String,
    /// Some services write it so, some otherwise, some both.
    #[serde(default)]
    message: String,
    #[serde(default, rename = "Message")]
    message_too: String,
}

impl Refused {
    /// What an answer means that is no success.
    pub(super) fn of(status: StatusCode, body: &Bytes) -> Self {
        let Body { kind, message, message_too } = serde_json::from_slice(body).unwrap_or_default();
        // `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException`
        let code = kind.rsplit('#').next().unwrap_or_default().to_owned();
        let message = [message, message_too].into_iter().find(|message| !message.is_empty());
        let message = message.unwrap_or_else(|| format!("status {}", status.as_u16()));
        let busy = status == StatusCode::TOO_MANY_REQUESTS || TOO_MANY.contains(&code.as_str());
        let passing = busy || status.is_server_error();
        let mut refused = Self { code, message, busy, passing, document: Document(body.clone()) };
        refused.passing |= refused.is_of_credentials();
        refused
    }

    /// No answer.
    pub(super) fn lost(reason: impl fmt::Display) -> Self {
        Self { passing: true, ..Self::without_code(reason.to_string()) }
    }

    /// An answer that means nothing to us. Its text is not kept: it may be half a secret.
    pub(super) fn unreadable() -> Self {
        Self::without_code("the answer is not of the stated form".to_owned())
    }

    /// What keeps a question from being asked.
    pub(super) fn unasked(error: &Error) -> Self {
        let message = match error {
            Error::Unavailable { detail, .. } => detail.clone(),
            other => other.to_string(),
        };
        Self::without_code(message)
    }

    fn without_code(message: String) -> Self {
        Self { code: String::new(), message, busy: false, passing: false, document: Document::default() }
    }

    /// The service's name of the error, without its namespace; empty where it stated none, or did not answer.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What else the service states of the error; `None` if that has not this form.
    pub(crate) fn stated<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.document.0).ok()
    }

    /// Whether the service has too much to do, or was asked more often than was agreed.
    pub fn is_of_load(&self) -> bool {
        self.busy
    }

    /// Whether another attempt may succeed.
    pub fn is_passing(&self) -> bool {
        self.passing
    }

    /// Whether the service answered, and that nothing was done, which may be otherwise the next time.
    pub(super) fn did_nothing(&self) -> bool {
        self.busy || self.is_of_credentials()
    }

    pub(super) fn is_of_credentials(&self) -> bool {
        ENDED.contains(&self.code.as_str())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.code, self.message) }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::unavailable(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: StatusCode, body: &'static str) -> Refused {
        Refused::of(status, &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn errors_have_a_code() {
        let missing =
            of(StatusCode::BAD_REQUEST, r#"{"__type":"com.amazonaws.x#ResourceNotFoundException","message":"m"}"#);
        assert_eq!((missing.to_string().as_str(), missing.passing), ("ResourceNotFoundException: m", false));
        let busy = of(StatusCode::BAD_REQUEST, r#"{"__type":"ThrottlingException","Message":"slowly","message":""}"#);
        assert_eq!((busy.to_string().as_str(), busy.passing), ("ThrottlingException: slowly", true));
        assert!(busy.is_of_load() && of(StatusCode::TOO_MANY_REQUESTS, "").is_of_load() && !missing.is_of_load());
        assert!(of(StatusCode::SERVICE_UNAVAILABLE, "<html>").passing);
        assert_eq!(of(StatusCode::FORBIDDEN, "").to_string(), "status 403");
    }
}
