//! Uploads into a bucket become variants in another one, told through a queue.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use common::cloud::{Cloud, DEAD, QUEUE, five};
use common::film::until;
use common::mailbox::{Delivery, Mailbox, SECRET};
use common::storm::{Act, Chance, Storm, is_rubbish};
use serde_json::{Value, json};

/// Time for what takes some seconds on a busy machine.
const LONG: Duration = Duration::from_mins(2);

#[test]
fn objects_come_change_and_go() {
    let cloud = Cloud::start();
    let worker = cloud.worker();
    cloud.upload("rocket.jpg", "2026/a%20photo%2B1.jpg");
    cloud.upload("coffee.png", "coffee.png");
    assert_eq!(cloud.s3("PUT", "/uploads/text.jpg", b"no picture").0, 200);
    let both = BTreeMap::from([("2026/a photo+1".to_owned(), five()), ("coffee".to_owned(), five())]);
    until(LONG, || cloud.made() == both);
    // What can never be done is where somebody looks, with its reason; everything else is done.
    until(LONG, || cloud.depth(DEAD) == 1 && cloud.depth(QUEUE) == 0);
    let reasons = cloud.reasons();
    assert!(reasons.iter().all(|reason| reason.starts_with("UnsupportedFormatError: ")), "{reasons:?}");

    // Told twice, made once; another picture has other variants, and only those.
    let before = cloud.s3("GET", "/processed?list-type=2&prefix=coffee", b"").1;
    cloud.upload("coffee.png", "coffee.png");
    cloud.upload("chelsea.png", "coffee.png");
    until(LONG, || cloud.depth(QUEUE) == 0 && cloud.made() == both);
    assert_ne!(cloud.s3("GET", "/processed?list-type=2&prefix=coffee", b"").1, before);
    assert_eq!(cloud.s3("DELETE", "/uploads/coffee.png", b"").0, 204);
    until(LONG, || cloud.made().len() == 1);
    until(LONG, || cloud.depth(QUEUE) == 0);
    let metrics = worker.metrics();
    assert!(metrics.contains("lightmill_inbox_messages{inbox=\"uploads-queue\",state=\"waiting\"}"), "{metrics}");
}

/// Uploads that are told in all ways, some of them bad or told twice, replaced or removed, while workers are killed.
fn storm(count: usize, kills: usize, time: Duration) {
    let cloud = Cloud::start();
    cloud.tell_in_three_ways();
    let storm = Storm::new(count, &["d", "t", "b"], 20_261_122);
    let mut chance = Chance(count as u64);
    let mut workers: Vec<_> = (0..2).map(|_| cloud.worker()).collect();
    let every = storm.acts.len() / kills;
    for (number, act) in storm.acts.iter().enumerate() {
        match act {
            Act::Put(key, bytes) => assert_eq!(cloud.s3("PUT", &format!("/uploads/{key}"), bytes).0, 200, "{key}"),
            Act::Delete(key) => assert_eq!(cloud.s3("DELETE", &format!("/uploads/{key}"), b"").0, 204, "{key}"),
            Act::TellAgain(key) => cloud.tell_again(key),
        }
        if number % every == every - 1 {
            // At whatever it does at this moment.
            drop(workers.remove(chance.below(2) as usize));
            workers.push(cloud.worker());
        }
    }
    // What a killed worker held comes again after a minute.
    until(time, || cloud.depth(QUEUE) == 0);
    let made = cloud.made();
    assert!(storm.is_over(&made), "{} of {}: {made:?}", made.len(), storm.good.len());
    // A bad object that was replaced by a good one may be there for what it was.
    let dead = cloud.dead();
    let is_told = |key: &String| dead.iter().any(|(told, reason)| told == key && reason.contains("Error: "));
    let missing: Vec<_> = storm.bad.iter().filter(|key| !is_told(key)).collect();
    assert!(!storm.bad.is_empty() && missing.is_empty(), "{missing:?} of {dead:?}");
    let always_good = |key: &String| {
        !storm.acts.iter().any(|act| matches!(act, Act::Put(of, bytes) if of == key && is_rubbish(bytes)))
    };
    assert!(!dead.iter().any(|(key, _)| always_good(key)), "{dead:?}");
}

#[test]
fn workers_that_are_killed_lose_nothing() {
    storm(60, 4, LONG);
}

#[test]
#[ignore = "slow: ./dev test --long"]
fn a_thousand_uploads_lose_nothing() {
    storm(1000, 20, Duration::from_mins(15));
}

#[test]
fn a_worker_that_is_asked_to_stop_gives_back_what_it_holds() {
    let cloud = Cloud::start();
    for i in 0..10 {
        cloud.upload("chelsea.png", &format!("photo-{i}.jpg"));
    }
    let worker = cloud.worker();
    until(LONG, || cloud.held(QUEUE) > 2);
    assert_eq!(worker.stop(), Some(0));
    // At once, and not when the minute is over for which they were received.
    until(Duration::from_secs(20), || !cloud.look(QUEUE).is_empty());
    let _worker = cloud.worker();
    until(LONG, || cloud.depth(QUEUE) == 0);
    assert_eq!((cloud.made().len(), cloud.depth(DEAD)), (10, 0));
}

#[test]
fn what_becomes_of_objects_is_told_once_and_written_down() {
    let (cloud, mailbox) = (Cloud::start(), Mailbox::open(&[500, 200]));
    let root = cloud.folder.path().display().to_string();
    let more = format!(
        "manifest = true\ndatabase = \"{root}/worker.sqlite\"\n[worker.variants.tiny]\n\
         recipe = \"image/resize,w_20/format,webp\"\n[worker.webhooks.shop]\nurl = \"{}\"\n\
         secrets = [\"{SECRET}\"]\nallow_private = [\"127.0.0.1\"]\n",
        mailbox.url()
    );
    let worker = cloud.worker_with(&more);
    cloud.upload("rocket.jpg", "2026/rocket.jpg");
    let [first, again] = &mailbox.wait(2)[..] else { panic!("{:?}", mailbox.deliveries()) };
    assert_eq!((first.id(), &first.body, first.kind().as_str()), (again.id(), &again.body, "variants.made"));
    assert!(again.is_verified(SECRET));
    let data = again.json()["data"].clone();
    let id = data["id"].as_str().unwrap();
    let manifest = format!("/processed/2026/rocket_manifest_{id}.json");
    let (status, text) = cloud.s3("GET", &manifest, b"");
    assert_eq!((status, serde_json::from_str::<Value>(&text).unwrap()), (200, data.clone()), "{text}");
    assert_eq!((&data["key"], &data["original"]["bytes"]), (&json!("2026/rocket.jpg"), &json!(112_525)));

    // The same event once more, as SQS may have it.
    let url = cloud.sqs("GetQueueUrl", &json!({ "QueueName": QUEUE }))["QueueUrl"].clone();
    let event = json!({ "Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "eventTime": "2026-03-01T10:00:00.000Z",
        "s3": { "bucket": { "name": "uploads" }, "object": { "key": "2026/rocket.jpg", "size": 112_525 } },
    }]});
    cloud.sqs("SendMessage", &json!({ "QueueUrl": url, "MessageBody": event.to_string() }));
    let made =
        |count: u32| worker.metrics().contains(&format!("lightmill_worker_objects_total{{outcome=\"made\"}} {count}"));
    until(LONG, || made(2) && cloud.depth(QUEUE) == 0);

    assert_eq!(cloud.s3("PUT", "/uploads/text.jpg", b"no picture").0, 200);
    until(LONG, || cloud.depth(DEAD) == 1);
    assert_eq!(cloud.s3("DELETE", "/uploads/2026/rocket.jpg", b"").0, 204);
    until(LONG, || cloud.made().is_empty() && cloud.depth(QUEUE) == 0);
    let told = mailbox.wait(4);
    let kinds: Vec<String> = told[1..].iter().map(Delivery::kind).collect();
    assert_eq!(kinds, ["variants.made", "variants.failed", "variants.removed"]);
    assert_eq!(told[3].json()["data"]["names"].as_array().unwrap().len(), 2, "{}", told[3].body);
    assert_eq!(told.len(), 4, "{told:?}");
}
