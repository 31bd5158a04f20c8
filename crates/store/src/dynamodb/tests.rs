use lightmill_testkit::servers::raw::{self, Raw};
use serde_json::{Value, json};

use super::{Address, Change, Item, ItemTable, Query, StyleTable, Table, Unmet, Write, bytes, number, text};
use crate::aws::Service;
use crate::aws::tests::{MOTO, done, settings};
use crate::{Error, Styles};

async fn ask(operation: &str, question: Value) {
    done(&MOTO.endpoint(), Service::DYNAMODB, operation, question).await;
}

/// A new table as the reference's deployment makes it.
async fn table(name: &str) -> StyleTable {
    let question = json!({
        "TableName": name,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    });
    ask("CreateTable", question).await;
    StyleTable::new(name, settings(&MOTO.endpoint()))
}

async fn put(table: &str, item: Value) {
    ask("PutItem", json!({"TableName": table, "Item": item})).await;
}

#[tokio::test]
async fn styles_are_found_by_name() {
    let styles = table("found").await;
    put("found", json!({"id": {"S": "box100"}, "style": {"S": "image/resize,w_100"}, "note": {"N": "1"}})).await;
    put("found", json!({"id": {"S": "世界"}, "style": {"S": ""}})).await;
    let style = styles.style("box100").await.unwrap().unwrap();
    assert_eq!((style.text.as_str(), style.modified), ("image/resize,w_100", None));
    assert_eq!(styles.style("世界").await.unwrap().unwrap().text, "");
    for missing in ["Box100", "", &"x".repeat(2049), "box100 "] {
        assert_eq!(styles.style(missing).await, Ok(None), "{missing}");
    }
    put("found", json!({"id": {"S": "box100"}, "style": {"S": "image/rotate,90"}})).await;
    let changed = styles.style("box100").await.unwrap().unwrap();
    assert!(changed.text == "image/rotate,90" && changed.version != style.version);
}

#[tokio::test]
async fn a_small_table_is_read_whole() {
    table("whole").await;
    let items = ItemTable::new("whole", settings(&MOTO.endpoint()));
    assert_eq!(items.items().await.unwrap(), Vec::<Value>::new());
    // More than one page of a scan.
    let text = "x".repeat(300_000);
    for number in 0..5 {
        put("whole", json!({"id": {"S": number.to_string()}, "text": {"S": text}, "list": {"L": [{"N": "1"}]}})).await;
    }
    let mut found = items.items().await.unwrap();
    found.sort_by_key(|item| item["id"]["S"].to_string());
    assert_eq!(found.len(), 5);
    assert_eq!((&found[4]["id"], &found[4]["list"]), (&json!({"S": "4"}), &json!({"L": [{"N": "1"}]})));
    let Err(Error::Unavailable { detail, .. }) = ItemTable::new("gone", settings(&MOTO.endpoint())).items().await
    else {
        panic!()
    };
    assert!(detail.contains("gone"), "{detail}");
}

#[tokio::test]
async fn a_table_that_is_too_large_is_unusable() {
    table("large").await;
    let text = "x".repeat(390_000);
    for number in 0..44 {
        put("large", json!({"id": {"S": number.to_string()}, "text": {"S": text}})).await;
    }
    let answer = ItemTable::new("large", settings(&MOTO.endpoint())).items().await;
    assert!(matches!(answer, Err(Error::Unusable { .. })), "{:?}", answer.map(|items| items.len()));
}

#[tokio::test]
async fn an_item_of_another_shape_is_unusable() {
    let styles = table("shapes").await;
    for (name, item) in [
        ("none", json!({"id": {"S": "none"}})),
        ("number", json!({"id": {"S": "number"}, "style": {"N": "1"}})),
        ("list", json!({"id": {"S": "list"}, "style": {"L": [{"S": "image/rotate,90"}]}})),
    ] {
        put("shapes", item).await;
        let Err(Error::Unusable { detail }) = styles.style(name).await else { panic!("{name}") };
        assert!(detail.contains("shapes") && detail.contains(name), "{detail}");
    }
}

#[tokio::test]
async fn a_table_that_does_not_exist_is_unavailable() {
    let styles = StyleTable::new("nobody-made-this", settings(&MOTO.endpoint()));
    let Err(Error::Unavailable { detail, .. }) = styles.style("a").await else { panic!() };
    assert!(detail.contains("nobody-made-this") && detail.contains("ResourceNotFoundException"), "{detail}");
}

/// A new table with the index `places`: one list for each `place`, in the order of `turn`.
async fn places(name: &str) -> Table {
    let attribute = |name: &str, kind: &str| json!({"AttributeName": name, "AttributeType": kind});
    let question = json!({
        "TableName": name,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [attribute("id", "S"), attribute("place", "S"), attribute("turn", "N")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "places",
            "KeySchema": [
                {"AttributeName": "place", "KeyType": "HASH"},
                {"AttributeName": "turn", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    ask("CreateTable", question).await;
    of_name(name, &MOTO.endpoint())
}

fn of_name(name: &str, endpoint: &str) -> Table {
    Table::new(Address { table: name.to_owned(), region: None, endpoint: None }, settings(endpoint))
}

fn item(id: &str, turn: u32) -> Item {
    [("id", text(id)), ("place", text("here")), ("turn", number(turn))]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

#[tokio::test]
async fn items_are_written_on_conditions_and_told_when_they_are_not() {
    let table = places("conditions").await;
    let new = |id: &str| Write::put(item(id, 1)).when("attribute_not_exists(#id)");
    assert_eq!(table.transact(&[new("a"), new("b")]).await, Ok(Ok(())));
    assert_eq!(table.get("a").await, Ok(Some(item("a", 1))));
    assert_eq!(table.get("c").await, Ok(None));
    // All or nothing, and what stood in the way is told.
    let refused = table.transact(&[new("c"), new("a"), Write::delete("b")]).await;
    assert_eq!(refused, Ok(Err(vec![None, Some(Unmet(Some(item("a", 1)))), None])));
    assert_eq!(table.get("c").await, Ok(None));
    assert!(table.get("b").await.unwrap().is_some());
    // Words that are reserved stand for attributes all the same.
    let count = |from: u32| {
        let change = Change::default().set("state", text("counted")).put("place", None).add("turn", 1);
        Write::update("a", change).when("#turn = :from").with(":from", number(from))
    };
    let counted = table.update(&count(1)).await.unwrap().unwrap();
    assert_eq!((&counted["turn"], &counted["state"]), (&number(2), &text("counted")));
    assert!(!counted.contains_key("place"));
    assert_eq!(table.update(&count(1)).await, Ok(Err(Unmet(Some(counted)))));
    let missing = Write::update("d", Change::default().remove("turn")).when("attribute_exists(#id)");
    assert_eq!(table.update(&missing).await, Ok(Err(Unmet(None))));
}

#[tokio::test]
async fn items_are_found_by_an_index_page_by_page_and_read_many_at_a_time() {
    let table = places("pages").await;
    let ids: Vec<String> = (0..150).map(|number| format!("item {number}")).collect();
    for (number, id) in ids.iter().enumerate() {
        put("pages", json!(item(id, number.try_into().unwrap()))).await;
    }
    assert_eq!(table.get_many(&ids).await.unwrap().len(), 150);
    assert_eq!(table.get_many(&["none".to_owned(), ids[7].clone()]).await, Ok(vec![item(&ids[7], 7)]));
    assert_eq!(table.get_many(&[]).await, Ok(vec![]));
    let values = [(":place", text("here")), (":most", number(9))];
    let query = Query {
        index: "places",
        condition: "#place = :place AND #turn <= :most",
        values: &values,
        forward: false,
        limit: Some(6),
        start: None,
    };
    let first = table.query(&query).await.unwrap();
    let second = table.query(&Query { start: first.next.as_ref(), ..query }).await.unwrap();
    let turns: Vec<_> =
        first.items.iter().chain(&second.items).map(|item| item["turn"]["N"].as_str().unwrap()).collect();
    assert_eq!(turns, ["9", "8", "7", "6", "5", "4", "3", "2", "1", "0"]);
    let elsewhere = table.query(&Query { index: "nowhere", ..query }).await;
    assert!(matches!(elsewhere, Err(Error::Unusable { .. })), "{elsewhere:?}");
}

#[tokio::test]
async fn a_table_is_described_if_there_is_one() {
    let table = places("described").await;
    assert_eq!(table.describe().await.unwrap().unwrap()["KeySchema"][0]["AttributeName"], "id");
    assert_eq!(of_name("undescribed", &MOTO.endpoint()).describe().await, Ok(None));
    let gone = of_name("undescribed", &MOTO.endpoint()).get("a").await;
    let Err(Error::Unusable { detail }) = gone else { panic!("{gone:?}") };
    assert!(detail.contains("undescribed"), "{detail}");
}

/// A server that answers with each of some errors in turn, and with success then.
fn answering(errors: &'static [&'static str]) -> Raw {
    Raw::start(move |number, _| {
        let (status, body) = errors.get(number).map_or(("200 OK", "{}"), |error| ("400 Bad Request", *error));
        vec![raw::text(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()))]
    })
}

#[tokio::test]
async fn writes_that_meet_another_are_tried_again() {
    const CONFLICT: &str = r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]}"#;
    let server = answering(&[CONFLICT, r#"{"__type":"x#TransactionInProgressException"}"#]);
    let table = of_name("busy", &server.base);
    assert_eq!(table.transact(&[Write::delete("a"), Write::delete("b")]).await, Ok(Ok(())));
    assert_eq!(server.requests(), 3);
    let server = answering(&[r#"{"__type":"x#ProvisionedThroughputExceededException"}"#]);
    assert_eq!(of_name("busy", &server.base).get("a").await, Ok(None));
    let server = answering(&[r#"{"__type":"x#ThrottlingException"}"#; 9]);
    let refused = of_name("busy", &server.base).get("a").await;
    assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
    assert_eq!(server.requests(), 3);
    let server = answering(&[r#"{"__type":"x#TransactionConflictException"}"#]);
    let update = Write::update("a", Change::default().remove("b"));
    assert_eq!(of_name("busy", &server.base).update(&update).await, Ok(Ok(Item::new())));
    // What is wrong with the question is not asked again; what never ends is given up.
    let server = answering(&[
        r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ValidationError"}]}"#,
    ]);
    let refused = of_name("busy", &server.base).transact(&[Write::delete("a")]).await;
    assert!(matches!(refused, Err(Error::Unusable { .. })), "{refused:?}");
    let server = answering(&[r#"{"__type":"x#TransactionConflictException"}"#; 99]);
    let refused = of_name("busy", &server.base).update(&update).await;
    assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
    assert_eq!(server.requests(), 12);
}

#[test]
fn the_size_of_an_item_is_never_taken_for_less() {
    let item: Item = [("id", text("äb")), ("count", number(7))].map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(bytes(&item), 2 + 3 + 5 + 21);
}
