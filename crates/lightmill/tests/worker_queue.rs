//! Uploads into a bucket become variants in another one, told through a queue.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use common::cloud::{Cloud, DEAD, QUEUE, five};
use common::film::until;

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

#[test]
fn workers_that_are_killed_lose_nothing() {
    let cloud = Cloud::start();
    let mut workers = vec![cloud.worker(), cloud.worker()];
    for i in 0..30 {
        cloud.upload(if i % 2 == 0 { "rocket.jpg" } else { "chelsea.png" }, &format!("{}/photo-{i}.jpg", i % 3));
        if i % 10 == 9 {
            drop(workers.remove(0));
            workers.push(cloud.worker());
        }
    }
    // What a killed worker held comes again after a minute.
    until(LONG, || cloud.depth(QUEUE) == 0);
    let made = cloud.made();
    assert_eq!(made.len(), 30);
    assert!(made.values().all(|variants| *variants == five()), "{made:?}");
    assert_eq!(cloud.depth(DEAD), 0);
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
