//! Lambda invokes the binary with what happens to objects.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::cloud::{Cloud, DEAD, arn, five};
use common::lambda::Function;
use serde_json::{Value, json};

fn function(cloud: &Cloud, more: &str) -> Function {
    let file = cloud.folder.write("lightmill.toml", cloud.configuration(more)).unwrap();
    Function::start("worker", &[("LIGHTMILL_CONFIG".to_owned(), file.to_str().unwrap().to_owned())])
}

/// What S3 invokes a function with.
fn of_s3(bucket: &str, keys: &[&str]) -> Value {
    let record = |key: &&str| {
        json!({
            "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1, "sequencer": "0055"}},
        })
    };
    json!({ "Records": keys.iter().map(record).collect::<Vec<_>>() })
}

/// What SQS invokes it with: a batch of messages.
fn of_sqs(bodies: &[(&str, String)]) -> Value {
    let record = |(id, body): &(&str, String)| {
        json!({
            "messageId": id, "receiptHandle": "x", "body": body, "eventSource": "aws:sqs",
            "eventSourceARN": arn("uploads-queue"), "attributes": {"ApproximateReceiveCount": "1"},
        })
    };
    json!({ "Records": bodies.iter().map(record).collect::<Vec<_>>() })
}

#[test]
fn every_service_that_invokes_is_answered() {
    let cloud = Cloud::start();
    let function = function(&cloud, &format!("partial_batches = true\ndead_letters = \"{}\"\n", arn(DEAD)));
    for (sample, key) in [("rocket.jpg", "a+b%20c.jpg"), ("coffee.png", "coffee.png"), ("chelsea.png", "x/cat.png")] {
        cloud.upload(sample, key);
    }
    assert_eq!(cloud.s3("PUT", "/uploads/text.jpg", b"no picture").0, 200);
    assert_eq!(function.invoke(of_s3("uploads", &["a%2Bb+c.jpg"])).unwrap()["documents"], 1);
    assert_eq!(cloud.made(), BTreeMap::from([("a+b c".to_owned(), five())]));

    let sns = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": of_s3("uploads", &["coffee.png"]).to_string()}}]});
    function.invoke(sns).unwrap();
    assert_eq!(cloud.made().get("coffee"), Some(&five()));

    // A batch with a good message, one that can never be done, and one that can be done later.
    let batch = of_sqs(&[
        ("good", of_s3("uploads", &["x%2Fcat.png"]).to_string()),
        ("never", of_s3("uploads", &["text.jpg"]).to_string()),
        ("nonsense", "{".to_owned()),
        ("test", json!({"Event": "s3:TestEvent"}).to_string()),
    ]);
    let answer = function.invoke(batch).unwrap();
    assert_eq!(answer, json!({"documents": 4, "batchItemFailures": []}), "what can never be done is put aside");
    assert_eq!(cloud.made().get("x/cat"), Some(&five()));
    assert_eq!(cloud.depth(DEAD), 2);
    let reasons: Vec<String> = cloud.reasons().into_iter().collect();
    assert!(
        reasons[0].starts_with("BadDocument: ") && reasons[1].starts_with("UnsupportedFormatError: "),
        "{reasons:?}"
    );

    // One that is gone, told by EventBridge.
    assert_eq!(cloud.s3("DELETE", "/uploads/coffee.png", b"").0, 204);
    let gone = json!({
        "source": "aws.s3", "detail-type": "Object Deleted", "time": "2026-11-20T10:00:00Z",
        "detail": {"bucket": {"name": "uploads"}, "object": {"key": "coffee.png"}, "deletion-type": "Permanently Deleted"},
    });
    function.invoke(gone).unwrap();
    assert_eq!(cloud.made().len(), 2);
}

#[test]
fn what_is_not_done_is_told_so_that_lambda_repeats_it() {
    let cloud = Cloud::start();
    assert_eq!(cloud.s3("PUT", "/uploads/text.jpg", b"no picture").0, 200);
    cloud.upload("rocket.jpg", "a.jpg");
    let function = function(&cloud, "");
    let told = function.invoke(of_s3("uploads", &["text.jpg"])).unwrap_err();
    assert_eq!(told["errorType"], "UnsupportedFormatError", "{told}");
    let told = function.invoke(of_s3("private", &["a.jpg"])).unwrap_err();
    assert_eq!(told["errorType"], "OtherBucket", "{told}");
    let told = function.invoke(json!({"rawPath": "/a.jpg"})).unwrap_err();
    assert_eq!(told["errorType"], "BadDocument", "{told}");
    // Without `partial_batches` nobody has said that Lambda looks at single messages: the whole batch is repeated.
    let good = ("good", of_s3("uploads", &["a.jpg"]).to_string());
    function.invoke(of_sqs(&[good.clone(), ("bad", "{".to_owned())])).unwrap_err();
    assert_eq!(cloud.made(), BTreeMap::from([("a".to_owned(), five())]), "and what could be done is done");
    function.invoke(of_sqs(&[good])).unwrap();
}

#[test]
fn a_function_that_only_knows_where_variants_go_works_as_before() {
    let cloud = Cloud::start();
    cloud.upload("rocket.jpg", "a.jpg");
    let more = [("PROCESSED_BUCKET", "processed"), ("LOG_LEVEL", "ERROR")];
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let function = Function::start("worker", &[cloud.amazon.environment(), more.to_vec()].concat());
    assert_eq!(function.invoke(of_s3("uploads", &["a.jpg"])).unwrap()["documents"], 1);
    assert_eq!(cloud.made(), BTreeMap::from([("a".to_owned(), five())]));
}
