//! A queue in the table that the documentation describes, over moto.

mod costs;
mod crashes;
mod middle;
mod races;
mod runner;
mod tables;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use lightmill_store::Secret;
use lightmill_store::aws::{self, Credentials, Json, Service};
use lightmill_store::dynamodb::Address;
use lightmill_testkit::servers::{Moto, jobs_table};
use serde_json::{Value, json};

use super::{DynamoQueue, Settings};
use crate::testing::{MOST, Scratch, Stopped, shows};
use crate::{Queue, Taken};

const LEASE: Duration = Duration::from_secs(30);

/// One for all of these tests; it ends with their process.
static MOTO: LazyLock<Moto> = LazyLock::new(|| Moto::start().unwrap_or_else(|error| panic!("{error:#}")));

fn aws_at(endpoint: &str) -> aws::Settings {
    aws::Settings {
        region: Some("eu-central-1".to_owned()),
        endpoint: Some(endpoint.to_owned()),
        credentials: Credentials::Key { id: "AKIDEXAMPLE".to_owned(), secret: Secret::new("not a secret") },
        role: None,
    }
}

/// Any operation, by whoever else uses the table.
async fn ask(operation: &str, question: &Value) -> Value {
    let json = Json::new(Service::DYNAMODB, aws_at(&MOTO.endpoint()));
    json.ask(operation, question).await.unwrap_or_else(|refused| panic!("{operation}: {refused}"))
}

/// A table that nobody has used.
async fn new_table() -> String {
    static TABLES: AtomicUsize = AtomicUsize::new(0);
    let name = format!("jobs-{}", TABLES.fetch_add(1, Ordering::Relaxed));
    ask("CreateTable", &jobs_table(&name).unwrap()).await;
    name
}

fn settings(table: &str, endpoint: &str) -> Settings {
    let address = Address { table: table.to_owned(), region: None, endpoint: None };
    Settings { address, aws: aws_at(endpoint), most: MOST, keep: Duration::from_hours(1) }
}

/// The table as another instance has it.
async fn open(table: &str, endpoint: &str, clock: &Stopped) -> DynamoQueue {
    DynamoQueue::with_clock(settings(table, endpoint), Arc::new(clock.clone())).await.unwrap()
}

/// A queue in a table of its own.
struct House {
    table: String,
    scratch: Scratch,
}

impl House {
    async fn new() -> Self {
        let (table, clock) = (new_table().await, Stopped::new());
        let queue = open(&table, &MOTO.endpoint(), &clock).await;
        Self { table, scratch: Scratch::of(Arc::new(queue), clock) }
    }

    /// Another instance.
    async fn another(&self) -> DynamoQueue {
        open(&self.table, &MOTO.endpoint(), &self.scratch.clock).await
    }

    /// Every item, by its id.
    async fn items(&self) -> std::collections::BTreeMap<String, Value> {
        let items = ask("Scan", &json!({ "TableName": self.table })).await["Items"].as_array().unwrap().clone();
        items.into_iter().map(|item| (item["id"]["S"].as_str().unwrap().to_owned(), item)).collect()
    }
}

async fn take(queue: &dyn Queue) -> Option<Taken> {
    queue.take("work", LEASE).await.unwrap()
}

shows!(House::new().await.scratch);
