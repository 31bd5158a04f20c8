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

    /// Has the bucket tell the queue in three ways, by the first letter of keys: directly, through SNS, and through
    /// EventBridge.
    pub fn tell_in_three_ways(&self) {
        let region = "arn:aws:sns:eu-central-1:123456789012";
        let form = |service: &str, body: &str| {
            let signed = format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/{service}/aws4_request, \
                 SignedHeaders=host, Signature=00"
            );
            let headers = [("authorization", &*signed), ("content-type", "application/x-www-form-urlencoded")];
            let answer = self.amazon.client().send("POST", b"/", &headers, body.as_bytes()).unwrap();
            assert_eq!(answer.status, 200, "{body}: {}", answer.text());
        };
        form("sns", "Action=CreateTopic&Version=2010-03-31&Name=uploads");
        let (topic, queue) = (format!("{region}:uploads"), arn(QUEUE));
        form("sns", &format!("Action=Subscribe&Version=2010-03-31&Protocol=sqs&TopicArn={topic}&Endpoint={queue}"));
        let pattern = json!({"source": ["aws.s3"], "detail": {"object": {"key": [{"prefix": "b/"}]}}}).to_string();
        self.amazon.ask("events", "AWSEvents.PutRule", &json!({"Name": "uploads", "EventPattern": pattern}));
        let targets = json!([{"Id": "queue", "Arn": queue}]);
        self.amazon.ask("events", "AWSEvents.PutTargets", &json!({"Rule": "uploads", "Targets": targets}));
        let events = "<Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRemoved:*</Event>";
        let below = |prefix: &str| {
            format!(
                "<Filter><S3Key><FilterRule><Name>prefix</Name><Value>{prefix}</Value></FilterRule></S3Key></Filter>"
            )
        };
        let told = format!(
            "<NotificationConfiguration>\
             <QueueConfiguration><Queue>{queue}</Queue>{events}{}</QueueConfiguration>\
             <TopicConfiguration><Topic>{topic}</Topic>{events}{}</TopicConfiguration>\
             <EventBridgeConfiguration/></NotificationConfiguration>",
            below("d/"),
            below("t/")
        );
        assert_eq!(self.s3("PUT", "/uploads?notification", told.as_bytes()).0, 200);
    }

    /// Sends a message that tells once more of an object.
    pub fn tell_again(&self, key: &str) {
        let told = json!({"Records": [{
            "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": "uploads"}, "object": {"key": key.replace('/', "%2F")}},
        }]});
        let url = self.sqs("GetQueueUrl", &json!({ "QueueName": QUEUE }))["QueueUrl"].clone();
        self.sqs("SendMessage", &json!({ "QueueUrl": url, "MessageBody": told.to_string() }));
    }

    /// Takes all messages of the queue for what cannot be done away: the keys that they tell of, and why.
    pub fn dead(&self) -> Vec<(String, String)> {
        let url = self.sqs("GetQueueUrl", &json!({ "QueueName": DEAD }))["QueueUrl"].clone();
        let question = json!({ "QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"] });
        let mut all = Vec::new();
        loop {
            let messages = self.sqs("ReceiveMessage", &question)["Messages"].as_array().cloned().unwrap_or_default();
            if messages.is_empty() {
                return all;
            }
            for message in messages {
                let reason = message["MessageAttributes"]["lightmill-reason"]["StringValue"].as_str().unwrap();
                all.push((key_of(message["Body"].as_str().unwrap()), reason.to_owned()));
                self.sqs("DeleteMessage", &json!({ "QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"] }));
            }
        }
    }

    pub fn s3(&self, method: &str, target: &str, body: &[u8]) -> (u16, String) {
        self.amazon.s3(method, target, body)
    }

    pub fn sqs(&self, action: &str, question: &Value) -> Value {
        self.amazon.ask("sqs", &format!("AmazonSQS.{action}"), question)
    }

    pub fn upload(&self, sample: &str, key: &str) {
        let bytes = std::fs::read(format!("{SAMPLES}/{sample}")).unwrap();
        assert_eq!(self.s3("PUT", &format!("/uploads/{key}"), &bytes).0, 200, "{key}");
    }

    /// The variants, by what their keys begin with.
    pub fn made(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for key in self.keys("processed") {
            let parts: Vec<&str> = key.rsplitn(3, '_').collect();
            let [_, variant, stem] = parts[..] else { panic!("{key}") };
            let is_first = all.entry(stem.to_owned()).or_default().insert(variant.to_owned());
            // While one is replaced there are two for a moment.
            if !is_first {
                all.entry(stem.to_owned()).or_default().insert(format!("a second {variant}"));
            }
        }
        all
    }

    fn keys(&self, bucket: &str) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        loop {
            let after = keys
                .last()
                .map_or_else(String::new, |key| format!("&start-after={key}").replace(' ', "%20").replace('+', "%2B"));
            let (status, text) = self.s3("GET", &format!("/{bucket}?list-type=2&max-keys=1000{after}"), b"");
            assert_eq!(status, 200, "{text}");
            keys.extend(text.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()));
            if !text.contains("<IsTruncated>true") {
                return keys;
            }
        }
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
        self.worker_with("")
    }

    /// The same, with more of `[worker]`.
    pub fn worker_with(&self, more: &str) -> Worker {
        let told = format!("queue = \"{}\"\ndead_letters = \"{}\"\n{more}", arn(QUEUE), arn(DEAD));
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

/// The key that a document tells of, in whichever of the three forms.
fn key_of(document: &str) -> String {
    let told: Value = serde_json::from_str(document).unwrap();
    let inner = told["Message"].as_str().map(|message| serde_json::from_str(message).unwrap());
    let told = inner.unwrap_or(told);
    let key = told.pointer("/Records/0/s3/object/key").or_else(|| told.pointer("/detail/object/key")).unwrap();
    key.as_str().unwrap().replace("%2F", "/")
}
