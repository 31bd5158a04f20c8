//! Two buckets, a queue of what happens in one of them, and a queue of what cannot be done.

use std::collections::{BTreeMap, BTreeSet};

use lightmill_testkit::Scratch;
use serde_json::{Value, json};

use super::SAMPLES;
use super::amazon::Amazon;
use super::worker::Worker;

/// What the queues are called.
pub const QUEUE: &str = "uploads-queue";
pub const DEAD: &str = "uploads-dead";

/// A cloud with two buckets, of which one tells a queue what happens in it.
pub struct Cloud {
    pub amazon: Amazon,
    pub folder: Scratch,
}

impl Cloud {
    pub fn start() -> Self {
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

    pub fn s3(&self, method: &str, target: &str, body: &[u8]) -> (u16, String) {
        let signed = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/s3/aws4_request, \
                      SignedHeaders=host, Signature=00";
        let headers = [("authorization", signed), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
        let answer = self.amazon.client().send(method, target.as_bytes(), &headers, body).unwrap();
        (answer.status, answer.text())
    }

    pub fn sqs(&self, action: &str, question: &Value) -> Value {
        self.amazon.ask("sqs", &format!("AmazonSQS.{action}"), question)
    }

    pub fn upload(&self, sample: &str, key: &str) {
        let bytes = std::fs::read(format!("{SAMPLES}/{sample}")).unwrap();
        assert_eq!(self.s3("PUT", &format!("/uploads/{key}"), &bytes).0, 200, "{key}");
    }

    /// The keys of the variants, by what they begin with.
    pub fn made(&self) -> BTreeMap<String, BTreeSet<String>> {
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
    pub fn depth(&self, queue: &str) -> u64 {
        self.count(queue, "ApproximateNumberOfMessages") + self.held(queue)
    }

    /// Messages of a queue that somebody holds.
    pub fn held(&self, queue: &str) -> u64 {
        self.count(queue, "ApproximateNumberOfMessagesNotVisible")
    }

    fn count(&self, queue: &str, name: &str) -> u64 {
        let url = self.sqs("GetQueueUrl", &json!({ "QueueName": queue }))["QueueUrl"].clone();
        let told = self.sqs("GetQueueAttributes", &json!({ "QueueUrl": url, "AttributeNames": [name] }));
        told["Attributes"][name].as_str().unwrap().parse().unwrap()
    }

    /// Why messages of the second queue cannot be done.
    pub fn reasons(&self) -> BTreeSet<String> {
        let reason = |message: &Value| message["MessageAttributes"]["lightmill-reason"]["StringValue"].clone();
        self.look(DEAD).iter().map(|message| reason(message).as_str().unwrap().to_owned()).collect()
    }

    /// Messages of a queue that somebody could have now, ten at most; they stay there.
    pub fn look(&self, queue: &str) -> Vec<Value> {
        let url = self.sqs("GetQueueUrl", &json!({ "QueueName": queue }))["QueueUrl"].clone();
        let question = json!({
            "QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0
        });
        self.sqs("ReceiveMessage", &question)["Messages"].as_array().cloned().unwrap_or_default()
    }

    /// A worker that takes messages of the queue.
    pub fn worker(&self) -> Worker {
        let told = format!("queue = \"{}\"\ndead_letters = \"{}\"\n", arn(QUEUE), arn(DEAD));
        let file = self.folder.write("lightmill.toml", self.configuration(&told)).unwrap();
        Worker::start(["--config".as_ref(), file.as_os_str()])
    }

    /// The configuration of a worker over the two buckets, with more of `[worker]`.
    pub fn configuration(&self, more: &str) -> String {
        let source = |bucket: &str| {
            format!(
                "[sources.{bucket}]\nurl = \"s3://{bucket}?endpoint={}&region=eu-central-1&path_style=true\"\n\
                 access_key_id = \"AKIDEXAMPLE\"\nsecret_access_key = \"not a secret\"\n",
                self.amazon.endpoint()
            )
        };
        format!(
            "{}{}{}[worker]\nsource = \"uploads\"\ntarget = \"processed\"\n{more}",
            self.amazon.configuration(),
            source("uploads"),
            source("processed"),
        )
    }
}

/// The ARN of a queue.
pub fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:eu-central-1:123456789012:{queue}")
}

/// The variants that are made where nothing is configured.
pub fn five() -> BTreeSet<String> {
    ["compressed", "low", "png", "thumbnail", "webp"].map(str::to_owned).into()
}
