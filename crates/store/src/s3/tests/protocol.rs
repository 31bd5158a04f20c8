use super::canned::{Server, answer};
use super::*;
use crate::s3::Role;
use crate::{Attributes, Error, Sink, Source, collect};

fn good() -> String {
    answer("200 OK", "ETag: \"1\"\r\n", "0123456789")
}

#[tokio::test]
async fn keys_are_sent_as_they_are() {
    let server = Server::start(vec![good()]).await;
    let bucket = server.bucket().await;
    for key in KEYS {
        bucket.read(key, None).await.unwrap();
    }
    let expected = KEYS.map(|key| {
        let segments: Vec<String> = key.split('/').map(encoded).collect();
        format!("GET /photos/{}?x-id=GetObject", segments.join("/"))
    });
    assert_eq!(server.lines(), expected);
}

/// RFC 3986, section 2.3: what needs no escape.
fn encoded(segment: &str) -> String {
    const ESCAPED: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(segment, ESCAPED).to_string()
}

#[tokio::test]
async fn a_read_is_one_request() {
    let partial = answer("206 Partial Content", "ETag: \"1\"\r\nContent-Range: bytes 2-4/10\r\n", "234");
    let server = Server::start(vec![partial]).await;
    let object = server.bucket().await.read("a", Some(2..5)).await.unwrap();
    assert_eq!((object.stat.size, object.range.clone()), (10, 2..5));
    assert_eq!(collect(object, 3).await.unwrap(), "234");
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_server_without_ranges_is_read_to_the_range() {
    let server = Server::start(vec![good()]).await;
    let object = server.bucket().await.read("a", Some(2..5)).await.unwrap();
    assert_eq!((object.stat.size, object.range.clone()), (10, 2..5));
    assert_eq!(collect(object, 3).await.unwrap(), "234");
}

#[tokio::test]
async fn another_range_than_the_one_asked_for_is_an_error() {
    for range in ["bytes 0-2/10", "bytes 2-3/10", "bytes 2-4/*", "2-4/10"] {
        let headers = format!("ETag: \"1\"\r\nContent-Range: {range}\r\n");
        let server = Server::start(vec![answer("206 Partial Content", &headers, "234")]).await;
        let answer = server.bucket().await.read("a", Some(2..5)).await;
        assert!(matches!(answer, Err(Error::Unavailable { .. })), "{range}");
    }
}

#[tokio::test]
async fn versions_have_both_etag_and_id() {
    let version = async |headers: &str| {
        let server = Server::start(vec![answer("200 OK", headers, "")]).await;
        server.bucket().await.stat("a").await.map(|stat| stat.version.as_str().to_owned())
    };
    assert_eq!(version("ETag: \"1\"\r\n").await.unwrap(), "\"1\"");
    assert_eq!(version("ETag: \"1\"\r\nx-amz-version-id: v7\r\n").await.unwrap(), "\"1\" v7");
    assert_eq!(version("ETag: \"1\"\r\nx-amz-version-id: null\r\n").await.unwrap(), "\"1\"");
    assert!(matches!(version("").await, Err(Error::Unavailable { .. })));
}

#[tokio::test]
async fn an_empty_range_is_not_read() {
    let server = Server::start(vec![answer("200 OK", "ETag: \"1\"\r\n", "")]).await;
    let object = server.bucket().await.read("a", Some(3..3)).await.unwrap();
    assert_eq!(object.range, 0..0);
    assert_eq!(server.lines(), ["HEAD /photos/a"]);
}

#[tokio::test]
async fn whoever_pays_says_so() {
    let server = Server::start(vec![good()]).await;
    let bucket = Bucket::open(&Settings { requester_pays: true, ..settings(&server.endpoint, "photos") }).await;
    bucket.read("a", None).await.unwrap();
    let _ = bucket.stat("a").await;
    bucket.write("a", bytes::Bytes::new().into(), &Attributes::default()).await.unwrap();
    bucket.remove("a").await.unwrap();
    server.bucket().await.read("a", None).await.unwrap();
    let paid: Vec<bool> =
        server.requests().iter().map(|request| request.contains("x-amz-request-payer: requester")).collect();
    assert_eq!(paid, [true, true, true, true, false]);
}

#[tokio::test]
async fn a_role_is_assumed_once_and_used() {
    let credentials = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
        <Credentials><AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>not a secret either</SecretAccessKey>\
        <SessionToken>a-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
        </AssumeRoleResult></AssumeRoleResponse>";
    let sts = Server::start(vec![answer("200 OK", "Content-Type: text/xml\r\n", credentials)]).await;
    let store = Server::start(vec![good()]).await;
    let role = Role {
        session_name: "mill".to_owned(),
        external_id: Some("from-the-owner".to_owned()),
        endpoint: Some(sts.endpoint.clone()),
        ..Role::new("arn:aws:iam::111122223333:role/reader")
    };
    let bucket = Bucket::open(&Settings { role: Some(role), ..settings(&store.endpoint, "photos") }).await;
    bucket.read("a", None).await.unwrap();
    bucket.read("a", None).await.unwrap();
    let asked = sts.requests();
    assert_eq!(asked.len(), 1);
    for part in ["Credential=AKIDEXAMPLE/", "role%2Freader", "RoleSessionName=mill", "ExternalId=from-the-owner"] {
        assert!(asked[0].contains(part), "{part}: {}", asked[0]);
    }
    for request in store.requests() {
        assert!(request.contains("Credential=ASIAASSUMED/"), "{request}");
        assert!(request.contains("x-amz-security-token: a-token"), "{request}");
    }
}
