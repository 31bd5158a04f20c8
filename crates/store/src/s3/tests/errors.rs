use super::canned::{Server, answer, error};
use super::*;
use crate::{Attributes, Error, Sink, Source};

async fn read_error(answer: String) -> Error {
    let server = Server::start(vec![answer]).await;
    server.bucket().await.read("a", None).await.expect_err("an error")
}

fn detail(error: Error) -> String {
    match error {
        Error::Unavailable { detail, .. } => detail,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn answers_are_decisions() {
    for (status, code, expected) in [
        ("404 Not Found", "NoSuchKey", Error::NotFound),
        ("403 Forbidden", "AccessDenied", Error::Forbidden),
        ("400 Bad Request", "KeyTooLongError", Error::InvalidKey("has more than 1024 bytes")),
    ] {
        assert_eq!(read_error(error(status, code, "")).await, expected, "{code}");
    }
    for (status, code) in [
        ("404 Not Found", "NoSuchBucket"),
        ("403 Forbidden", "InvalidAccessKeyId"),
        ("403 Forbidden", "RequestTimeTooSkewed"),
        ("403 Forbidden", "InvalidObjectState"),
        ("400 Bad Request", "ExpiredToken"),
    ] {
        let detail = detail(read_error(error(status, code, "")).await);
        assert!(detail.contains(code) && detail.contains("photos") && detail.contains("in words"), "{detail}");
    }
}

#[tokio::test]
async fn trouble_is_tried_three_times() {
    for (status, code) in
        [("503 Slow Down", "SlowDown"), ("500 Internal Server Error", "InternalError"), ("502 Bad Gateway", "")]
    {
        let server = Server::start(vec![error(status, code, "")]).await;
        let detail = detail(server.bucket().await.read("a", None).await.unwrap_err());
        assert!(detail.contains(&status[..3]), "{detail}");
        assert_eq!(server.lines().len(), 3, "{code}");
    }
    let good = answer("200 OK", "ETag: \"1\"\r\n", "body");
    let server = Server::start(vec![error("503 Slow Down", "SlowDown", ""), good]).await;
    assert_eq!(server.bucket().await.read("a", None).await.unwrap().stat.size, 4);
    assert_eq!(read_error(error("504 Gateway Timeout", "", "")).await, Error::TimedOut);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let nowhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let bucket = Bucket::open(&settings(&format!("http://{nowhere}"), "photos")).await;
    assert!(detail(bucket.stat("a").await.unwrap_err()).contains("photos"));
    let answer = bucket.write("a", bytes::Bytes::new().into(), &Attributes::default()).await;
    assert!(matches!(answer, Err(Error::Unavailable { .. })));
}

#[tokio::test]
async fn the_right_region_is_named() {
    let malformed = error("400 Bad Request", "AuthorizationHeaderMalformed", "<Region>us-west-2</Region>");
    assert!(detail(read_error(malformed).await).contains("in the region us-west-2"));
    let header = answer("301 Moved Permanently", "x-amz-bucket-region: ap-south-1\r\n", "");
    assert!(detail(read_error(header.clone()).await).contains("in the region ap-south-1"));
    let endpoint = "<Endpoint>photos.s3.eu-west-3.amazonaws.com</Endpoint>";
    let moved = error("301 Moved Permanently", "PermanentRedirect", endpoint);
    assert!(detail(read_error(moved).await).contains("at photos.s3.eu-west-3.amazonaws.com"));
    // A stat has no body to say so; whoever asks for one gets the same words.
    let server = Server::start(vec![answer("301 Moved Permanently", "", ""), header]).await;
    assert!(detail(server.bucket().await.stat("a").await.unwrap_err()).contains("in the region ap-south-1"));
}

#[tokio::test]
async fn what_a_stat_leaves_open_is_asked_again() {
    let (missing, denied) = (answer("404 Not Found", "", ""), answer("403 Forbidden", "", ""));
    let no_key = error("404 Not Found", "NoSuchKey", "");
    let no_bucket = error("404 Not Found", "NoSuchBucket", "");

    let server = Server::start(vec![missing.clone(), no_bucket]).await;
    assert!(detail(server.bucket().await.stat("a").await.unwrap_err()).contains("NoSuchBucket"));
    assert_eq!(server.lines(), ["HEAD /photos/a", "GET /photos/a?x-id=GetObject"]);
    assert!(server.requests()[1].to_lowercase().contains("\r\nrange: bytes=0-0\r\n"));

    // Once the bucket is known to exist, it is the key that does not.
    let server = Server::start(vec![missing.clone(), no_key, missing]).await;
    let bucket = server.bucket().await;
    for _ in 0..3 {
        assert_eq!(bucket.stat("a").await, Err(Error::NotFound));
    }
    assert_eq!(server.lines().len(), 4);

    let server = Server::start(vec![denied.clone(), error("403 Forbidden", "SignatureDoesNotMatch", "")]).await;
    assert!(detail(server.bucket().await.stat("a").await.unwrap_err()).contains("SignatureDoesNotMatch"));
    let server = Server::start(vec![denied, error("403 Forbidden", "AccessDenied", "")]).await;
    assert_eq!(server.bucket().await.stat("a").await, Err(Error::Forbidden));
}
