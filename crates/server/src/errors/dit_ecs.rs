//! What Dynamic Image Transformation's ECS engine answers with, as far as it knows the problem.
//!
//! What it tells as its own fault (500) although the client or a picture is at fault is a 400 with its word; where it answers
//! 408 for an origin that is slow, which caches take for a broken client, this answers 504.

use http::StatusCode;
use lightmill_dialects as dialects;
use lightmill_mill::{Error, ErrorKind};
use serde_json::json;

use super::Problem;
use super::table::Kind;

/// The status and the word.
pub(super) fn row(problem: &Problem) -> (StatusCode, &'static str) {
    let kind = problem.kind();
    let status = kind.answer().0;
    match problem {
        Problem::NoSuchKey(_) => return (status, "RESOURCE_NOT_FOUND"),
        Problem::NoMount => return (status, "ORIGIN_NOT_FOUND"),
        Problem::NotAPicture => return (StatusCode::BAD_REQUEST, "INVALID_FORMAT"),
        Problem::NotConfigured => return (status, "SERVICE_UNAVAILABLE"),
        Problem::Mill(Error::Dialect(dialects::Error::DitEcs(error))) => {
            let (number, word) = error.row();
            return (StatusCode::from_u16(number).unwrap_or(status), word);
        }
        Problem::Mill(Error::UnknownSource { .. }) => return (StatusCode::NOT_FOUND, "ORIGIN_NOT_FOUND"),
        Problem::Mill(Error::Store(_)) if kind == Kind::Mill(ErrorKind::Unavailable) => {
            return (StatusCode::BAD_GATEWAY, "BAD_GATEWAY");
        }
        Problem::Mill(Error::Image(_)) if kind == Kind::Mill(ErrorKind::BadRequest) => {
            return (status, "Image Processing Error");
        }
        _ => {}
    }
    match kind {
        Kind::Mill(kind) => match kind {
            ErrorKind::BadRequest => (status, "VALIDATION_ERROR"),
            ErrorKind::Forbidden => (status, "ACCESS_DENIED"),
            ErrorKind::NotFound => (status, "RESOURCE_NOT_FOUND"),
            ErrorKind::SourceTooLarge => (status, "PAYLOAD_TOO_LARGE"),
            ErrorKind::Unsupported | ErrorKind::Corrupt => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "InvalidImage"),
            ErrorKind::Busy => (status, "TOO_MANY_REQUESTS"),
            ErrorKind::Unavailable | ErrorKind::Cancelled => (status, "SERVICE_UNAVAILABLE"),
            ErrorKind::AnalyserFailed => (status, "BAD_GATEWAY"),
            ErrorKind::TimedOut => (status, "RequestTimeout"),
            ErrorKind::NotImplemented => (status, "NOT_IMPLEMENTED"),
            ErrorKind::Internal => (status, "INTERNAL_ERROR"),
        },
        // Of uploads and jobs, which this server does not have.
        Kind::NoJob => (status, "RESOURCE_NOT_FOUND"),
        Kind::UploadFormat | Kind::UploadSize | Kind::IdempotencyKeyUsed | Kind::OtherBucket => {
            (status, "VALIDATION_ERROR")
        }
        Kind::BodyLate => (status, "RequestTimeout"),
        Kind::Overloaded | Kind::JobsFull | Kind::JobsUnavailable => (status, "SERVICE_UNAVAILABLE"),
        Kind::Gone => (status, "GONE"),
        Kind::Unauthorized => (status, "UNAUTHORIZED"),
        Kind::MethodNotAllowed => (status, "METHOD_NOT_ALLOWED"),
        Kind::UriTooLong => (status, "URI_TOO_LONG"),
        Kind::PreconditionFailed => (status, "PRECONDITION_FAILED"),
        Kind::RangeNotSatisfiable => (status, "RANGE_NOT_SATISFIABLE"),
    }
}

/// The body, with the id under which logs have the request.
pub(super) fn body(problem: &Problem, request_id: &str) -> String {
    let (_, word) = row(problem);
    json!({ "error": word, "message": problem.public_text(), "requestId": request_id }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(problem: &Problem) -> (u16, &'static str) {
        let (status, word) = row(problem);
        (status.as_u16(), word)
    }

    #[test]
    fn words_and_statuses_are_the_reference_servers() {
        use lightmill_store as store;
        let mill = |error: Error| told(&Problem::Mill(error));
        assert_eq!(mill(store::Error::NotFound.into()), (404, "RESOURCE_NOT_FOUND"));
        assert_eq!(mill(store::Error::Forbidden.into()), (403, "ACCESS_DENIED"));
        assert_eq!(mill(store::Error::unavailable("x").into()), (502, "BAD_GATEWAY"));
        assert_eq!(mill(store::Error::TimedOut.into()), (504, "RequestTimeout"));
        assert_eq!(mill(lightmill_image::Error::UnknownFormat.into()), (415, "InvalidImage"));
        assert_eq!(mill(Error::UnknownSource { name: "x".to_owned() }), (404, "ORIGIN_NOT_FOUND"));
        let policy = dialects::Error::DitEcs(dialects::dit_ecs::Error::PolicyNotFound);
        assert_eq!(mill(policy.into()), (404, "POLICY_NOT_FOUND"));
        assert_eq!(mill(dialects::Error::SignatureWrong.into()), (403, "ACCESS_DENIED"));
        assert_eq!(told(&Problem::NotAPicture), (400, "INVALID_FORMAT"));
        assert_eq!(told(&Problem::NotConfigured), (503, "SERVICE_UNAVAILABLE"));
        assert_eq!(told(&Problem::MethodNotAllowed("GET, HEAD")), (405, "METHOD_NOT_ALLOWED"));
    }

    #[test]
    fn bodies_name_the_request_and_nothing_inside() {
        let problem = Problem::Mill(lightmill_store::Error::unavailable("/srv/secret").into());
        let body: serde_json::Value = serde_json::from_str(&body(&problem, "id-7")).unwrap();
        assert_eq!((&body["error"], &body["requestId"]), (&json!("BAD_GATEWAY"), &json!("id-7")));
        assert!(!body.to_string().contains("secret"), "{body}");
    }
}
