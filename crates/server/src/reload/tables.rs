use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use lightmill_dialects::dit_ecs::{ConfigEntries, ConfigError};
use lightmill_dialects::sharp::Json;
use lightmill_store::Error;
use lightmill_store::dynamodb::ItemTable;
use metrics::counter;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use crate::config::dit_ecs::{ConfigTable, Filled, Reading};
use crate::config::{Config, Mistake, Mistakes};

/// How long a start, or another configuration, waits for tables.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a table is left alone that has never been read.
const IMPATIENCE: Duration = Duration::from_secs(1);

/// The tables in which mounts have a part of their configuration, and what was last read of each.
///
/// * `lightmill_table_readings_total{outcome}`: `ok`, `changed`, or [`Error::name`] where what was read before stays.
#[derive(Debug, Default)]
pub(super) struct Tables(Vec<Known>);

/// A table, and the last reading of it.
#[derive(Debug)]
struct Known {
    place: ConfigTable,
    table: Arc<ItemTable>,
    /// When it was last asked.
    asked: Option<Instant>,
    reading: Option<Reading>,
    /// Its items as they came, sorted.
    items: Vec<Value>,
    /// Those that could be read, by their keys.
    good: HashMap<String, Json>,
}

/// What a table said.
pub(super) struct Answer {
    place: ConfigTable,
    items: Result<Vec<Value>, Error>,
    took: Duration,
}

impl Tables {
    /// Knows the tables of `config`, too.
    pub(super) fn add(&mut self, config: &Config) {
        for place in config.tables() {
            if self.0.iter().all(|known| known.place != *place) {
                self.0.push(Known::new(place.clone()));
            }
        }
    }

    /// Forgets the tables that are not those of `config`.
    pub(super) fn retain(&mut self, config: &Config) {
        self.0.retain(|known| config.tables().any(|place| *place == known.place));
    }

    /// The answers of all tables whose time has come. They are waited for without this.
    pub(super) fn due(&mut self) -> impl Future<Output = Vec<Answer>> + use<> {
        let due = self.0.iter_mut().filter(|known| known.is_due());
        let questions: Vec<_> = due.map(Known::ask).collect();
        join_all(questions)
    }

    /// Asks the tables that have never been asked, for a short time.
    pub(super) async fn begin(&mut self) {
        let questions: Vec<_> = self.0.iter_mut().filter(|known| known.asked.is_none()).map(Known::ask).collect();
        let bounded = questions.into_iter().map(|question| timeout(PATIENCE, question));
        for answer in join_all(bounded).await {
            if let Ok(answer) = answer {
                self.land(answer);
            } else {
                tracing::error!("a table with a configuration has not answered yet; its mount waits for it");
            }
        }
    }

    /// Takes an answer over; whether anything is another than before. Where it is an error, what was read before stays; so
    /// does each item that could be read before and cannot any more.
    pub(super) fn land(&mut self, answer: Answer) -> bool {
        let Answer { place, items, took } = answer;
        let Some(known) = self.0.iter_mut().find(|known| known.place == place) else { return false };
        let outcome = match items {
            Ok(items) if !known.says_else(&items) => "ok",
            Ok(items) => {
                known.take(items, took);
                "changed"
            }
            Err(error) => {
                let stays = known.reading.is_some();
                tracing::error!(table = known.place.name, reason = ?error, stays, "a configuration cannot be read");
                error.name()
            }
        };
        counter!("lightmill_table_readings_total", "outcome" => outcome).increment(1);
        outcome == "changed"
    }

    /// The configuration with all that is known; what is wrong with it goes to the log.
    pub(super) fn fill(&self, config: &Config) -> Config {
        let Filled { config, mistakes } = config.filled(|place| self.reading(place));
        for mistake in mistakes {
            tracing::warn!(mistake, "a part of a table's configuration is not used");
        }
        config
    }

    fn reading(&self, place: &ConfigTable) -> Option<Reading> {
        self.0.iter().find(|known| known.place == *place)?.reading.clone()
    }
}

impl Known {
    fn new(place: ConfigTable) -> Self {
        let table = Arc::new(ItemTable::new(&place.name, place.aws.clone()));
        Self { place, table, asked: None, reading: None, items: Vec::new(), good: HashMap::new() }
    }

    fn is_due(&self) -> bool {
        let pause = if self.reading.is_some() { self.place.refresh_time } else { IMPATIENCE };
        self.asked.is_none_or(|asked| asked.elapsed() >= pause)
    }

    fn ask(&mut self) -> impl Future<Output = Answer> + use<> {
        let (place, table, start) = (self.place.clone(), Arc::clone(&self.table), Instant::now());
        self.asked = Some(start);
        async move {
            // A scan has no order.
            let items = table.items().await.map(|mut items| {
                items.sort_by_cached_key(Value::to_string);
                items
            });
            Answer { place, items, took: start.elapsed() }
        }
    }

    /// Whether these items, sorted, say anything else than those before.
    fn says_else(&self, items: &[Value]) -> bool {
        self.reading.is_none() || self.items != items
    }

    fn take(&mut self, items: Vec<Value>, took: Duration) {
        let (entries, good, errors) = read(&items, &self.good);
        for error in errors {
            tracing::warn!(table = self.place.name, mistake = %error, "an item of a configuration cannot be read");
        }
        let read_in = self.reading.as_ref().map_or(took, |before| before.read_in);
        self.reading = Some(Reading { entries: Arc::new(entries), read_in });
        (self.items, self.good) = (items, good);
    }
}

/// What items say, of which those that cannot be read are as they were in `before`; those that can be, and what is wrong.
fn read(items: &[Value], before: &HashMap<String, Json>) -> (ConfigEntries, HashMap<String, Json>, Vec<ConfigError>) {
    let mut items: Vec<(String, Json)> = items.iter().filter_map(|item| Some((key(item)?, json(item)?))).collect();
    let (_, errors) = entries(&items);
    let is_broken = |errors: &[ConfigError], own: &str| {
        errors.iter().any(|error| matches!(error, ConfigError::Item(key, _) if key == own))
    };
    for (key, item) in &mut items {
        if let Some(before) = before.get(key).filter(|_| is_broken(&errors, key)) {
            *item = before.clone();
        }
    }
    let (entries, left) = entries(&items);
    let good = items.into_iter().filter(|(key, _)| !is_broken(&left, key)).collect();
    (entries, good, errors)
}

fn entries(items: &[(String, Json)]) -> (ConfigEntries, Vec<ConfigError>) {
    let items: Vec<Json> = items.iter().map(|(_, item)| item.clone()).collect();
    ConfigEntries::from_items(&items)
}

fn key(item: &Value) -> Option<String> {
    Some(item.get("PK")?.get("S")?.as_str()?.to_owned())
}

fn json(item: &Value) -> Option<Json> {
    serde_json::from_value(item.clone()).ok()
}

/// The configuration with what its tables hold at this moment.
///
/// # Errors
/// Every table that cannot be read.
pub async fn read_tables(config: &Config) -> Result<Config, Mistakes> {
    let mut tables = Tables::default();
    tables.add(config);
    let mut mistakes = Vec::new();
    for answer in tables.due().await {
        if let Err(error) = &answer.items {
            let value = Some(format!("\"{}\"", answer.place.name));
            // Whoever runs the command configures it: the detail is theirs.
            mistakes.push(Mistake { key: "dit_ecs.table".to_owned(), value, problem: format!("{error:?}") });
        }
        tables.land(answer);
    }
    if mistakes.is_empty() { Ok(tables.fill(config)) } else { Err(Mistakes(mistakes)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known() -> Known {
        let aws = lightmill_store::aws::Settings::default();
        Known::new(ConfigTable { name: "table".to_owned(), aws, refresh_time: Duration::from_secs(1) })
    }

    fn origin(domain: &Value) -> Value {
        json!({"PK": {"S": "o"}, "GSI1PK": {"S": "ORIGIN"}, "originDomain": domain})
    }

    fn domains(known: &Known) -> Vec<String> {
        let reading = known.reading.as_ref().unwrap();
        reading.entries.origins.iter().map(|origin| origin.domain.clone()).collect()
    }

    #[test]
    fn an_item_that_breaks_stays_as_it_was() {
        let mut known = known();
        let mut take = |items: &[&Value]| {
            let mut items: Vec<Value> = items.iter().map(|item| (*item).clone()).collect();
            items.sort_by_cached_key(Value::to_string);
            let says_else = known.says_else(&items);
            known.take(items, Duration::ZERO);
            (says_else, domains(&known))
        };
        let policy = json!({"PK": {"S": "p"}, "GSI1PK": {"S": "POLICY"}, "policyJSON": {"S": "{"}});
        let (first, broken, other) =
            (origin(&json!({"S": "a.example"})), origin(&json!({"N": "1"})), origin(&json!({"S": "b.example"})));
        let was = |domain: &str| (true, vec![domain.to_owned()]);
        assert_eq!(take(&[&first, &policy]), was("a.example"));
        assert!(!take(&[&policy, &first]).0, "the same");
        assert_eq!(take(&[&broken, &policy]), was("a.example"), "the last good one");
        assert_eq!(take(&[&other, &policy]), was("b.example"));
        assert_eq!(take(&[&policy]), (true, Vec::new()), "what is gone is gone");
    }

    #[test]
    fn an_error_changes_nothing() {
        let mut tables = Tables(vec![known()]);
        let place = tables.0[0].place.clone();
        let answer = |items| Answer { place: place.clone(), items, took: Duration::ZERO };
        assert!(!tables.land(answer(Err(Error::unavailable("down")))));
        assert!(tables.reading(&place).is_none());
        assert!(tables.land(answer(Ok(vec![origin(&json!({"S": "a.example"}))]))));
        assert!(!tables.land(answer(Err(Error::unavailable("down")))));
        assert_eq!(domains(&tables.0[0]), ["a.example"]);
        assert!(!tables.land(answer(Ok(vec![origin(&json!({"S": "a.example"}))]))));
        let other = ConfigTable { name: "other".to_owned(), ..place.clone() };
        assert!(!tables.land(Answer { place: other, items: Ok(Vec::new()), took: Duration::ZERO }), "nobody asked");
    }
}
