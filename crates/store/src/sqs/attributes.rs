use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use super::Queue;
use crate::Error;
use crate::aws::Asking;

const NAMES: [&str; 5] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "VisibilityTimeout",
    "RedrivePolicy",
];

/// What a queue says of itself. The numbers are estimates, some seconds old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueAttributes {
    /// Messages that can be received.
    pub waiting: u64,
    /// Messages that somebody received and did not delete yet.
    pub in_flight: u64,
    /// Messages that cannot be received yet.
    pub delayed: u64,
    /// How long messages stay hidden where nobody says otherwise.
    pub visibility: Duration,
    /// Where those go that are received too often.
    pub redrive: Option<Redrive>,
}

/// Where messages go that are received too often.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redrive {
    /// The ARN of their queue.
    #[serde(rename = "deadLetterTargetArn")]
    pub target: String,
    /// How often they are received at most.
    #[serde(deserialize_with = "number")]
    pub max_receive_count: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Question {
    attribute_names: [&'static str; NAMES.len()],
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

impl Queue {
    /// What the queue says of itself. Needs `sqs:GetQueueAttributes`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such queue, [`Error::Forbidden`], [`Error::Unavailable`]; [`Error::Unusable`] if
    /// it says something else.
    pub async fn attributes(&self) -> Result<QueueAttributes, Error> {
        let question = Question { attribute_names: NAMES };
        let answer = self.ask::<Answer>("GetQueueAttributes", question, Asking::default()).await;
        let attributes = answer.map_err(|refused| self.error(&refused))?.attributes;
        read(&attributes).ok_or_else(|| Error::unusable(format_args!("queue {}: odd attributes", self.name())))
    }
}

fn read(attributes: &BTreeMap<String, String>) -> Option<QueueAttributes> {
    let number = |name| attributes.get(name)?.parse::<u64>().ok();
    let redrive = match attributes.get("RedrivePolicy").filter(|text| !text.is_empty()) {
        Some(text) => Some(serde_json::from_str(text).ok()?),
        None => None,
    };
    Some(QueueAttributes {
        waiting: number(NAMES[0])?,
        in_flight: number(NAMES[1])?,
        delayed: number(NAMES[2])?,
        visibility: Duration::from_secs(number(NAMES[3])?),
        redrive,
    })
}

/// A number, which Amazon's console writes as a number and some tools as a text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u32),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}
