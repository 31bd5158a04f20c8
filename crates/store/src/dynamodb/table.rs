use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Address;
use crate::Error;
use crate::aws::{Json, Refused, Service, Settings};

/// Bytes of one answer: 16 MiB of items, whose JSON is longer.
const ANSWER_BYTES: usize = 48 << 20;

/// Keys of one reading.
const BATCH: usize = 100;

/// How often a reading goes on that is answered in parts, without a part.
const EMPTY_HANDED: u32 = 6;

/// An item: its attributes in DynamoDB's JSON (`{"id": {"S": "text"}}`).
pub type Item = BTreeMap<String, Value>;

/// An attribute that is text.
pub fn text(text: impl Into<String>) -> Value {
    json!({ "S": text.into() })
}

/// An attribute that is a number.
pub fn number(number: impl std::fmt::Display) -> Value {
    json!({ "N": number.to_string() })
}

/// Bytes that DynamoDB counts for an item, at most: names and values as UTF-8, 21 for a number. An item has 400 KiB.
pub fn bytes(item: &Item) -> usize {
    let value = |value: &Value| value.get("S").and_then(Value::as_str).map_or(21, str::len);
    item.iter().map(|(name, attribute)| name.len() + value(attribute)).sum()
}

/// A table whose partition key is the text `id`, without a sort key. Items are read and written one by one.
///
/// Every question has a limit of time, and is asked again where it is lost or there is too much to do, as those of
/// [`Json`] are.
#[derive(Debug)]
pub struct Table {
    pub(super) name: String,
    service: Json,
}

/// What is asked of an index.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The index's name.
    pub index: &'a str,
    /// On its keys, with attributes as `#name` and values as `:name`: `#lane = :lane AND #due < :now`.
    pub condition: &'a str,
    /// The condition's values.
    pub values: &'a [(&'a str, Value)],
    /// Whether the smallest sort key comes first.
    pub forward: bool,
    /// Items of one page, at most; a page has 1 MiB.
    pub limit: Option<usize>,
    /// Where the page before ended.
    pub start: Option<&'a Value>,
}

/// Some items of an index, eventually consistent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    /// What the index holds of them.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Where the next page begins, if there may be one.
    #[serde(rename = "LastEvaluatedKey")]
    pub next: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got {
    item: Option<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GotMany {
    #[serde(default)]
    responses: BTreeMap<String, Vec<Item>>,
    #[serde(default)]
    unprocessed_keys: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    table: Value,
}

impl Table {
    /// The table at `address`; its region and endpoint count before those of `settings`. Nothing is asked of it.
    pub fn new(address: Address, settings: Settings) -> Self {
        let Address { table, region, endpoint } = address;
        let region = region.or(settings.region);
        let endpoint = endpoint.or(settings.endpoint);
        let service = Json::new(Service::DYNAMODB, Settings { region, endpoint, ..settings }).reading(ANSWER_BYTES);
        Self { name: table, service }
    }

    /// Its name, or its ARN.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What `DescribeTable` says of it; `None` if there is none.
    pub async fn describe(&self) -> Result<Option<Value>, Error> {
        match self.ask::<Described>("DescribeTable", &json!({ "TableName": self.name })).await {
            Ok(described) => Ok(Some(described.table)),
            Err(refused) if refused.code() == "ResourceNotFoundException" => Ok(None),
            Err(refused) => Err(self.error(&refused)),
        }
    }

    /// The item of this id, as it was last written.
    pub async fn get(&self, id: &str) -> Result<Option<Item>, Error> {
        let question = json!({ "TableName": self.name, "Key": key(id), "ConsistentRead": true });
        let got: Got = self.ask("GetItem", &question).await.map_err(|refused| self.error(&refused))?;
        Ok(got.item)
    }

    /// The items of these ids that there are, as they were last written, in no order. No id may be there twice.
    pub async fn get_many(&self, ids: &[String]) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        for batch in ids.chunks(BATCH) {
            let keys: Vec<Value> = batch.iter().map(|id| key(id)).collect();
            let mut wanted = json!({ "Keys": keys, "ConsistentRead": true });
            let mut empty_handed = 0;
            loop {
                let question = json!({ "RequestItems": { &self.name: wanted } });
                let got: GotMany = self.ask("BatchGetItem", &question).await.map_err(|refused| self.error(&refused))?;
                let found: Vec<Item> = got.responses.into_values().flatten().collect();
                empty_handed = if found.is_empty() { empty_handed + 1 } else { 0 };
                items.extend(found);
                match got.unprocessed_keys.into_values().next() {
                    None => break,
                    Some(_) if empty_handed > EMPTY_HANDED => {
                        return Err(self.unavailable("it answers in too many parts"));
                    }
                    Some(rest) => wanted["Keys"] = rest["Keys"].clone(),
                }
                pause(empty_handed).await;
            }
        }
        Ok(items)
    }

    /// A page of an index.
    pub async fn query(&self, query: &Query<'_>) -> Result<Page, Error> {
        let values = query.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let mut question = json!({
            "TableName": self.name,
            "IndexName": query.index,
            "KeyConditionExpression": query.condition,
            "ExpressionAttributeNames": names(&[query.condition]),
            "ExpressionAttributeValues": values.collect::<Map<_, _>>(),
            "ScanIndexForward": query.forward,
        });
        if let Some(limit) = query.limit {
            question["Limit"] = limit.into();
        }
        if let Some(start) = query.start {
            question["ExclusiveStartKey"] = start.clone();
        }
        self.ask("Query", &question).await.map_err(|refused| self.error(&refused))
    }

    /// The answer to any question. Each is counted in `lightmill_table_requests_total{operation}`.
    pub(super) async fn ask<A: DeserializeOwned>(
        &self,
        operation: &'static str,
        question: &Value,
    ) -> Result<A, Refused> {
        metrics::counter!("lightmill_table_requests_total", "operation" => operation).increment(1);
        self.service.ask(operation, question).await
    }

    /// What a refusal means for whoever asked.
    pub(super) fn error(&self, refused: &Refused) -> Error {
        let detail = format!("table {}: {refused}", self.name);
        // Without a code nobody answered, or nobody who is the service.
        if refused.is_passing() || refused.code().is_empty() {
            Error::unavailable(detail)
        } else {
            Error::unusable(detail)
        }
    }

    pub(super) fn unavailable(&self, problem: &str) -> Error {
        Error::unavailable(format_args!("table {}: {problem}", self.name))
    }
}

/// The key of an item.
pub(super) fn key(id: &str) -> Value {
    json!({ "id": text(id) })
}

/// Every attribute that some expressions name as `#name`, by that name: words that DynamoDB reserves for itself are allowed
/// so.
pub(super) fn names(expressions: &[&str]) -> Map<String, Value> {
    let is_end = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
    let named = expressions.iter().flat_map(|expression| expression.split('#').skip(1));
    let named = named.map(|rest| rest.split(is_end).next().unwrap_or_default());
    named.map(|name| (format!("#{name}"), name.into())).collect()
}

/// Waits before attempt number `tried`, by chance so long that those who failed together do not come together: up to 10 ms,
/// 20 and so on, at most 320.
pub(super) async fn pause(tried: u32) {
    let most = Duration::from_millis(5 << tried.min(6));
    tokio::time::sleep(most.mul_f64(fastrand::f64())).await;
}
