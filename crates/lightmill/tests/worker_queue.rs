//! Uploads into a bucket become variants in another one, told through a queue.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use common::SAMPLES;
use common::amazon::Amazon;
use common::film::until;
use common::worker::Worker;
use lightmill_testkit::Scratch;
use serde_json::{Value, json};

/// Time for what takes some seconds on a busy machine.
const LONG: Duration = Duration::from_mins(2);

/// What the queues are called.
const QUEUE: &str = "uploads-queue";
const DEAD: &str = "uploads-dead";

/// A cloud with two buckets, of which one tells a queue what happens in it.
struct Cloud {
    amazon: Amazon,
    folder: Scratch,
}

impl Cloud {
    fn start() -> Self {
        let cloud = Self { amazon: Amazon::start(), folder: Scratch::new().unwrap() };
        for bucket in ["uploads", "processed"] {
            let place = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
            assert_eq!(cloud.s3("PUT", &format!("/{bucket}"), place.as_bytes()).0, 200);
        }
        for queue in [QUEUE, DEAD] {
            cloud.sqs("CreateQueue", &json!({ "QueueName": queue }));
        }
        let told = format!(
            "<NotificationConfiguration><QueueConfiguration><Queue>{}</Queue><Event>s3:ObjectCreated:*</Event>\
             <Event>s3:ObjectRemoved:*</Event></QueueConfiguration></NotificationConfiguration>",
            arn(QUEUE)
        );
        assert_eq!(cloud.s3("PUT", "/uploads?notification", told.as_bytes()).0, 200);
        cloud
    }

    fn s3(&self, method: &str, target: &str, body: &[u8]) -> (u16, String) {
        self.amazon.s3(method, target, body)
    }

    fn sqs(&self, action: &str, question: &Value) -> Value {
        self.amazon.ask("sqs", &format!("AmazonSQS.{action}"), question)
    }

    fn upload(&self, sample: &str, key: &str) {
        let bytes = std::fs::read(format!("{SAMPLES}/{sample}")).unwrap();
        assert_eq!(self.s3("PUT", &format!("/uploads/{key}"), &bytes).0, 200, "{key}");
    }

    /// The keys of the variants, by what they begin with.
    fn made(&self) -> BTreeMap<String, BTreeSet<String>> {
        let (status, text) = self.s3("GET", "/processed?list-type=2&max-keys=1000", b"");
        assert_eq!(status, 200, "{text}");
        let keys = text.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned());
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for key in keys {
            let parts: Vec<&str> = key.rsplitn(3, '_').collect();
            let [_, variant, stem] = parts[..] else { panic!("{key}") };
            assert!(all.entry(stem.to_owned()).or_default().insert(variant.to_owned()), "a second {key}");
        }
        all
    }

    /// Messages of a queue that wait and that are held.
    fn depth(&self, queue: &str) -> u64 {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let url = self.sqs("GetQueueUrl", &json!({ "QueueName": queue }))["QueueUrl"].clone();
        let told = self.sqs("GetQueueAttributes", &json!({ "QueueUrl": url, "AttributeNames": names }));
        names.iter().map(|name| told["Attributes"][name].as_str().unwrap().parse::<u64>().unwrap()).sum()
    }

    fn reasons(&self) -> BTreeSet<String> {
        let url = self.sqs("GetQueueUrl", &json!({ "QueueName": DEAD }))["QueueUrl"].clone();
        let question = json!({
            "QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0
        });
        let told = self.sqs("ReceiveMessage", &question);
        let messages = told["Messages"].as_array().cloned().unwrap_or_default();
        let reason = |message: &Value| message["MessageAttributes"]["lightmill-reason"]["StringValue"].clone();
        messages.iter().map(|message| reason(message).as_str().unwrap().to_owned()).collect()
    }

    fn worker(&self) -> Worker {
        let source = |bucket: &str| {
            format!(
                "[sources.{bucket}]\nurl = \"s3://{bucket}?endpoint={}&region=eu-central-1&path_style=true\"\n\
                 access_key_id = \"AKIDEXAMPLE\"\nsecret_access_key = \"not a secret\"\n",
                self.amazon.endpoint()
            )
        };
        let config = format!(
            "{}{}{}[worker]\nsource = \"uploads\"\ntarget = \"processed\"\nqueue = \"{}\"\ndead_letters = \"{}\"\n",
            self.amazon.configuration(),
            source("uploads"),
            source("processed"),
            arn(QUEUE),
            arn(DEAD)
        );
        let file = self.folder.write("lightmill.toml", config).unwrap();
        Worker::start(["--config".as_ref(), file.as_os_str()])
    }
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:eu-central-1:123456789012:{queue}")
}

fn five() -> BTreeSet<String> {
    ["compressed", "low", "png", "thumbnail", "webp"].map(str::to_owned).into()
}

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
