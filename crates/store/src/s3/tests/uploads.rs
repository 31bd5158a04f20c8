use bytes::Bytes;

use super::canned::{Server, answer, error};
use super::*;
use crate::s3::sink::WHOLE_BYTES;
use crate::{Attributes, Error, Sink};

fn created() -> String {
    let id = "<InitiateMultipartUploadResult><UploadId>U7</UploadId></InitiateMultipartUploadResult>";
    answer("200 OK", "Content-Type: application/xml\r\n", id)
}

fn is_aborted(server: &Server) -> bool {
    let aborts = |line: &String| line.starts_with("DELETE /photos/a?") && line.contains("uploadId=U7");
    server.lines().iter().any(aborts)
}

#[tokio::test]
async fn small_bodies_are_written_at_once() {
    let server = Server::start(vec![answer("200 OK", "ETag: \"1\"\r\n", "")]).await;
    let body = Bytes::from(vec![1; WHOLE_BYTES as usize]);
    server.bucket().await.write("a", body.into(), &Attributes::default()).await.unwrap();
    assert_eq!(server.lines(), ["PUT /photos/a?x-id=PutObject"]);
}

#[tokio::test]
async fn an_upload_that_fails_is_aborted() {
    let server = Server::start(vec![created(), error("403 Forbidden", "AccessDenied", "")]).await;
    let body = Bytes::from(vec![1; WHOLE_BYTES as usize + 1]);
    let answer = server.bucket().await.write("a", body.into(), &Attributes::default()).await;
    assert_eq!(answer, Err(Error::Forbidden));
    assert!(is_aborted(&server), "{:?}", server.lines());
}

#[tokio::test]
async fn an_upload_whose_caller_goes_away_is_aborted() {
    let server = Server::start(vec![created(), String::new()]).await;
    let bucket = server.bucket().await;
    let (body, nothing) = (Bytes::from(vec![1; WHOLE_BYTES as usize + 1]), Attributes::default());
    tokio::select! {
        answer = bucket.write("a", body.into(), &nothing) => panic!("{answer:?}"),
        // Until a part is on its way.
        began = soon(|| server.lines().len() > 1) => assert!(began),
    }
    assert!(soon(|| is_aborted(&server)).await, "{:?}", server.lines());
}

#[tokio::test]
async fn attributes_are_headers() {
    let server = Server::start(vec![answer("200 OK", "ETag: \"1\"\r\n", "")]).await;
    let attributes = Attributes {
        content_type: Some("image/webp".to_owned()),
        cache_control: Some("no-cache".to_owned()),
        content_disposition: Some("inline".to_owned()),
        metadata: [("made-by".to_owned(), "a test".to_owned())].into(),
    };
    server.bucket().await.write("a", Bytes::from_static(b"x").into(), &attributes).await.unwrap();
    let request = server.requests()[0].to_lowercase();
    for header in [
        "content-type: image/webp",
        "cache-control: no-cache",
        "content-disposition: inline",
        "x-amz-meta-made-by: a test",
    ] {
        assert!(request.contains(&format!("\r\n{header}\r\n")), "{header}: {request}");
    }
}
