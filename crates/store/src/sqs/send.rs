use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::IgnoredAny;

use super::{Failed, Queue, batch};
use crate::Error;
use crate::aws::Asking;

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewMessage {
    /// Its text: 1 byte to 1 MiB together with the attributes, of characters that XML has.
    pub body: String,
    /// Texts by name, ten at most, none of them empty.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    message_body: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: BTreeMap<&'a str, Attribute<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute<'a> {
    data_type: &'static str,
    string_value: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Many<'a> {
    entries: Vec<Entry<'a>>,
}

/// Two requests would be two messages.
fn once() -> Asking {
    Asking { idempotent: false, ..Asking::default() }
}

impl Queue {
    /// Puts a message. It is there once this returns; where there is no answer it may be there too.
    ///
    /// Needs `sqs:SendMessage`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such queue, [`Error::Forbidden`], [`Error::Unavailable`]; [`Error::Unusable`] if
    /// the queue does not take such a message.
    pub async fn send(&self, message: &NewMessage) -> Result<(), Error> {
        let answer = self.ask::<IgnoredAny>("SendMessage", Entry::of(None, message), once()).await;
        answer.map(drop).map_err(|refused| self.error(&refused))
    }

    /// The same for 1 to 10 messages in one request: those that were not taken.
    ///
    /// # Errors
    /// As [`Self::send`]; then nothing is known of any, but that none is there if the queue refused.
    pub async fn send_all(&self, messages: &[NewMessage]) -> Result<Vec<Failed>, Error> {
        self.bounded(messages.len())?;
        let entries = messages.iter().enumerate().map(|(id, message)| Entry::of(Some(id.to_string()), message));
        let many = Many { entries: entries.collect() };
        let answer = self.ask::<batch::Answer>("SendMessageBatch", many, once()).await;
        self.failed(answer.map_err(|refused| self.error(&refused))?, messages.len())
    }
}

impl<'a> Entry<'a> {
    fn of(id: Option<String>, message: &'a NewMessage) -> Self {
        let attribute = |value: &'a String| Attribute { data_type: "String", string_value: value };
        let attributes = message.attributes.iter().map(|(name, value)| (name.as_str(), attribute(value)));
        Self { id, message_body: &message.body, message_attributes: attributes.collect() }
    }
}
