use crate::Error;
use crate::aws::Refused;

/// Codes of who may not ask, or is not known.
const FORBIDDEN: [&str; 11] = [
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "KmsAccessDenied",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// What a refusal means for its caller. The details of those that name none go to the log.
pub(super) fn of(queue: &str, refused: &Refused) -> Error {
    let code = refused.code();
    if matches!(code, "QueueDoesNotExist" | "NonExistentQueue" | "AWS.SimpleQueueService.NonExistentQueue") {
        tracing::warn!(queue, %refused, "the queue does not exist in this region and account");
        return Error::NotFound;
    }
    if FORBIDDEN.contains(&code) {
        tracing::warn!(queue, %refused, "the queue may not be used");
        return Error::Forbidden;
    }
    let detail = format!("queue {queue}: {refused}");
    // Without a code nobody answered, or nobody who is the service.
    if refused.is_passing() || code.is_empty() { Error::unavailable(detail) } else { Error::unusable(detail) }
}

/// Whether the refusal says that nobody holds the message by this receipt.
pub(super) fn is_lost(refused: &Refused) -> bool {
    match refused.code() {
        "MessageNotInflight" | "ReceiptHandleIsInvalid" => true,
        // What Amazon says of a message that was deleted. The same code stands for a time that is too long.
        "InvalidParameterValue" => refused.to_string().contains("ReceiptHandle"),
        _ => false,
    }
}
