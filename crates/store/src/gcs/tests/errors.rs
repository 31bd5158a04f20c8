use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::canned::{Server, answer};
use crate::{Attributes, Error, Sink, Source};

fn xml(status: &str, code: &str, headers: &str) -> String {
    let document = format!("<?xml version='1.0'?><Error><Code>{code}</Code><Message>in words</Message></Error>");
    answer(status, &format!("Content-Type: application/xml\r\n{headers}"), &document)
}

fn json(status: &str, reason: &str, message: &str) -> String {
    let document = format!(r#"{{"error":{{"code":1,"message":"{message}","errors":[{{"reason":"{reason}"}}]}}}}"#);
    answer(status, "Content-Type: application/json\r\n", &document)
}

async fn read_error(answer: String) -> Error {
    let server = Server::start(vec![answer]).await;
    bucket(&server.endpoint).read("a", None).await.expect_err("an error")
}

#[tokio::test]
async fn answers_are_decisions() {
    for (status, code, name) in [
        ("404 Not Found", "NoSuchKey", "not_found"),
        ("404 Not Found", "NoSuchBucket", "unavailable"),
        ("403 Forbidden", "AccessDenied", "forbidden"),
        ("403 Forbidden", "UserProjectAccountProblem", "unavailable"),
        ("401 Unauthorized", "AuthenticationRequired", "forbidden"),
        ("400 Bad Request", "UserProjectMissing", "unavailable"),
        ("400 Bad Request", "KeyTooLongError", "invalid_key"),
        ("400 Bad Request", "Else", "unusable"),
        ("412 Precondition Failed", "PreconditionFailed", "unavailable"),
        ("408 Request Timeout", "", "timed_out"),
        ("504 Gateway Timeout", "", "timed_out"),
        ("500 Internal Server Error", "InternalError", "unavailable"),
    ] {
        let error = read_error(xml(status, code, "")).await;
        assert_eq!(error.name(), name, "{code}: {error:?}");
        if let Error::Unavailable { detail, .. } = error {
            assert!(detail.contains(code) && detail.contains("bucket photos"), "{detail}");
        }
    }
    assert_eq!(read_error(answer("404 Not Found", "", "No such object: photos/a")).await, Error::NotFound);
}

#[tokio::test]
async fn a_store_that_is_busy_says_when_to_come_back() {
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let error = read_error(xml(status, "SlowDown", "Retry-After: 7\r\n")).await;
        let Error::Unavailable { detail, retry_after } = error else { panic!("{error:?}") };
        assert_eq!(retry_after, Some(Duration::from_secs(7)), "{detail}");
    }
}

#[tokio::test]
async fn what_a_stat_leaves_open_is_asked_again() {
    let (missing, denied) = (answer("404 Not Found", "", ""), answer("403 Forbidden", "", ""));
    let server = Server::start(vec![missing.clone(), xml("404 Not Found", "NoSuchBucket", "")]).await;
    let error = bucket(&server.endpoint).stat("a").await.unwrap_err();
    assert_eq!(error.name(), "unavailable");
    assert_eq!(server.lines(), ["HEAD /photos/a", "GET /photos/a"]);

    // Once the bucket is known to exist, it is the key that does not.
    let server = Server::start(vec![missing.clone(), xml("404 Not Found", "NoSuchKey", ""), missing]).await;
    let bucket = bucket(&server.endpoint);
    for _ in 0..3 {
        assert_eq!(bucket.stat("a").await, Err(Error::NotFound));
    }
    assert_eq!(server.lines().len(), 4);

    let server = Server::start(vec![denied, xml("403 Forbidden", "AccessDenied", "")]).await;
    assert_eq!(super::bucket(&server.endpoint).stat("a").await, Err(Error::Forbidden));
}

#[tokio::test]
async fn what_is_missing_where_something_is_written_is_the_bucket() {
    for (answer, name) in [
        (json("404 Not Found", "notFound", "The specified bucket does not exist."), "unavailable"),
        (json("404 Not Found", "notFound", "Not Found"), "unavailable"),
        (json("403 Forbidden", "forbidden", "does not have storage.objects.create access"), "forbidden"),
        (json("403 Forbidden", "rateLimitExceeded", ""), "unavailable"),
    ] {
        let server = Server::start(vec![answer]).await;
        let error = bucket(&server.endpoint).write("a", Bytes::new().into(), &Attributes::default()).await.unwrap_err();
        assert_eq!(error.name(), name, "{error:?}");
    }
    let server = Server::start(vec![json("404 Not Found", "notFound", "No such object: photos/a")]).await;
    assert_eq!(bucket(&server.endpoint).remove("a").await, Ok(()));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let nowhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = bucket(&format!("http://{nowhere}")).stat("a").await.unwrap_err();
    let Error::Unavailable { detail, .. } = error else { panic!("{error:?}") };
    assert!(detail.contains("bucket photos"), "{detail}");
}
