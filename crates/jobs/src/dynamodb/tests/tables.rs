//! What the table must be like, and what is in it.

use std::time::Duration;

use lightmill_testkit::servers::jobs_table;
use serde_json::{Value, json};

use super::{DynamoQueue, House, LEASE, MOTO, ask, settings, take};
use crate::testing::{new, problem};
use crate::{Clock, Error, ErrorKind, Follow, GiveBack, NewJob, Outcome, Progress, Put, State};

/// What is said of a table that `change` makes of the right one.
async fn refused(name: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut table = jobs_table(name).unwrap();
    change(&mut table);
    ask("CreateTable", &table).await;
    let error = DynamoQueue::open(settings(name, &MOTO.endpoint())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unusable);
    error.to_string()
}

#[tokio::test]
async fn a_table_that_lacks_something_is_refused_by_name() {
    let text = refused("no-indexes", |table| {
        table.as_object_mut().unwrap().remove("GlobalSecondaryIndexes");
        table["AttributeDefinitions"] = json!([{"AttributeName": "id", "AttributeType": "S"}]);
    });
    let text = text.await;
    assert!(text.contains("no-indexes") && text.contains("index `due`") && text.contains("index `list`"), "{text}");
    let text = refused("other-key", |table| {
        table["KeySchema"][0]["AttributeName"] = json!("pk");
        table["AttributeDefinitions"][0]["AttributeName"] = json!("pk");
    });
    assert!(text.await.contains("its key is not `id` (S) alone"));
    let text = refused("other-type", |table| table["AttributeDefinitions"][4]["AttributeType"] = json!("S")).await;
    assert!(text.contains("index `list` are not `listed` (S) and `seq` (N)"), "{text}");
    let text = refused("keys-only", |table| {
        table["GlobalSecondaryIndexes"][1]["Projection"] = json!({"ProjectionType": "KEYS_ONLY"});
    });
    assert!(text.await.contains("index `list` does not include `created`"));
    let gone = DynamoQueue::open(settings("no-table", &MOTO.endpoint())).await.unwrap_err();
    assert!(gone.kind() == ErrorKind::Unusable && gone.to_string().contains("no table no-table"), "{gone}");
    let nobody = DynamoQueue::open(settings("jobs", "http://127.0.0.1:9")).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::Unavailable, "{nobody}");
    // More than is needed is welcome.
    let mut table = jobs_table("more").unwrap();
    table["GlobalSecondaryIndexes"][0]["Projection"] = json!({"ProjectionType": "ALL"});
    ask("CreateTable", &table).await;
    DynamoQueue::open(settings("more", &MOTO.endpoint())).await.unwrap();
}

#[tokio::test]
async fn a_job_that_is_too_large_is_refused_in_words() {
    let house = House::new().await;
    let queue = &house.scratch.queue;
    let of = |bytes: usize| NewJob { payload: json!("x".repeat(bytes)), ..new("large") };
    let error = queue.put(of(400 << 10)).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { what: "the job", bytes, most: 393_216 } if bytes > 400 << 10), "{error}");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let error = queue.put(NewJob { key: Some("k".repeat(2048)), ..new("key") }).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { what: "its id or key", most: 2048, .. }), "{error}");
    assert_eq!(house.items().await.len(), 0);
    // What is taken can end in words of the usual length, and not with a result without end.
    assert!(matches!(queue.put(of(390 << 10)).await.unwrap_err(), Error::TooLarge { .. }));
    assert!(matches!(queue.put(of(383 << 10)).await.unwrap(), Put::New(_)));
    let taken = take(&**queue).await.unwrap();
    let result = json!("x".repeat(100 << 10));
    assert_eq!(queue.finish(&taken, Outcome::Done(result)).await.unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(queue.finish(&taken, Outcome::Failed(problem(&"x".repeat(10 << 10)))).await.unwrap());
    assert_eq!(house.scratch.job("large").await.state, State::Failed);
}

#[tokio::test]
async fn indexes_hold_what_has_not_ended_and_the_table_forgets_what_has() {
    let house = House::new().await;
    let queue = &house.scratch.queue;
    queue.put(NewJob { key: Some("wish".to_owned()), follow: None, ..new("a") }).await.unwrap();
    let items = house.items().await;
    assert_eq!(items["job:a"]["waits"]["S"], "lane:work");
    assert_eq!(items["key:work:wish"]["job"]["S"], "a");
    assert!(!items["job:a"].as_object().unwrap().contains_key("expires"));
    let taken = take(&**queue).await.unwrap();
    assert!(queue.finish(&taken, Outcome::Done(json!(1))).await.unwrap());
    let items = house.items().await;
    assert_eq!((&items["job:a"]["waits"]["S"], &items["job:a"]["listed"]["S"]), (&json!("ended"), &json!("work:done")));
    assert!(!items.contains_key("key:work:wish"));
    // A day after the hour for which it is kept, in seconds.
    let now = house.scratch.clock.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert_eq!(items["job:a"]["expires"]["N"], (now + 3600 + 86_400).to_string());
}

#[tokio::test]
async fn a_key_whose_job_was_deleted_by_hand_is_free() {
    let house = House::new().await;
    let queue = &house.scratch.queue;
    let wish = |id: &str| NewJob { key: Some("wish".to_owned()), ..new(id) };
    queue.put(wish("a")).await.unwrap();
    ask("DeleteItem", &json!({"TableName": house.table, "Key": {"id": {"S": "job:a"}}})).await;
    assert!(matches!(queue.put(wish("b")).await.unwrap(), Put::New(_)));
    assert!(matches!(queue.put(wish("c")).await.unwrap(), Put::Known(job) if job.id == "b"));
    // A job whose key somebody has taken away ends all the same.
    ask("DeleteItem", &json!({"TableName": house.table, "Key": {"id": {"S": "key:work:wish"}}})).await;
    assert!(matches!(queue.put(wish("d")).await.unwrap(), Put::New(_)));
    let first = take(&**queue).await.unwrap();
    assert!(first.job.id == "b" && queue.finish(&first, Outcome::Cancelled).await.unwrap());
    assert!(matches!(queue.put(wish("e")).await.unwrap(), Put::Known(job) if job.id == "d"), "the key is d's");
}

#[tokio::test]
async fn a_lease_that_is_extended_moves_in_the_index_when_somebody_looks() {
    let house = House::new().await;
    let queue = &house.scratch.queue;
    house.scratch.put("a").await;
    let taken = take(&**queue).await.unwrap();
    let turn = async || house.items().await["job:a"]["turn"]["S"].as_str().unwrap().to_owned();
    let first = turn().await;
    house.scratch.clock.advance(Duration::from_secs(20));
    queue.extend(&taken, LEASE).await.unwrap();
    assert_eq!(turn().await, first, "no index is written");
    house.scratch.clock.advance(Duration::from_secs(20));
    assert_eq!(take(&**queue).await, None);
    let second = turn().await;
    assert!(second > first, "who looks has it tell the truth");
    assert_eq!((take(&**queue).await, turn().await), (None, second), "once");
    house.scratch.clock.advance(Duration::from_secs(10));
    let again = take(&**queue).await.unwrap();
    assert_eq!(again.job.attempts, 2);
    // One that is made shorter ends when it says.
    queue.extend(&again, Duration::from_secs(1)).await.unwrap();
    house.scratch.clock.advance(Duration::from_secs(1));
    assert_eq!(take(&**queue).await.unwrap().job.attempts, 3);
}

#[tokio::test]
async fn what_is_not_a_number_is_no_progress_and_an_item_of_another_shape_is_unusable() {
    let house = House::new().await;
    let queue = &house.scratch.queue;
    house.scratch.put("a").await;
    let taken = take(&**queue).await.unwrap();
    let progress = Progress { part: Some(0.1), speed: Some(f32::INFINITY) };
    queue.report(&taken, progress).await.unwrap();
    assert_eq!(house.scratch.job("a").await.progress, Progress { part: Some(0.1), speed: None });
    let back = GiveBack { after: Duration::ZERO, counts: true, problem: None };
    queue.give_back(&taken, back).await.unwrap();
    let item = json!({"id": {"S": "job:odd"}, "lane": {"S": "work"}, "payload": {"S": "{"}});
    ask("PutItem", &json!({"TableName": house.table, "Item": item})).await;
    let error = queue.get("odd").await.unwrap_err();
    assert!(error.kind() == ErrorKind::Unusable && error.to_string().contains("job:odd"), "{error}");
    assert_eq!(take(&**queue).await.unwrap().job.id, "a", "the others are not held up");
}

#[tokio::test]
async fn jobs_of_every_state_are_listed_in_the_order_in_which_they_were_put() {
    let house = House::new().await;
    let queue = &house.scratch.queue;
    for id in ["a", "b", "c", "d"] {
        house.scratch.put(id).await;
    }
    let taken = take(&**queue).await.unwrap();
    queue.finish(&taken, Outcome::Failed(problem("x"))).await.unwrap();
    take(&**queue).await.unwrap();
    queue.cancel("d").await.unwrap();
    let ids = async |lane, state, limit| {
        let jobs = queue.list(lane, state, limit).await.unwrap();
        jobs.into_iter().map(|job| job.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("work", None, 10).await, ["d", "c", "b", "a"]);
    assert_eq!(ids("work", None, 3).await, ["d", "c", "b"]);
    assert_eq!(ids("work", Some(State::Failed), 10).await, ["a"]);
    assert_eq!(ids("work", Some(State::Done), 10).await, [""; 0]);
    assert_eq!(ids("told", None, 10).await, [Follow::id("d"), Follow::id("a")]);
    assert_eq!(queue.counts("work").await.unwrap().by_state, [1, 1, 0, 1, 1]);
}
