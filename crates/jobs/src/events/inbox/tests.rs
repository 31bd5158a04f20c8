//! Inboxes against the suite, and what is SQS's own.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use lightmill_store::Secret;
use lightmill_store::aws::{Credentials, Json, Service, Settings};
use lightmill_store::sqs::{NewMessage, Queue, Receive};
use lightmill_testkit::servers::Moto;
use serde_json::{Value, json};

use super::testing::{World, behaves_as_an_inbox};
use super::{DeadLetters, Inbox, MemoryInbox, Rejected, SqsInbox, SqsInboxSettings};
use crate::ErrorKind;
use crate::testing::Stopped;

const MINUTES: Duration = Duration::from_mins(10);

struct Here {
    inbox: MemoryInbox,
    clock: Stopped,
}

#[async_trait]
impl World for Here {
    async fn put(&self, body: &str) {
        self.inbox.put(body);
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    async fn rejected(&self) -> Vec<(String, String)> {
        self.inbox.rejected()
    }
}

#[tokio::test(start_paused = true)]
async fn one_in_memory() {
    let clock = Stopped::new();
    let here = Here { inbox: MemoryInbox::new(MINUTES, Arc::new(clock.clone())), clock };
    behaves_as_an_inbox(&here.inbox, &here).await;
}

#[tokio::test]
async fn one_in_memory_hands_out_what_comes_meanwhile() {
    let inbox = MemoryInbox::new(MINUTES, Arc::new(Stopped::new()));
    let (received, ()) = tokio::join!(inbox.receive(), async { inbox.put("late") });
    assert_eq!(received.unwrap()[0].body, "late");
}

/// It ends with the tests' process.
static MOTO: LazyLock<Moto> = LazyLock::new(|| Moto::start().unwrap_or_else(|error| panic!("{error:#}")));

fn settings() -> Settings {
    Settings {
        region: Some("eu-central-1".to_owned()),
        endpoint: Some(MOTO.endpoint()),
        credentials: Credentials::Key { id: "AKIDEXAMPLE".to_owned(), secret: Secret::new("not a secret") },
        role: None,
    }
}

fn queue(name: &str) -> Queue {
    Queue::new(format!("arn:aws:sqs:eu-central-1:123456789012:{name}").parse().unwrap(), settings())
}

async fn new_queue(name: &str) -> Queue {
    let question = json!({"QueueName": name});
    Json::new(Service::SQS, settings()).ask::<Value>("CreateQueue", &question).await.unwrap();
    queue(name)
}

/// An inbox waits longer than the suite has its messages hidden, so that no time has to be let pass.
fn waiting() -> SqsInboxSettings {
    SqsInboxSettings { wait: Duration::from_secs(2), visibility: MINUTES, ..SqsInboxSettings::default() }
}

struct There {
    queue: Queue,
    rejected: Queue,
}

#[async_trait]
impl World for There {
    async fn put(&self, body: &str) {
        self.queue.send(&NewMessage { body: body.to_owned(), ..NewMessage::default() }).await.unwrap();
    }

    async fn pass(&self, _: Duration) {}

    async fn rejected(&self) -> Vec<(String, String)> {
        let receive = Receive { max: 10, wait: Duration::ZERO, visibility: None };
        let messages = self.rejected.receive(receive).await.unwrap();
        messages.into_iter().map(|message| (message.body, message.attributes["lightmill-reason"].clone())).collect()
    }
}

#[tokio::test]
async fn a_queue_of_sqs() {
    let there = There { queue: new_queue("suite").await, rejected: new_queue("suite-rejected").await };
    let inbox = SqsInbox::new(queue("suite"), Some(DeadLetters::new(queue("suite-rejected"))), waiting());
    behaves_as_an_inbox(&inbox, &there).await;
}

#[tokio::test]
async fn without_a_queue_for_them_rejected_messages_stay() {
    let sender = new_queue("left").await;
    let inbox = SqsInbox::new(queue("left"), None, waiting());
    sender.send(&NewMessage { body: "poison".to_owned(), ..NewMessage::default() }).await.unwrap();
    let messages = inbox.receive().await.unwrap();
    assert_eq!(inbox.reject(&messages[0], "a reason").await.unwrap(), Rejected::Left);
    assert_eq!(inbox.depth().await.unwrap().held, 1, "the queue still has it");
}

#[tokio::test]
async fn what_cannot_be_put_aside_stays() {
    let sender = new_queue("half").await;
    let inbox = SqsInbox::new(queue("half"), Some(DeadLetters::new(queue("nobody-made-this"))), waiting());
    sender.send(&NewMessage { body: "poison".to_owned(), ..NewMessage::default() }).await.unwrap();
    let messages = inbox.receive().await.unwrap();
    let error = inbox.reject(&messages[0], "a reason").await.unwrap_err();
    assert!(error.kind() == ErrorKind::Unusable && error.to_string().contains("nobody-made-this"), "{error}");
    assert_eq!(inbox.depth().await.unwrap().held, 1, "the queue still has it");
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_unusable() {
    let inbox = SqsInbox::new(queue("nobody-made-this-either"), None, waiting());
    let error = inbox.receive().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Unusable && error.to_string().contains("either"), "{error}");
    assert_eq!(inbox.depth().await.unwrap_err().kind(), ErrorKind::Unusable);
}
