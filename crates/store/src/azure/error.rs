use crate::Error;
use crate::cloud::{Client, Document, element};

/// What an answer means that is no success ("Blob Storage error codes"); `anonymous`: it was asked without credentials.
pub(super) fn of(answer: &Document, client: &Client, anonymous: bool) -> Error {
    let code = code(answer);
    let message = element(&answer.body, "Message").and_then(|message| message.lines().next()).unwrap_or_default();
    let status = answer.status.as_u16();
    let unavailable = || client.unavailable(format_args!("{status} {code} {message}"));
    match (status, code) {
        (404, "BlobNotFound" | "ResourceNotFound" | "") => Error::NotFound,
        (401, _) if anonymous => Error::Forbidden,
        // Whoever asks is known, and may not; or nobody may who is not known.
        (403, "" | "AuthorizationPermissionMismatch" | "InsufficientAccountPermissions")
        | (_, "PublicAccessNotPermitted") => Error::Forbidden,
        (400, "InvalidResourceName" | "InvalidUri" | "OutOfRangeInput") => Error::InvalidKey("is no name of a blob"),
        (408 | 504, _) | (_, "OperationTimedOut") => Error::TimedOut,
        (429 | 500.., _) => client.busy(answer, &format_args!("{code} {message}")),
        // Of this blob only.
        (409, "BlobArchived" | "BlobBeingRehydrated") => Error::unusable(code),
        // Who asks, and from where; a container that is not there; a condition that does not hold any more; somebody else who writes.
        (401 | 403 | 404 | 409 | 412, _) | (400, "InvalidBlockList" | "InvalidAuthenticationInfo") => unavailable(),
        _ => Error::unusable(format_args!("{status} {code} {message}")),
    }
}

/// Whether the condition of a write did not hold. Whoever wants no blob is told that there is one.
pub(super) fn is_unmet(answer: &Document) -> bool {
    matches!((answer.status.as_u16(), code(answer)), (412, "ConditionNotMet" | "") | (409, "BlobAlreadyExists"))
}

/// Azure's own word for what is wrong.
fn code(answer: &Document) -> &str {
    let header = answer.headers.get("x-ms-error-code").and_then(|code| code.to_str().ok());
    header.or_else(|| element(&answer.body, "Code")).unwrap_or_default()
}
