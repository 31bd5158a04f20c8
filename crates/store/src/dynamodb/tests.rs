use serde_json::{Value, json};

use super::{ItemTable, StyleTable};
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
