use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;
use crate::aws::{Json, Refused, Service, Settings};

/// Items of one table that are read at most, and bytes of them as JSON.
const MOST_ITEMS: usize = 10_000;
const MOST_BYTES: usize = 16 << 20;

/// Bytes of one answer: a page of a scan has 1 MiB of items, whose JSON is longer.
const PAGE_BYTES: usize = 8 << 20;

/// A table that is small and read as a whole, as configurations are.
///
/// A reading is a `Scan`, eventually consistent, page by page; the table needs to allow `dynamodb:Scan` and nothing else.
/// Who writes meanwhile may be seen in part.
#[derive(Debug)]
pub struct ItemTable {
    table: String,
    service: Json,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Question<'a> {
    table_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclusive_start_key: Option<&'a Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    items: Vec<HashMap<String, Value>>,
    last_evaluated_key: Option<Value>,
}

impl ItemTable {
    /// The table of this name, or ARN. Nothing is asked of it.
    pub fn new(table: impl Into<String>, settings: Settings) -> Self {
        let service = Json::new(Service::DYNAMODB, settings).reading(PAGE_BYTES);
        Self { table: table.into(), service }
    }

    /// Every item, as its attributes in DynamoDB's JSON (`{"PK": {"S": "text"}}`), in no order.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table cannot be asked; [`Error::Unusable`] if it has more than 10 000 items or 16 MiB.
    pub async fn items(&self) -> Result<Vec<Value>, Error> {
        let mut items = Vec::new();
        let (mut start, mut bytes) = (None, 0_usize);
        loop {
            let question = Question { table_name: &self.table, exclusive_start_key: start.as_ref() };
            let answer: Answer = self.service.ask("Scan", &question).await.map_err(|refused| self.error(&refused))?;
            for item in answer.items {
                let item = Value::Object(item.into_iter().collect());
                bytes += item.to_string().len();
                items.push(item);
            }
            if items.len() > MOST_ITEMS || bytes > MOST_BYTES {
                return Err(Error::unusable(format_args!("table {}: it is too large to be read whole", self.table)));
            }
            // A table that says where it goes on, but not further, would be read for ever.
            match answer.last_evaluated_key {
                Some(key) if start.as_ref() != Some(&key) => start = Some(key),
                _ => return Ok(items),
            }
        }
    }

    fn error(&self, refused: &Refused) -> Error {
        Error::unavailable(format_args!("table {}: {refused}", self.table))
    }
}
