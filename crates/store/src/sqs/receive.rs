use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::queue::seconds;
use super::{BATCH, Queue, error};
use crate::Error;
use crate::aws::Asking;

/// The longest wait for a message.
pub const MAX_WAIT: Duration = Duration::from_secs(20);

/// The longest time that a message stays hidden, counted from when it was received.
pub const MAX_VISIBILITY: Duration = Duration::from_hours(12);

/// How much longer than its wait an answer may take.
const MARGIN: Duration = Duration::from_secs(5);

/// How messages are received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receive {
    /// How many at most, 1 to 10; what is more is 10.
    pub max: usize,
    /// How long to wait for the first, in whole seconds, up to [`MAX_WAIT`].
    pub wait: Duration,
    /// How long they stay hidden, up to [`MAX_VISIBILITY`]; `None` for the queue's own time.
    pub visibility: Option<Duration>,
}

/// A message that is hidden from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its name, the same each time that it is received.
    pub id: String,
    /// What deletes it or hides it longer; another one each time that it is received.
    pub receipt: String,
    /// Its text.
    pub body: String,
    /// How often it was received, this time included; an estimate.
    pub receives: u32,
    /// When it was sent.
    pub sent: Option<SystemTime>,
    /// Those attributes of its sender that are texts.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Question {
    max_number_of_messages: usize,
    wait_time_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility_timeout: Option<u64>,
    message_system_attribute_names: [&'static str; 2],
    message_attribute_names: [&'static str; 1],
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    messages: Vec<Given>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    message_id: String,
    receipt_handle: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    string_value: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Change<'a> {
    receipt_handle: &'a str,
    visibility_timeout: u64,
}

impl Queue {
    /// Messages, as soon as there is one; none where none came in time.
    ///
    /// Needs `sqs:ReceiveMessage`. An answer that is lost is asked for again: what was in it comes again when its
    /// visibility timeout ends.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such queue, [`Error::Forbidden`], [`Error::Unavailable`].
    pub async fn receive(&self, receive: Receive) -> Result<Vec<Received>, Error> {
        let question = Question {
            max_number_of_messages: receive.max.clamp(1, BATCH),
            wait_time_seconds: seconds(receive.wait, MAX_WAIT),
            visibility_timeout: receive.visibility.map(|time| seconds(time, MAX_VISIBILITY)),
            message_system_attribute_names: ["ApproximateReceiveCount", "SentTimestamp"],
            message_attribute_names: ["All"],
        };
        let asking = Asking { time: receive.wait.min(MAX_WAIT) + MARGIN, idempotent: true };
        let answer = self.ask::<Answer>("ReceiveMessage", question, asking).await;
        Ok(answer.map_err(|refused| self.error(&refused))?.messages.into_iter().map(Received::from).collect())
    }

    /// Has a message stay hidden for `time` from this moment on; with zero it can be received at once. Whether it was
    /// still in the hands of who has this receipt.
    ///
    /// Needs `sqs:ChangeMessageVisibility`.
    ///
    /// # Errors
    /// As [`Self::receive`]; [`Error::Unusable`] where the message would be hidden for more than 12 hours in all.
    pub async fn change_visibility(&self, receipt: &str, time: Duration) -> Result<bool, Error> {
        let visibility_timeout = seconds(time, MAX_VISIBILITY);
        let question = Change { receipt_handle: receipt, visibility_timeout };
        match self.ask::<IgnoredAny>("ChangeMessageVisibility", question, Asking::default()).await {
            Ok(_) => Ok(true),
            Err(refused) if error::is_lost(&refused) => Ok(false),
            Err(refused) => Err(self.error(&refused)),
        }
    }
}

impl From<Given> for Received {
    fn from(message: Given) -> Self {
        let number = |name| message.attributes.get(name).and_then(|text| text.parse::<u64>().ok());
        let sent = number("SentTimestamp").and_then(|time| UNIX_EPOCH.checked_add(Duration::from_millis(time)));
        let receives = number("ApproximateReceiveCount").and_then(|count| count.try_into().ok()).unwrap_or(1);
        let texts = message.message_attributes.into_iter();
        let attributes = texts.filter_map(|(name, value)| Some((name, value.string_value?))).collect();
        let Given { message_id: id, receipt_handle: receipt, body, .. } = message;
        Self { id, receipt, body, receives, sent, attributes }
    }
}
