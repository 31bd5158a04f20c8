use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use lightmill_store as store;
use lightmill_store::sqs::{NewMessage, Queue, Receive, Received};

use super::{Depth, Inbox, Message, Rejected};
use crate::Error;

/// The attribute that says why a message is where nobody works on it.
const REASON: &str = "lightmill-reason";

/// Letters of a reason at most.
const REASON_LETTERS: usize = 500;

/// How an inbox receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqsInboxSettings {
    /// Messages that are received at a time, 1 to 10; by default 10.
    pub batch: usize,
    /// How long is waited for the first, up to 20 seconds; by default 20.
    pub wait: Duration,
    /// How long a message stays in the hands of its taker who says nothing, up to 12 hours; by default a minute.
    pub visibility: Duration,
}

impl Default for SqsInboxSettings {
    fn default() -> Self {
        Self { batch: 10, wait: Duration::from_secs(20), visibility: Duration::from_mins(1) }
    }
}

/// A queue of SQS for what cannot be done, with the reason.
#[derive(Debug)]
pub struct DeadLetters(Queue);

impl DeadLetters {
    /// Those of `queue`.
    pub fn new(queue: Queue) -> Self {
        Self(queue)
    }

    /// Puts a document there, and why.
    ///
    /// # Errors
    /// If the queue does not take it.
    pub async fn put(&self, body: &str, reason: &str) -> Result<(), Error> {
        let attributes = BTreeMap::from([(REASON.to_owned(), sendable(reason))]);
        let letter = NewMessage { body: body.to_owned(), attributes };
        self.0.send(&letter).await.map_err(|error| failed(&self.0, error))
    }
}

/// A queue of SQS.
#[derive(Debug)]
pub struct SqsInbox {
    queue: Queue,
    rejected: Option<DeadLetters>,
    receive: Receive,
}

impl SqsInbox {
    /// Messages of `queue`. Those that are rejected go to `rejected`; without it they stay for the queue's own redrive
    /// policy, which tells no reason.
    pub fn new(queue: Queue, rejected: Option<DeadLetters>, settings: SqsInboxSettings) -> Self {
        let SqsInboxSettings { batch, wait, visibility } = settings;
        Self { queue, rejected, receive: Receive { max: batch, wait, visibility: Some(visibility) } }
    }

    /// The queue's name.
    pub fn name(&self) -> &str {
        self.queue.name()
    }
}

#[async_trait]
impl Inbox for SqsInbox {
    async fn receive(&self) -> Result<Vec<Message>, Error> {
        let received = self.queue.receive(self.receive).await.map_err(|error| failed(&self.queue, error))?;
        Ok(received.into_iter().map(Message::from).collect())
    }

    async fn keep(&self, message: &Message, time: Duration) -> Result<bool, Error> {
        let kept = self.queue.change_visibility(&message.receipt, time).await;
        kept.map_err(|error| failed(&self.queue, error))
    }

    async fn done(&self, message: &Message) -> Result<(), Error> {
        self.queue.delete(&message.receipt).await.map_err(|error| failed(&self.queue, error))
    }

    async fn give_back(&self, message: &Message, after: Duration) -> Result<(), Error> {
        // Where it is in other hands already, it has been given back.
        self.keep(message, after).await.map(drop)
    }

    /// Sent there first, and deleted here then: a process that dies in between leaves it in both.
    async fn reject(&self, message: &Message, reason: &str) -> Result<Rejected, Error> {
        tracing::warn!(queue = self.name(), id = message.id, reason, "a message is rejected");
        let Some(rejected) = &self.rejected else { return Ok(Rejected::Left) };
        rejected.put(&message.body, reason).await?;
        self.done(message).await?;
        Ok(Rejected::Moved)
    }

    async fn depth(&self) -> Result<Depth, Error> {
        let attributes = self.queue.attributes().await.map_err(|error| failed(&self.queue, error))?;
        Ok(Depth { waiting: attributes.waiting + attributes.delayed, held: attributes.in_flight })
    }
}

impl From<Received> for Message {
    fn from(Received { id, receipt, body, receives, sent, .. }: Received) -> Self {
        Self { id, body, receives, sent, receipt }
    }
}

/// A reason as an attribute can hold it: not empty, and without characters that XML lacks.
fn sendable(reason: &str) -> String {
    let is_sendable = |letter: &char| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}');
    let reason: String = reason.chars().filter(is_sendable).take(REASON_LETTERS).collect();
    if reason.is_empty() { "none".to_owned() } else { reason }
}

fn failed(queue: &Queue, error: store::Error) -> Error {
    let name = queue.name();
    match error {
        store::Error::Unavailable { detail, .. } => Error::InboxUnavailable(detail),
        store::Error::TimedOut => Error::InboxUnavailable(format!("queue {name}: no answer in time")),
        store::Error::NotFound => Error::InboxUnusable(format!("queue {name}: it does not exist")),
        store::Error::Forbidden => Error::InboxUnusable(format!("queue {name}: it may not be used")),
        store::Error::Unusable { detail } => Error::InboxUnusable(detail),
        other => Error::InboxUnusable(format!("queue {name}: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_can_be_sent() {
        assert_eq!(sendable("a key is\nnot UTF-8\u{0}\u{ffff}"), "a key isnot UTF-8");
        assert_eq!(sendable("\u{7}"), "none");
        assert_eq!(sendable(&"ä".repeat(1000)).chars().count(), REASON_LETTERS);
    }
}
