use serde::Serialize;
use serde::de::IgnoredAny;

use super::{Failed, Queue, batch};
use crate::Error;
use crate::aws::Asking;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct One<'a> {
    receipt_handle: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Many<'a> {
    entries: Vec<Entry<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    id: String,
    receipt_handle: &'a str,
}

impl Queue {
    /// Removes a message for ever, by the receipt of who received it last. One that is gone is no error.
    ///
    /// Needs `sqs:DeleteMessage`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such queue, [`Error::Forbidden`], [`Error::Unavailable`]; [`Error::Unusable`] if
    /// the queue takes this for no receipt.
    pub async fn delete(&self, receipt: &str) -> Result<(), Error> {
        let question = One { receipt_handle: receipt };
        let answer = self.ask::<IgnoredAny>("DeleteMessage", question, Asking::default()).await;
        answer.map(drop).map_err(|refused| self.error(&refused))
    }

    /// The same for 1 to 10 messages in one request: those that were not removed.
    ///
    /// # Errors
    /// As [`Self::delete`]; then nothing is known of any.
    pub async fn delete_all<'a>(&self, receipts: &[&'a str]) -> Result<Vec<Failed>, Error> {
        self.bounded(receipts.len())?;
        let entry = |(id, receipt_handle): (usize, &&'a str)| Entry { id: id.to_string(), receipt_handle };
        let entries = receipts.iter().enumerate().map(entry).collect();
        let answer = self.ask::<batch::Answer>("DeleteMessageBatch", Many { entries }, Asking::default()).await;
        self.failed(answer.map_err(|refused| self.error(&refused))?, receipts.len())
    }
}
