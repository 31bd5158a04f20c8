use bytes::Bytes;

use super::*;
use crate::canned::{Server, answer};
use crate::gcs::sink::WHOLE_BYTES;
use crate::{Attributes, Condition, Error, Sink, Source, Version, collect};

fn good() -> String {
    answer("200 OK", "x-goog-generation: 7\r\n", "0123456789")
}

#[tokio::test]
async fn keys_are_one_segment() {
    let server = Server::start(vec![good()]).await;
    let bucket = bucket(&server.endpoint);
    bucket.read("a b+/../ü?#", None).await.unwrap();
    bucket.remove("/a//b").await.unwrap();
    let expected = ["GET /photos/a%20b%2B%2F..%2F%C3%BC%3F%23", "DELETE /storage/v1/b/photos/o/%2Fa%2F%2Fb"];
    assert_eq!(server.lines(), expected);
}

#[tokio::test]
async fn a_read_is_one_request() {
    let partial = answer("206 Partial Content", "x-goog-generation: 7\r\nContent-Range: bytes 2-4/10\r\n", "234");
    let server = Server::start(vec![partial, good()]).await;
    let bucket = bucket(&server.endpoint);
    // The second answer passes over the range.
    for _ in 0..2 {
        let object = bucket.read("a", Some(2..5)).await.unwrap();
        assert_eq!((object.stat.size, object.range.clone(), object.stat.version.as_str()), (10, 2..5, "7"));
        assert_eq!(collect(object, 3).await.unwrap(), "234");
    }
    assert_eq!(server.lines().len(), 2);
    assert!(server.requests()[0].to_lowercase().contains("\r\nrange: bytes=2-4\r\n"));
}

#[tokio::test]
async fn what_cannot_be_believed_is_unusable() {
    let range =
        |range| answer("206 Partial Content", &format!("x-goog-generation: 7\r\nContent-Range: {range}\r\n"), "234");
    for bad in [
        range("bytes 0-2/10"),
        range("bytes 2-3/10"),
        range("bytes 2-4/*"),
        answer("200 OK", "ETag: \"1\"\r\n", "0123456789"),
        answer("200 OK", "x-goog-generation: 7\r\nContent-Encoding: gzip\r\n", "0123456789"),
        answer("200 OK", "x-goog-generation: 7\r\nx-goog-stored-content-encoding: gzip\r\n", "0123456789"),
        answer("302 Found", "Location: http://127.0.0.1/\r\n", ""),
    ] {
        let server = Server::start(vec![bad.clone()]).await;
        let answer = bucket(&server.endpoint).read("a", Some(2..5)).await;
        assert!(matches!(answer, Err(Error::Unusable { .. })), "{bad}: {answer:?}");
    }
}

#[tokio::test]
async fn whoever_pays_says_so() {
    let server = Server::start(vec![good()]).await;
    let settings = Settings { user_project: Some("payer-1".to_owned()), ..settings(&server.endpoint, "photos") };
    let bucket = Bucket::open(&settings).unwrap();
    bucket.read("a", None).await.unwrap();
    bucket.write("a", Bytes::new().into(), &Attributes::default()).await.unwrap();
    assert!(server.requests().iter().all(|request| request.contains("\r\nx-goog-user-project: payer-1\r\n")));
}

#[tokio::test]
async fn small_bodies_are_written_at_once() {
    let server = Server::start(vec![answer("200 OK", "", "{}")]).await;
    let attributes = Attributes {
        content_type: Some("image/webp".to_owned()),
        cache_control: Some("no-cache".to_owned()),
        content_disposition: Some("inline".to_owned()),
        metadata: [("made-by".to_owned(), "a test".to_owned())].into(),
    };
    bucket(&server.endpoint).write("a \"b\"", Bytes::from_static(b"the body").into(), &attributes).await.unwrap();
    assert_eq!(server.lines(), ["POST /upload/storage/v1/b/photos/o?uploadType=multipart"]);
    let request = &server.requests()[0];
    for part in [
        r#""name":"a \"b\"""#,
        r#""contentType":"image/webp""#,
        r#""cacheControl":"no-cache""#,
        r#""contentDisposition":"inline""#,
        r#""metadata":{"made-by":"a test"}"#,
        "Content-Type: image/webp\r\n\r\nthe body\r\n--lightmill-",
    ] {
        assert!(request.contains(part), "{part}: {request}");
    }
}

#[tokio::test]
async fn conditions_are_generations() {
    let unchanged = Condition::Unchanged(Version::new("7"));
    for (condition, generation) in [(&Condition::Absent, 0), (&unchanged, 7)] {
        for (status, expected) in [
            ("200 OK", Ok(Version::new("8"))),
            ("412 Precondition Failed", Err(Error::Changed)),
            ("403 Forbidden", Err(Error::Forbidden)),
        ] {
            let server = Server::start(vec![answer(status, "", r#"{"generation":"8"}"#)]).await;
            let body = Bytes::from_static(b"x");
            let written = bucket(&server.endpoint).write_if("a", body, &Attributes::default(), condition).await;
            assert_eq!(written, expected, "{status}");
            let query = format!("uploadType=multipart&ifGenerationMatch={generation}");
            assert_eq!(server.lines(), [format!("POST /upload/storage/v1/b/photos/o?{query}")]);
        }
    }
}

fn session(endpoint: &str) -> String {
    answer("200 OK", &format!("Location: {endpoint}/session?upload_id=U7\r\n"), "")
}

#[tokio::test]
async fn what_the_server_lost_is_sent_again() {
    // Its place is known only after it has been started.
    let places = Server::start(vec![
        answer("308 Resume Incomplete", "Range: bytes=0-9\r\n", ""),
        answer("308 Resume Incomplete", "Range: bytes=0-16777215\r\n", ""),
        answer("200 OK", "", "{}"),
    ])
    .await;
    let server = Server::start(vec![session(&places.endpoint)]).await;
    let body = Bytes::from(vec![1; WHOLE_BYTES as usize + 5]);
    bucket(&server.endpoint).write("a", body.into(), &Attributes::default()).await.unwrap();
    let ranges: Vec<_> = places
        .requests()
        .iter()
        .map(|request| {
            let line = request.lines().find_map(|line| line.strip_prefix("content-range: ").map(str::to_owned));
            line.unwrap()
        })
        .collect();
    assert_eq!(ranges, ["bytes 0-16777215/16777221", "bytes 10-16777220/16777221", "bytes 16777216-16777220/16777221"]);
    assert!(!places.requests()[0].contains("authorization"));
}

#[tokio::test]
async fn an_upload_that_fails_is_given_up() {
    for (bad, name) in
        [(answer("403 Forbidden", "", ""), "forbidden"), (answer("308 Resume Incomplete", "", ""), "unavailable")]
    {
        let places = Server::start(vec![bad]).await;
        let server = Server::start(vec![session(&places.endpoint)]).await;
        let body = Bytes::from(vec![1; WHOLE_BYTES as usize + 5]);
        let answer = bucket(&server.endpoint).write("a", body.into(), &Attributes::default()).await;
        assert_eq!(answer.unwrap_err().name(), name);
        assert_eq!(places.lines().last().unwrap(), "DELETE /session?upload_id=U7");
    }
}

#[tokio::test]
async fn an_upload_whose_caller_goes_away_is_given_up() {
    let places = Server::start(vec![String::new()]).await;
    let server = Server::start(vec![session(&places.endpoint)]).await;
    let bucket = bucket(&server.endpoint);
    let (body, nothing) = (Bytes::from(vec![1; WHOLE_BYTES as usize + 1]), Attributes::default());
    tokio::select! {
        answer = bucket.write("a", body.into(), &nothing) => panic!("{answer:?}"),
        // Until a part is on its way.
        began = crate::canned::soon(|| !places.lines().is_empty()) => assert!(began),
    }
    let given_up = || places.lines().last().is_some_and(|line| line.starts_with("DELETE /session"));
    assert!(crate::canned::soon(given_up).await, "{:?}", places.lines());
}
