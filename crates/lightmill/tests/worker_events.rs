//! Stores tell a worker over HTTP what happens to objects.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::cloud::{Cloud, five};
use common::film::until;
use common::worker::Worker;
use lightmill_testkit::{Client, Response};
use serde_json::{Value, json};

/// Time for what takes some seconds on a busy machine.
const LONG: Duration = Duration::from_mins(2);

const TOKEN: (&str, &str) = ("authorization", "Bearer a token of MinIO");

fn started(cloud: &Cloud) -> Worker {
    let database = cloud.folder.path().join("worker.sqlite");
    let told = format!(
        "database = \"{}\"\n[worker.http]\nlisten = \"127.0.0.1:0\"\ntokens = [\"a token of MinIO\"]\n\
         topics = [\"arn:aws:sns:eu-central-1:123456789012:uploads\"]\n",
        database.display()
    );
    let file = cloud.folder.write("lightmill.toml", cloud.configuration(&told)).unwrap();
    Worker::start(["--config".as_ref(), file.as_os_str()])
}

/// What MinIO posts.
fn document(bucket: &str, key: &str, name: &str) -> Value {
    json!({
        "EventName": name, "Key": format!("{bucket}/{key}"),
        "Records": [{
            "eventVersion": "2.0", "eventSource": "minio:s3", "eventName": name, "eventTime": "2026-11-20T10:00:00.000Z",
            "s3": {"bucket": {"name": bucket}, "object": {"key": key, "sequencer": "17A2"}},
        }],
    })
}

fn post(client: &Client, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
    client.send("POST", path.as_bytes(), headers, body.to_string().as_bytes()).unwrap()
}

#[test]
fn objects_that_are_told_of_come_and_go() {
    let cloud = Cloud::start();
    let mut worker = started(&cloud);
    let (client, path) = worker.events();
    cloud.upload("rocket.jpg", "2026/a%20photo.jpg");
    let created = document("uploads", "2026%2Fa+photo.jpg", "s3:ObjectCreated:Put");
    // Told twice, as MinIO does when it is unsure.
    for _ in 0..2 {
        assert_eq!(post(&client, &path, &[TOKEN], &created).status, 200);
    }
    until(LONG, || cloud.made().get("2026/a photo") == Some(&five()));
    let removed = document("uploads", "2026%2Fa+photo.jpg", "s3:ObjectRemoved:Delete");
    for round in 0..2 {
        assert_eq!(cloud.s3("DELETE", "/uploads/2026/a%20photo.jpg", b"").0, 204);
        assert_eq!(post(&client, &path, &[TOKEN], &removed).status, 200);
        until(LONG, || cloud.made().is_empty());
        if round == 0 {
            // The same bytes again are the same state of the object, which has been done before.
            cloud.upload("rocket.jpg", "2026/a%20photo.jpg");
            assert_eq!(post(&client, &path, &[TOKEN], &created).status, 200);
            until(LONG, || cloud.made().get("2026/a photo") == Some(&five()));
        }
    }
    assert_eq!(worker.stop(), Some(0));
}

#[test]
fn an_answer_is_a_promise() {
    let cloud = Cloud::start();
    let keys: Vec<String> = (0..12).map(|i| format!("photo-{i}.jpg")).collect();
    for key in &keys {
        cloud.upload("rocket.jpg", key);
    }
    let mut worker = started(&cloud);
    let (client, path) = worker.events();
    for key in &keys {
        assert_eq!(post(&client, &path, &[TOKEN], &document("uploads", key, "s3:ObjectCreated:Put")).status, 200);
    }
    // Killed while it works; nobody tells the next one anything.
    drop(worker);
    let _worker = started(&cloud);
    until(LONG, || cloud.made().len() == keys.len() && cloud.made().values().all(|made| *made == five()));
}

#[test]
fn what_is_not_believed_or_makes_no_sense_is_refused() {
    let cloud = Cloud::start();
    let mut worker = started(&cloud);
    let (client, path) = worker.events();
    let good = document("uploads", "a.jpg", "s3:ObjectCreated:Put");
    let sns = |topic: &str| {
        json!({
            "Type": "SubscriptionConfirmation", "MessageId": "1", "TopicArn": topic, "Token": "t", "Message": "Subscribe!",
            "SubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription", "Timestamp": "now",
            "SignatureVersion": "2", "Signature": "AAAA",
            "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem",
        })
    };
    let mut elsewhere = sns("arn:aws:sns:eu-central-1:123456789012:uploads");
    elsewhere["SigningCertURL"] = "https://certificates.example/x.pem".into();
    let of_sns = ("x-amz-sns-message-type", "SubscriptionConfirmation");
    let large = json!({ "Records": [], "more": "x".repeat(300 << 10) });
    for (headers, body, status, word) in [
        (&[][..], &good, 401, "token"),
        (&[("authorization", "Bearer another token")], &good, 401, "token"),
        (&[TOKEN], &json!({"hello": 1}), 400, "document"),
        (&[TOKEN], &json!({"Records": [{"eventName": "s3:ObjectCreated:Put"}]}), 400, "/s3/object"),
        (&[TOKEN], &document("private", "a.jpg", "s3:ObjectCreated:Put"), 422, "private"),
        (&[TOKEN], &large, 413, "262144"),
        // Nothing is believed because its sender says that it is SNS.
        (&[of_sns], &good, 400, "/Type"),
        (&[of_sns], &sns("arn:aws:sns:eu-central-1:123456789012:of-somebody-else"), 403, "topic"),
        (&[of_sns], &elsewhere, 403, "SNS"),
    ] {
        let answer = post(&client, &path, headers, body);
        let told: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, told["status"].as_u64()), (status, Some(u64::from(status))), "{told}");
        assert!(told["message"].as_str().unwrap().contains(word), "{word} in {told}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{told}");
    }
    let get = client.get(&path);
    assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
    assert_eq!(client.get("/").status, 404);
    // A test of the store, and events of other kinds, are taken.
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "uploads"});
    let other = document("uploads", "a.jpg", "s3:ObjectAccessed:Get");
    for taken in [test, other] {
        assert_eq!(post(&client, &path, &[TOKEN], &taken).status, 200, "{taken}");
    }
    let metrics = worker.metrics();
    assert!(metrics.contains("lightmill_worker_documents_total{outcome=\"refused\"} 10"), "{metrics}");
    assert!(metrics.contains("lightmill_worker_documents_total{outcome=\"taken\"} 2"), "{metrics}");
}
