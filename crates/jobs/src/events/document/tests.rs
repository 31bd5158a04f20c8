//! Documents as stores write them, and such as nobody should.

use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Document, DocumentError, MAX_BYTES, MAX_RECORDS, read};
use crate::events::{Event, Sequencer, Version, What};

const PUT: &str = include_str!("samples/s3-put.json");
const MULTIPART: &str = include_str!("samples/s3-multipart.json");
const DELETED: &str = include_str!("samples/s3-delete-marker.json");
const TEST: &str = include_str!("samples/s3-test.json");
const BY_SNS: &str = include_str!("samples/sns-s3-put.json");
const CREATED_BY_BRIDGE: &str = include_str!("samples/eventbridge-created.json");
const DELETED_BY_BRIDGE: &str = include_str!("samples/eventbridge-deleted.json");
const MINIO: &str = include_str!("samples/minio-put.json");

fn events(text: &str) -> Vec<Event> {
    match read(text.as_bytes()) {
        Ok(Document::Events { events, ignored }) if ignored.is_empty() => events,
        other => panic!("{other:?}"),
    }
}

fn put() -> Event {
    Event {
        what: What::Created,
        bucket: "uploads".to_owned(),
        key: "summer 2026/rot+grün.jpg".to_owned(),
        version: Version { id: None, etag: Some("0123456789abcdef0123456789abcdef".to_owned()) },
        size: Some(1_305_107),
        sequencer: Sequencer::read("0055AED6DCD90281E5"),
        at: Some(UNIX_EPOCH + Duration::from_millis(1_772_359_200_123)),
    }
}

/// One record, changed by a test.
fn record(change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(PUT).unwrap();
    change(&mut document["Records"][0]);
    document.to_string()
}

#[test]
fn notifications_of_s3() {
    assert_eq!(events(PUT), [put()]);
    let [multipart] = &events(MULTIPART)[..] else { panic!() };
    assert_eq!(
        (multipart.what, multipart.version.id.as_deref()),
        (What::Created, Some("096fKKXTRTtl3on89fVO.nfljtsv6qko"))
    );
    let [gone] = &events(DELETED)[..] else { panic!() };
    assert_eq!((gone.what, gone.size, &gone.version.etag), (What::Removed, None, &None));
    assert_eq!(gone.is_after(multipart), Some(true));
    assert_eq!(multipart.is_after(gone), Some(false));
    assert_eq!(gone.is_after(gone), None);
    assert_eq!(read(TEST.as_bytes()), Ok(Document::Test));
}

#[test]
fn an_envelope_of_sns_changes_nothing() {
    assert_eq!(events(BY_SNS), [put()]);
    let envelope = |inner: &str| json!({"Type": "Notification", "TopicArn": "a", "Message": inner}).to_string();
    assert_eq!(read(envelope(TEST).as_bytes()), Ok(Document::Test));
    assert_eq!(events(&envelope(CREATED_BY_BRIDGE)), events(CREATED_BY_BRIDGE));
    assert_eq!(read(envelope(BY_SNS).as_bytes()), Err(DocumentError::Nested));
    assert_eq!(read(envelope("hello").as_bytes()), Err(DocumentError::NotJson));
    let empty = json!({"Type": "Notification", "TopicArn": "a"}).to_string();
    assert_eq!(read(empty.as_bytes()), Err(DocumentError::Missing("/Message")));
}

#[test]
fn events_through_eventbridge_have_plain_keys() {
    let [created] = &events(CREATED_BY_BRIDGE)[..] else { panic!() };
    assert_eq!((created.what, created.bucket.as_str()), (What::Created, "uploads"));
    assert_eq!(created.key, "100%25 plain+key ü.jpg");
    assert_eq!(created.version.id.as_deref(), Some("IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"));
    assert_eq!((created.size, created.sequencer.is_some()), (Some(5), true));
    let [gone] = &events(DELETED_BY_BRIDGE)[..] else { panic!() };
    assert_eq!(gone.what, What::Removed);
    let tags = CREATED_BY_BRIDGE.replace("Object Created", "Object Tags Added");
    let ignored = vec!["Object Tags Added".to_owned()];
    assert_eq!(read(tags.as_bytes()), Ok(Document::Events { events: Vec::new(), ignored }));
}

#[test]
fn webhooks_of_minio_are_notifications_too() {
    let [event] = &events(MINIO)[..] else { panic!() };
    assert_eq!((event.what, event.bucket.as_str(), event.key.as_str()), (What::Created, "images", "in/two words.png"));
    assert_eq!(event.version.etag.as_deref(), Some("5d41402abc4b2a76b9719d911017c592"));
}

#[test]
fn several_records_keep_their_order() {
    let mut document: Value = serde_json::from_str(PUT).unwrap();
    let records = document["Records"].as_array_mut().unwrap();
    let (mut gone, mut tagged, mut expired) = (records[0].clone(), records[0].clone(), records[0].clone());
    gone["eventName"] = "ObjectRemoved:Delete".into();
    tagged["eventName"] = format!("ObjectTagging:\n{}", "x".repeat(200)).into();
    // What is ignored need not be whole.
    tagged["s3"] = Value::Null;
    expired["eventName"] = "LifecycleExpiration:DeleteMarkerCreated".into();
    records.extend([gone, tagged, expired]);
    let Ok(Document::Events { events, ignored }) = read(document.to_string().as_bytes()) else { panic!() };
    let what: Vec<_> = events.iter().map(|event| event.what).collect();
    assert_eq!(what, [What::Created, What::Removed, What::Removed]);
    assert!(
        ignored.len() == 1 && ignored[0].chars().count() == 100 && ignored[0].starts_with("ObjectTagging:\u{fffd}x")
    );
}

#[test]
fn what_may_be_missing_may_be_odd() {
    let text = record(|record| {
        record["eventTime"] = "yesterday".into();
        record["s3"]["object"] =
            json!({"key": "a", "size": -1, "eTag": 7, "versionId": "", "sequencer": "later", "new": {}});
    });
    let [event] = &events(&text)[..] else { panic!() };
    assert_eq!((event.key.as_str(), &event.version), ("a", &Version::default()));
    assert_eq!((event.size, &event.sequencer, event.at), (None, &None, None));
    assert_eq!(event.is_after(&put()), None);
}

#[test]
fn errors_name_what_is_missing() {
    type Change = fn(&mut Value);
    let changed: [(&str, Change); 5] = [
        ("/eventName", |record| record["eventName"] = Value::Null),
        ("/s3/object", |record| record["s3"] = json!({"bucket": {"name": "b"}})),
        ("/s3/bucket/name", |record| record["s3"]["bucket"] = json!({})),
        ("/s3/object/key", |record| record["s3"]["object"]["key"] = 7.into()),
        ("/eventName", |record| *record = Value::Null),
    ];
    for (path, change) in changed {
        assert_eq!(read(record(change).as_bytes()), Err(DocumentError::Missing(path)));
    }
    let key = |key: &str| read(record(|record| record["s3"]["object"]["key"] = key.into()).as_bytes());
    assert_eq!(key("%ff"), Err(DocumentError::KeyText));
    assert_eq!(key("%"), Err(DocumentError::KeyEncoding));
    assert_eq!(key(&"k".repeat(1025)), Err(DocumentError::KeyLength(1025)));
    let long = CREATED_BY_BRIDGE.replace("100%25 plain", &"k".repeat(1025));
    assert!(matches!(read(long.as_bytes()), Err(DocumentError::KeyLength(_))));
    for (text, path) in [
        (r#"{"Records": {}}"#, "/Records"),
        (r#"{"source": "aws.s3"}"#, "/detail-type"),
        (r#"{"source": "aws.s3", "detail-type": "Object Created"}"#, "/detail/object"),
    ] {
        assert_eq!(read(text.as_bytes()), Err(DocumentError::Missing(path)), "{text}");
    }
}

#[test]
fn what_is_no_event_is_refused() {
    for text in ["{}", "[]", "7", "null", r#"{"source": "aws.ec2"}"#, r#"{"Type": "SubscriptionConfirmation"}"#] {
        assert_eq!(read(text.as_bytes()), Err(DocumentError::Unknown), "{text}");
    }
    for text in ["", "{", "hello", &"[".repeat(1000)] {
        assert_eq!(read(text.as_bytes()), Err(DocumentError::NotJson), "{text}");
    }
    assert_eq!(read(b"\"\xff\""), Err(DocumentError::NotJson));
}

#[test]
fn documents_have_limits() {
    let spaces = |count: usize| [PUT.as_bytes(), &vec![b' '; count - PUT.len()]].concat();
    assert!(read(&spaces(MAX_BYTES)).is_ok());
    assert_eq!(read(&spaces(MAX_BYTES + 1)), Err(DocumentError::TooLarge(MAX_BYTES + 1)));
    let records = |count| json!({"Records": vec![json!({"eventName": "s3:Other"}); count]}).to_string();
    assert!(read(records(MAX_RECORDS).as_bytes()).is_ok());
    assert_eq!(read(records(MAX_RECORDS + 1).as_bytes()), Err(DocumentError::TooMany(MAX_RECORDS + 1)));
}

proptest! {
    #[test]
    fn anything_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes).is_err());
    }

    /// Every sample with one piece of it replaced: it is read or refused, and what is read keeps the promises.
    #[test]
    fn damaged_documents(sample in 0..8_usize, at in any::<prop::sample::Index>(), piece in "\\PC{0,8}") {
        let sample = [PUT, MULTIPART, DELETED, TEST, BY_SNS, CREATED_BY_BRIDGE, DELETED_BY_BRIDGE, MINIO][sample];
        let at = at.index(sample.len() - 8);
        let bytes = [&sample.as_bytes()[..at], piece.as_bytes(), &sample.as_bytes()[at + 8..]].concat();
        match read(&bytes) {
            Ok(Document::Test) => {}
            Ok(Document::Events { events, ignored }) => {
                prop_assert!(events.len() + ignored.len() == 1);
                prop_assert!(events.iter().all(|event| (1..=1024).contains(&event.key.len()) && !event.bucket.is_empty()));
            }
            Err(error) => prop_assert!(error.to_string().len() < 100),
        }
    }
}
