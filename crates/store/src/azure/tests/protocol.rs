use bytes::Bytes;

use super::*;
use crate::azure::sink::WHOLE_BYTES;
use crate::canned::{Server, answer};
use crate::{Attributes, Condition, Error, Sink, Source, Version, collect};

fn good() -> String {
    answer("200 OK", "ETag: \"0x8D\"\r\n", "0123456789")
}

fn created() -> String {
    answer("201 Created", "", "")
}

#[tokio::test]
async fn keys_are_encoded() {
    let server = Server::start(vec![good()]).await;
    container(&server.endpoint).read("/a b+//ü?#", None).await.unwrap();
    assert_eq!(server.lines(), ["GET /photos//a%20b%2B//%C3%BC%3F%23"]);
    assert!(server.requests()[0].contains("\r\nx-ms-version: 2023-11-03\r\n"));
}

#[tokio::test]
async fn a_read_is_one_request() {
    let partial = answer("206 Partial Content", "ETag: \"0x8D\"\r\nContent-Range: bytes 2-4/10\r\n", "234");
    let server = Server::start(vec![partial]).await;
    let object = container(&server.endpoint).read("a", Some(2..5)).await.unwrap();
    assert_eq!((object.stat.size, object.range.clone(), object.stat.version.as_str()), (10, 2..5, "\"0x8D\""));
    assert_eq!(collect(object, 3).await.unwrap(), "234");
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_believed_is_unusable() {
    for bad in [
        answer("200 OK", "", "0123456789"),
        answer("200 OK", "ETag: \"1\"\r\nContent-Encoding: gzip\r\n", "0123456789"),
        answer("206 Partial Content", "ETag: \"1\"\r\nContent-Range: bytes 0-2/10\r\n", "234"),
    ] {
        let server = Server::start(vec![bad.clone()]).await;
        let answer = container(&server.endpoint).read("a", Some(2..5)).await;
        assert!(matches!(answer, Err(Error::Unusable { .. })), "{bad}: {answer:?}");
    }
}

#[tokio::test]
async fn attributes_are_headers() {
    let server = Server::start(vec![created()]).await;
    let attributes = Attributes {
        content_type: Some("image/webp".to_owned()),
        cache_control: Some("no-cache".to_owned()),
        content_disposition: Some("inline".to_owned()),
        metadata: [("made-by".to_owned(), "a test".to_owned())].into(),
    };
    let container = container(&server.endpoint);
    container.write("a", Bytes::from_static(b"x").into(), &attributes).await.unwrap();
    container.write("a", Bytes::from(vec![1; WHOLE_BYTES as usize + 1]).into(), &attributes).await.unwrap();
    let requests = server.requests();
    assert_eq!(server.lines()[0], "PUT /photos/a");
    assert!(requests[0].contains("\r\nx-ms-blob-type: BlockBlob\r\n"));
    // Of blocks, only the list has them.
    for request in [&requests[0], &requests[3]] {
        for header in [
            "x-ms-blob-content-type: image/webp",
            "x-ms-blob-cache-control: no-cache",
            "x-ms-blob-content-disposition: inline",
            "x-ms-meta-made_by: a test",
        ] {
            assert!(request.contains(&format!("\r\n{header}\r\n")), "{header}: {request}");
        }
    }
}

#[tokio::test]
async fn conditions_are_headers() {
    let unchanged = Condition::Unchanged(Version::new("\"0x8D\""));
    let code = |code: &str| format!("x-ms-error-code: {code}\r\n");
    for (condition, header) in [(&Condition::Absent, "if-none-match: *"), (&unchanged, "if-match: \"0x8D\"")] {
        for (status, headers, expected) in [
            ("201 Created", "ETag: \"0x8E\"\r\n".to_owned(), Ok("\"0x8E\"")),
            ("412 Precondition Failed", code("ConditionNotMet"), Err("changed")),
            ("409 Conflict", code("BlobAlreadyExists"), Err("changed")),
            // Somebody has it locked by Azure's own means.
            ("412 Precondition Failed", code("LeaseIdMissing"), Err("unavailable")),
            ("404 Not Found", code("ContainerNotFound"), Err("unavailable")),
        ] {
            let server = Server::start(vec![answer(status, &headers, "")]).await;
            let body = Bytes::from_static(b"x");
            let written = container(&server.endpoint).write_if("a", body, &Attributes::default(), condition).await;
            assert_eq!(written.as_ref().map(Version::as_str).map_err(Error::name), expected, "{status} {headers}");
            let requests = server.requests();
            assert_eq!(requests.len(), 1);
            assert!(requests[0].contains(&format!("\r\n{header}\r\n")), "{}", requests[0]);
        }
    }
}

#[tokio::test]
async fn a_list_makes_blocks_a_blob() {
    let server = Server::start(vec![created()]).await;
    let body = Bytes::from(vec![1; 2 * WHOLE_BYTES as usize + 1]);
    container(&server.endpoint).write("a", body.into(), &Attributes::default()).await.unwrap();
    let lines = server.lines();
    let (list, blocks) = lines.split_last().unwrap();
    assert_eq!((list.as_str(), blocks.len()), ("PUT /photos/a?comp=blocklist", 3));
    let ids: Vec<String> = blocks
        .iter()
        .map(|line| {
            line.strip_prefix("PUT /photos/a?comp=block&blockid=").unwrap().replace("%3D", "=").replace("%2B", "+")
        })
        .collect();
    let requests = server.requests();
    let mut listed: Vec<&str> =
        requests[3].split("<Latest>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert!(listed.is_sorted(), "in the order of the body");
    let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    ids.sort_unstable();
    listed.sort_unstable();
    assert_eq!(ids, listed);
}

#[tokio::test]
async fn no_list_is_sent_where_a_block_fails() {
    let server = Server::start(vec![created(), answer("403 Forbidden", "", "")]).await;
    let body = Bytes::from(vec![1; WHOLE_BYTES as usize + 1]);
    let answer = container(&server.endpoint).write("a", body.into(), &Attributes::default()).await;
    assert_eq!(answer, Err(Error::Forbidden));
    assert!(server.lines().iter().all(|line| !line.contains("blocklist")));
}

#[tokio::test]
async fn snapshots_go_with_their_blob() {
    let server = Server::start(vec![answer("202 Accepted", "", "")]).await;
    container(&server.endpoint).remove("a").await.unwrap();
    assert!(server.requests()[0].contains("\r\nx-ms-delete-snapshots: include\r\n"));
}
