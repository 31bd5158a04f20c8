use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::table::{key, names, number, pause};
use super::{Item, Table};
use crate::Error;
use crate::aws::Refused;

/// How often a write is tried again that met another one.
const MET: u32 = 12;

/// One write of one item, on a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    kind: Kind,
    condition: String,
    values: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Put(Item),
    Update { id: String, change: Change },
    Delete { id: String },
}

/// What becomes of an item's attributes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    set: Vec<(&'static str, Value)>,
    removed: Vec<&'static str>,
    added: Vec<(&'static str, Value)>,
}

impl Change {
    /// The attribute has this value then.
    #[must_use]
    pub fn set(mut self, name: &'static str, value: Value) -> Self {
        self.set.push((name, value));
        self
    }

    /// The attribute has this value then, or is none.
    #[must_use]
    pub fn put(self, name: &'static str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self.remove(name),
        }
    }

    /// There is no such attribute then.
    #[must_use]
    pub fn remove(mut self, name: &'static str) -> Self {
        self.removed.push(name);
        self
    }

    /// The number is larger by so much then; it is 0 where there is none.
    #[must_use]
    pub fn add(mut self, name: &'static str, by: i64) -> Self {
        self.added.push((name, number(by)));
        self
    }

    /// As an update expression, whose values are called by their attributes.
    fn expression(&self) -> String {
        let each = |parts: Vec<String>, verb: &str| {
            if parts.is_empty() { String::new() } else { format!("{verb} {} ", parts.join(", ")) }
        };
        let set = self.set.iter().map(|(name, _)| format!("#{name} = :set_{name}")).collect();
        let removed = self.removed.iter().map(|name| format!("#{name}")).collect();
        let added = self.added.iter().map(|(name, _)| format!("#{name} :add_{name}")).collect();
        [each(set, "SET"), each(removed, "REMOVE"), each(added, "ADD")].concat().trim_end().to_owned()
    }

    fn values(&self) -> impl Iterator<Item = (String, Value)> {
        let set = self.set.iter().map(|(name, value)| (format!(":set_{name}"), value.clone()));
        set.chain(self.added.iter().map(|(name, value)| (format!(":add_{name}"), value.clone())))
    }
}

/// The item that did not meet a condition, as it was; `None` if there was none.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmet(pub Option<Item>);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Updated {
    #[serde(default)]
    attributes: Item,
}

/// What is stated of a write that was not done.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reason {
    #[serde(default)]
    code: String,
    item: Option<Item>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reasons {
    #[serde(default)]
    cancellation_reasons: Vec<Reason>,
}

impl Write {
    /// Puts a whole item in the place of whatever is there.
    pub fn put(item: Item) -> Self {
        Self::of(Kind::Put(item))
    }

    /// Changes some attributes. An item is made if there is none.
    pub fn update(id: impl Into<String>, change: Change) -> Self {
        let values = change.values().collect();
        Self { values, ..Self::of(Kind::Update { id: id.into(), change }) }
    }

    /// Takes an item away.
    pub fn delete(id: impl Into<String>) -> Self {
        Self::of(Kind::Delete { id: id.into() })
    }

    fn of(kind: Kind) -> Self {
        Self { kind, condition: String::new(), values: Map::new() }
    }

    /// Only if that holds of the item as it is: attributes are `#name`, values `:name`.
    #[must_use]
    pub fn when(self, condition: impl Into<String>) -> Self {
        Self { condition: condition.into(), ..self }
    }

    /// The value `name` (`:state`) of the condition, where it must be used.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// The operation's name in a transaction, and the question.
    fn question(&self, table: &str) -> (&'static str, Value) {
        let mut question = json!({ "TableName": table });
        let (operation, change) = match &self.kind {
            Kind::Put(item) => {
                question["Item"] = json!(item);
                ("Put", String::new())
            }
            Kind::Update { id, change } => {
                let change = change.expression();
                question["Key"] = key(id);
                question["UpdateExpression"] = change.as_str().into();
                ("Update", change)
            }
            Kind::Delete { id } => {
                question["Key"] = key(id);
                ("Delete", String::new())
            }
        };
        if !self.condition.is_empty() {
            question["ConditionExpression"] = self.condition.as_str().into();
            question["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD".into();
        }
        let names = names(&[&change, &self.condition]);
        for (field, map) in [("ExpressionAttributeNames", &names), ("ExpressionAttributeValues", &self.values)] {
            if !map.is_empty() {
                question[field] = map.clone().into();
            }
        }
        (operation, question)
    }
}

impl Table {
    /// Updates one item: the item as it is then, or the one that does not meet the condition.
    ///
    /// A lost answer has the question asked again. Whoever writes something that says who wrote can tell by the item that does
    /// not meet the condition.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table cannot be asked, or the item is written by too many; [`Error::Unusable`] if it refuses.
    pub async fn update(&self, write: &Write) -> Result<Result<Item, Unmet>, Error> {
        let (_, mut question) = write.question(&self.name);
        question["ReturnValues"] = "ALL_NEW".into();
        let mut tried = 0;
        loop {
            let refused = match self.ask::<Updated>("UpdateItem", &question).await {
                Ok(updated) => return Ok(Ok(updated.attributes)),
                Err(refused) => refused,
            };
            tried += 1;
            match refused.code() {
                "ConditionalCheckFailedException" => {
                    let reason: Reason = refused.stated().unwrap_or_default();
                    return Ok(Err(Unmet(reason.item)));
                }
                "TransactionConflictException" => self.give_way(tried).await?,
                _ => return Err(self.error(&refused)),
            }
        }
    }

    /// Does all of `writes` or none of them, each of another item, at most 100: one place for each if none was done, with what
    /// did not meet its condition.
    ///
    /// # Errors
    /// As those of [`Self::update`].
    pub async fn transact(&self, writes: &[Write]) -> Result<Result<(), Vec<Option<Unmet>>>, Error> {
        let items = writes.iter().map(|write| {
            let (operation, question) = write.question(&self.name);
            json!({ operation: question })
        });
        let question = json!({ "TransactItems": items.collect::<Vec<_>>() });
        let mut tried = 0;
        loop {
            let Err(refused) = self.ask::<Value>("TransactWriteItems", &question).await else { return Ok(Ok(())) };
            tried += 1;
            match judge(&refused) {
                Judged::Unmet(unmet) => return Ok(Err(unmet)),
                Judged::Again => self.give_way(tried).await?,
                Judged::Refused => return Err(self.error(&refused)),
            }
        }
    }

    /// Waits for other writes of the same items, unless that was tried often enough.
    async fn give_way(&self, tried: u32) -> Result<(), Error> {
        if tried >= MET {
            return Err(self.unavailable("an item is written by too many"));
        }
        pause(tried).await;
        Ok(())
    }
}

/// What is done about a transaction that was not.
enum Judged {
    Unmet(Vec<Option<Unmet>>),
    /// Another one was under way, or there was too much to do.
    Again,
    Refused,
}

fn judge(refused: &Refused) -> Judged {
    match refused.code() {
        "TransactionInProgressException" => return Judged::Again,
        "TransactionCanceledException" => {}
        _ => return Judged::Refused,
    }
    let Reasons { cancellation_reasons: reasons } = refused.stated().unwrap_or_default();
    let has = |codes: &[&str]| reasons.iter().any(|reason| codes.contains(&reason.code.as_str()));
    if has(&["ConditionalCheckFailed"]) {
        let unmet = |reason: Reason| (reason.code == "ConditionalCheckFailed").then_some(Unmet(reason.item));
        return Judged::Unmet(reasons.into_iter().map(unmet).collect());
    }
    let passes = has(&["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);
    if passes { Judged::Again } else { Judged::Refused }
}
