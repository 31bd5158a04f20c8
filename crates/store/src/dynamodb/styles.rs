use std::collections::HashMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::aws::{Json, Refused, Service, Settings};
use crate::{Error, Style, Styles};

/// The longest partition key in bytes; a longer name cannot be in a table.
const MAX_NAME: usize = 2048;

/// A table whose partition key is the text `id`, with items `{"id": "box100", "style": "image/resize,w_100"}`. Other
/// attributes belong to other servers and are passed over.
///
/// Each style is one `GetItem`, eventually consistent: [`styles::Cached`](crate::styles::Cached) is meant to stand in
/// front. The table needs to allow `dynamodb:GetItem` and nothing else.
#[derive(Debug)]
pub struct StyleTable {
    table: String,
    service: Json,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Question<'a> {
    table_name: &'a str,
    key: HashMap<&'static str, Text>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    item: Option<HashMap<String, serde_json::Value>>,
}

/// An attribute that is text.
#[derive(Debug, Serialize, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

impl StyleTable {
    /// The table of this name, or ARN. Nothing is asked of it.
    pub fn new(table: impl Into<String>, settings: Settings) -> Self {
        Self { table: table.into(), service: Json::new(Service::DYNAMODB, settings) }
    }

    fn error(&self, refused: &Refused) -> Error {
        Error::unavailable(format_args!("table {}: {refused}", self.table))
    }
}

#[async_trait]
impl Styles for StyleTable {
    async fn style(&self, name: &str) -> Result<Option<Style>, Error> {
        if name.is_empty() || name.len() > MAX_NAME {
            return Ok(None);
        }
        let key = HashMap::from([("id", Text { text: name.to_owned() })]);
        let question = Question { table_name: &self.table, key };
        let answer: Answer = self.service.ask("GetItem", &question).await.map_err(|refused| self.error(&refused))?;
        let Some(mut item) = answer.item else { return Ok(None) };
        let text = item.remove("style").and_then(|value| serde_json::from_value::<Text>(value).ok());
        let Some(Text { text }) = text else {
            let detail = format!("table {}: the item {name:?} has no text `style`", self.table);
            return Err(Error::unusable(detail));
        };
        // The text is its own version, and no attribute tells when it was written.
        Ok(Some(Style { version: text.clone(), text, modified: None }))
    }
}
