use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::canned::{Server, answer};
use crate::{Attributes, Error, Secret, Sink, Source};

fn error(status: &str, code: &str) -> String {
    let document =
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>in words\nRequestId:1</Message></Error>");
    answer(status, &format!("x-ms-error-code: {code}\r\n"), &document)
}

/// What a key's owner is told.
async fn read_error(answer: String) -> Error {
    let server = Server::start(vec![answer]).await;
    let credentials = Credentials::Key(Secret::new("aHVzaA=="));
    let container = Container::open(&Settings { credentials, ..settings(&server.endpoint, "photos") }).unwrap();
    container.read("a", None).await.expect_err("an error")
}

#[tokio::test]
async fn answers_are_decisions() {
    for (status, code, name) in [
        ("404 Not Found", "BlobNotFound", "not_found"),
        ("404 Not Found", "ContainerNotFound", "unavailable"),
        ("403 Forbidden", "AuthorizationPermissionMismatch", "forbidden"),
        ("403 Forbidden", "InsufficientAccountPermissions", "forbidden"),
        ("403 Forbidden", "AuthenticationFailed", "unavailable"),
        ("403 Forbidden", "AuthorizationFailure", "unavailable"),
        ("401 Unauthorized", "NoAuthenticationInformation", "unavailable"),
        ("409 Conflict", "PublicAccessNotPermitted", "forbidden"),
        ("409 Conflict", "BlobArchived", "unusable"),
        ("409 Conflict", "ContainerBeingDeleted", "unavailable"),
        ("400 Bad Request", "InvalidUri", "invalid_key"),
        ("400 Bad Request", "InvalidBlockList", "unavailable"),
        ("400 Bad Request", "Else", "unusable"),
        ("412 Precondition Failed", "ConditionNotMet", "unavailable"),
        ("500 Internal Server Error", "OperationTimedOut", "timed_out"),
        ("500 Internal Server Error", "InternalError", "unavailable"),
        ("504 Gateway Timeout", "Else", "timed_out"),
    ] {
        let error = read_error(error(status, code)).await;
        assert_eq!(error.name(), name, "{code}: {error:?}");
        if let Error::Unavailable { detail, .. } = error {
            assert!(detail.contains(code) && detail.contains("container lightmill/photos"), "{detail}");
        }
    }
    assert_eq!(read_error(answer("404 Not Found", "", "")).await, Error::NotFound);
}

#[tokio::test]
async fn a_store_that_is_busy_says_when_to_come_back() {
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let error = read_error(answer(status, "x-ms-error-code: ServerBusy\r\nRetry-After: 7\r\n", "")).await;
        let Error::Unavailable { detail, retry_after } = error else { panic!("{error:?}") };
        assert_eq!(retry_after, Some(Duration::from_secs(7)), "{detail}");
    }
}

#[tokio::test]
async fn a_stat_is_one_request_even_where_it_fails() {
    let server = Server::start(vec![answer("404 Not Found", "x-ms-error-code: ContainerNotFound\r\n", "")]).await;
    assert_eq!(container(&server.endpoint).stat("a").await.unwrap_err().name(), "unavailable");
    assert_eq!(server.lines(), ["HEAD /photos/a"]);
}

#[tokio::test]
async fn what_nobody_may_see_is_forbidden() {
    let server =
        Server::start(vec![answer("401 Unauthorized", "x-ms-error-code: NoAuthenticationInformation\r\n", "")]).await;
    assert_eq!(container(&server.endpoint).stat("a").await, Err(Error::Forbidden));
}

#[tokio::test]
async fn what_is_missing_where_something_is_written_is_the_container() {
    let server = Server::start(vec![answer("404 Not Found", "", "")]).await;
    let error = container(&server.endpoint).write("a", Bytes::new().into(), &Attributes::default()).await.unwrap_err();
    assert_eq!(error.name(), "unavailable");
    assert_eq!(container(&server.endpoint).remove("a").await, Ok(()));
}
