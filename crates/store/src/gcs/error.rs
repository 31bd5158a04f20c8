use serde::Deserialize;

use crate::Error;
use crate::cloud::{Client, Document, element};

/// What an answer means that is no success; `anonymous`: it was asked without credentials.
pub(super) fn of(answer: &Document, client: &Client, anonymous: bool) -> Error {
    let reason = Reason::read(&answer.body);
    let status = answer.status.as_u16();
    let unavailable = || client.unavailable(format_args!("{status} {reason}"));
    match (status, reason.code.as_str()) {
        (404, "NoSuchBucket") => unavailable(),
        // The JSON interface has one code for both.
        (404, _) if reason.message.contains("bucket does not exist") => unavailable(),
        (404, _) => Error::NotFound,
        (401, _) if anonymous => Error::Forbidden,
        (403, "" | "AccessDenied" | "forbidden" | "insufficientPermissions") => Error::Forbidden,
        (400, "KeyTooLongError" | "InvalidObjectName") => Error::InvalidKey("is no name of an object"),
        (408 | 504, _) => Error::TimedOut,
        (429 | 500.., _) => client.busy(answer, &reason),
        // Who asks, who pays, and a condition that does not hold any more.
        (401 | 403 | 412, _) | (400, "UserProjectMissing" | "required") => unavailable(),
        _ => Error::unusable(format_args!("{status} {reason}")),
    }
}

/// Why, in the words of either interface.
#[derive(Debug, Default)]
struct Reason {
    code: String,
    message: String,
}

impl Reason {
    fn read(document: &[u8]) -> Self {
        if let Ok(Json { error }) = serde_json::from_slice(document) {
            let code = error.errors.into_iter().next().map(|error| error.reason).unwrap_or_default();
            return Self { code, message: error.message };
        }
        let own = |name| element(document, name).unwrap_or_default().to_owned();
        match own("Code") {
            code if !code.is_empty() => Self { code, message: own("Message") },
            // Some answers are a sentence.
            _ => Self { code: String::new(), message: String::from_utf8_lossy(document).chars().take(200).collect() },
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code, self.message)
    }
}

#[derive(Deserialize)]
struct Json {
    error: JsonError,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct JsonError {
    message: String,
    errors: Vec<JsonReason>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct JsonReason {
    reason: String,
}
