use serde_json::Value;
use url::Url;

use super::{SnsError, hosts};
use crate::events::document::{self, Document, DocumentError, MAX_BYTES, text};

/// What SNS says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody wants this endpoint to be told: it has to say that it wants to be.
    SubscriptionConfirmation,
    /// Something was published.
    Notification,
    /// This endpoint is told nothing more.
    UnsubscribeConfirmation,
}

/// A message of SNS, of which nothing is to be believed before a [`Verifier`](super::Verifier) has said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnsMessage {
    kind: Kind,
    topic: String,
    message: String,
    subscribe_url: Option<String>,
    pub(super) certificate: Url,
    pub(super) version: SignatureVersion,
    pub(super) signature: String,
    pub(super) signed: String,
}

/// How it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureVersion {
    /// RSA PKCS #1 v1.5 with SHA-1.
    Sha1,
    /// The same with SHA-256.
    Sha256,
}

/// What is signed of a notification, in this order; the subject only where there is one.
const OF_NOTIFICATIONS: [&str; 6] = ["/Message", "/MessageId", "/Subject", "/Timestamp", "/TopicArn", "/Type"];

/// What is signed of the other two.
const OF_CONFIRMATIONS: [&str; 7] =
    ["/Message", "/MessageId", "/SubscribeURL", "/Timestamp", "/Token", "/TopicArn", "/Type"];

impl SnsMessage {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`SnsError::Document`] if something is missing, [`SnsError::Host`] if its certificate is elsewhere,
    /// [`SnsError::Form`] if it is signed otherwise.
    pub fn read(body: &[u8]) -> Result<Self, SnsError> {
        if body.len() > MAX_BYTES {
            return Err(DocumentError::TooLarge(body.len()).into());
        }
        let value: Value = serde_json::from_slice(body).map_err(|_| DocumentError::NotJson)?;
        let kind = kind(text(&value, "/Type")?)?;
        let version = match text(&value, "/SignatureVersion")? {
            "1" => SignatureVersion::Sha1,
            "2" => SignatureVersion::Sha256,
            _ => return Err(SnsError::Form),
        };
        let owned = |path| text(&value, path).map(str::to_owned);
        Ok(Self {
            kind,
            topic: owned("/TopicArn")?,
            message: owned("/Message")?,
            subscribe_url: owned("/SubscribeURL").ok(),
            certificate: hosts::of_certificate(text(&value, "/SigningCertURL")?).ok_or(SnsError::Host)?,
            version,
            signature: owned("/Signature")?,
            signed: signed(&value, kind)?,
        })
    }

    /// What it says.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The ARN of its topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// What was published, or a sentence for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Reads what was published.
    ///
    /// # Errors
    /// As [`document::read`].
    pub fn document(&self) -> Result<Document, DocumentError> {
        document::read(self.message.as_bytes())
    }

    /// Where a subscription is confirmed.
    pub(super) fn subscribe_url(&self) -> Option<&str> {
        self.subscribe_url.as_deref().filter(|_| self.kind == Kind::SubscriptionConfirmation)
    }
}

fn kind(name: &str) -> Result<Kind, DocumentError> {
    match name {
        "SubscriptionConfirmation" => Ok(Kind::SubscriptionConfirmation),
        "Notification" => Ok(Kind::Notification),
        "UnsubscribeConfirmation" => Ok(Kind::UnsubscribeConfirmation),
        _ => Err(DocumentError::Unknown),
    }
}

/// The text that is signed: each name and each value on a line of its own.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>
fn signed(value: &Value, kind: Kind) -> Result<String, DocumentError> {
    let paths = match kind {
        Kind::Notification => &OF_NOTIFICATIONS[..],
        Kind::SubscriptionConfirmation | Kind::UnsubscribeConfirmation => &OF_CONFIRMATIONS,
    };
    let mut lines = String::new();
    for &path in paths {
        let text = match value.pointer(path) {
            None | Some(Value::Null) if path == "/Subject" => continue,
            found => found.and_then(Value::as_str).ok_or(DocumentError::Missing(path))?,
        };
        lines.extend([&path[1..], "\n", text, "\n"]);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_in_the_order_of_the_names() {
        let value = serde_json::json!({
            "Type": "Notification", "MessageId": "id", "TopicArn": "arn", "Message": "two\nlines", "Timestamp": "time",
            "Subject": "subject", "SubscribeURL": "not signed here",
        });
        let text = "Message\ntwo\nlines\nMessageId\nid\nSubject\nsubject\nTimestamp\ntime\nTopicArn\narn\nType\nNotification\n";
        assert_eq!(signed(&value, Kind::Notification).as_deref(), Ok(text));
        let without = text.replace("Subject\nsubject\n", "");
        let mut value = value;
        value["Subject"] = Value::Null;
        assert_eq!(signed(&value, Kind::Notification).as_deref(), Ok(without.as_str()));
        assert_eq!(signed(&value, Kind::SubscriptionConfirmation), Err(DocumentError::Missing("/Token")));
        value["Token"] = "token".into();
        let confirmation = "Message\ntwo\nlines\nMessageId\nid\nSubscribeURL\nnot signed here\nTimestamp\ntime\nToken\ntoken\n\
            TopicArn\narn\nType\nNotification\n";
        assert_eq!(signed(&value, Kind::UnsubscribeConfirmation).as_deref(), Ok(confirmation));
    }
}
