//! What Lambda is invoked with.

use serde_json::Value;

use super::document::{DocumentError, text};

/// Messages of the largest batch that Lambda takes from SQS.
const MAX_MESSAGES: usize = 10_000;

/// A document within what a function is invoked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The message of SQS that it came in, which is told where that could not be done; `None` for what came otherwise.
    pub message: Option<String>,
    /// What [`document::read`](super::document::read) reads.
    pub body: String,
}

/// The documents of an invocation: those of messages of SQS (an event source mapping) or of SNS, or the whole, which S3 or
/// EventBridge has sent.
///
/// # Errors
/// What is missing, or that there are more messages than a batch of SQS can have.
pub fn letters(invocation: &Value) -> Result<Vec<Letter>, DocumentError> {
    let records = invocation.get("Records").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if records.len() > MAX_MESSAGES {
        return Err(DocumentError::TooMany(records.len()));
    }
    let from = |record: &Value, name| record.get(name).and_then(Value::as_str).map(str::to_owned);
    match records.first() {
        Some(first) if from(first, "eventSource").as_deref() == Some("aws:sqs") => records.iter().map(of_sqs).collect(),
        // The only service that writes the name so.
        Some(first) if from(first, "EventSource").as_deref() == Some("aws:sns") => records.iter().map(of_sns).collect(),
        _ => Ok(vec![Letter { message: None, body: invocation.to_string() }]),
    }
}

fn of_sqs(record: &Value) -> Result<Letter, DocumentError> {
    Ok(Letter { message: Some(text(record, "/messageId")?.to_owned()), body: text(record, "/body")?.to_owned() })
}

fn of_sns(record: &Value) -> Result<Letter, DocumentError> {
    Ok(Letter { message: None, body: text(record, "/Sns/Message")?.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::events::document::{self, Document};

    const S3: &str = include_str!("document/samples/s3-put.json");

    fn keys(letter: &Letter) -> Vec<String> {
        let Ok(Document::Events { events, .. }) = document::read(letter.body.as_bytes()) else { panic!("{letter:?}") };
        events.into_iter().map(|event| event.key).collect()
    }

    #[test]
    fn all_services_that_invoke_are_understood() {
        let direct: Value = serde_json::from_str(S3).unwrap();
        let sqs = json!({"Records": [
            {"eventSource": "aws:sqs", "messageId": "1", "body": S3, "receiptHandle": "x"},
            {"eventSource": "aws:sqs", "messageId": "2", "body": "nonsense"},
        ]});
        let sns = json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Message": S3}}]});
        let bridge: Value = serde_json::from_str(include_str!("document/samples/eventbridge-created.json")).unwrap();
        let expected = keys(&letters(&direct).unwrap()[0]);
        assert_eq!(expected.len(), 1);
        let both = letters(&sqs).unwrap();
        assert_eq!(both.iter().map(|letter| letter.message.as_deref()).collect::<Vec<_>>(), [Some("1"), Some("2")]);
        assert_eq!((keys(&both[0]), both[1].body.as_str()), (expected.clone(), "nonsense"));
        assert_eq!(keys(&letters(&sns).unwrap()[0]), expected);
        assert_eq!(keys(&letters(&bridge).unwrap()[0]).len(), 1);
    }

    #[test]
    fn what_is_no_invocation_of_these_is_an_error_now_or_when_it_is_read() {
        let sqs = json!({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]});
        assert_eq!(letters(&sqs), Err(DocumentError::Missing("/messageId")));
        let sns = json!({"Records": [{"EventSource": "aws:sns"}]});
        assert_eq!(letters(&sns), Err(DocumentError::Missing("/Sns/Message")));
        let record = json!({"eventSource": "aws:sqs", "messageId": "1", "body": "{}"});
        let many = json!({ "Records": vec![record; MAX_MESSAGES + 1] });
        assert_eq!(letters(&many), Err(DocumentError::TooMany(MAX_MESSAGES + 1)));
        for other in [json!(null), json!({"Records": 7}), json!({"Records": []}), json!({"rawPath": "/"}), json!([1])] {
            let all = letters(&other).unwrap();
            assert_eq!(all.len(), 1, "{other}");
            let told = document::read(all[0].body.as_bytes());
            let empty = Document::Events { events: Vec::new(), ignored: Vec::new() };
            assert!(told.is_err() || told == Ok(empty), "{other}");
        }
    }
}
