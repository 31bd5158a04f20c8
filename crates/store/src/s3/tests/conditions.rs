use bytes::Bytes;

use super::canned::{Server, answer, error};
use crate::{Attributes, Condition, Error, Sink, Version};

async fn write(server: &Server, condition: &Condition) -> Result<Version, Error> {
    server.bucket().await.write_if("a", Bytes::from_static(b"x"), &Attributes::default(), condition).await
}

fn unchanged() -> Condition {
    Condition::Unchanged(Version::new("\"1\" v7"))
}

#[tokio::test]
async fn conditions_are_headers_and_answers_tell_the_version() {
    for (condition, header) in [(Condition::Absent, "if-none-match: *"), (unchanged(), "if-match: \"1\"")] {
        let server = Server::start(vec![answer("200 OK", "ETag: \"2\"\r\nx-amz-version-id: v8\r\n", "")]).await;
        assert_eq!(write(&server, &condition).await, Ok(Version::new("\"2\" v8")));
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert!(requests[0].to_lowercase().contains(&format!("\r\n{header}\r\n")), "{}", requests[0]);
    }
}

#[tokio::test]
async fn what_does_not_hold_is_told_apart_from_what_fails() {
    for (status, code, absent, since) in [
        ("412 Precondition Failed", "PreconditionFailed", "changed", "changed"),
        ("409 Conflict", "ConditionalRequestConflict", "changed", "changed"),
        ("409 Conflict", "OperationAborted", "unavailable", "unavailable"),
        ("404 Not Found", "NoSuchKey", "unavailable", "changed"),
        ("404 Not Found", "NoSuchBucket", "unavailable", "unavailable"),
        ("403 Forbidden", "AccessDenied", "forbidden", "forbidden"),
        ("501 Not Implemented", "NotImplemented", "unavailable", "unavailable"),
    ] {
        for (condition, name) in [(Condition::Absent, absent), (unchanged(), since)] {
            let server = Server::start(vec![error(status, code, "")]).await;
            assert_eq!(write(&server, &condition).await.unwrap_err().name(), name, "{code} {condition:?}");
        }
    }
}

#[tokio::test]
async fn a_write_on_a_condition_is_sent_once() {
    let failing = error("500 Internal Server Error", "InternalError", "");
    let server = Server::start(vec![failing, error("412 Precondition Failed", "PreconditionFailed", "")]).await;
    assert_eq!(write(&server, &Condition::Absent).await.unwrap_err().name(), "unavailable");
    assert_eq!(server.lines().len(), 1);
}
