//! Styles in a table of DynamoDB.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::amazon::Amazon;
use common::{BINARY, SAMPLES};
use lightmill_testkit::{Client, Picture, Server, ServerOptions};

/// A server of the samples with the styles of `table`, which are remembered for two seconds.
fn serving(amazon: &Amazon, table: &str) -> Server {
    let config = format!(
        r#"
        {aws}
        [styles]
        table = "{table}"
        cache_time = 2
        missing_time = 1
        [sources.photos]
        url = "{SAMPLES}"
        [[mounts]]
        unsafe = true
        "#,
        aws = amazon.configuration(),
    );
    Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap()
}

fn width(client: &Client, style: &str) -> u32 {
    let response = client.get(&format!("/rocket.jpg?x-oss-process=style/{style}"));
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("last-modified"), None, "the table does not tell when a style was written");
    Picture::decode(&response.body).unwrap().width()
}

#[test]
fn found_changed_missing_and_of_another_shape() {
    let amazon = Amazon::start();
    amazon.create_table("styles");
    amazon.put_style("styles", "box", "image/resize,w_100");
    let server = serving(&amazon, "styles");
    let client = server.client();
    assert_eq!(width(&client, "box"), 100);
    assert_eq!(client.get("/rocket.jpg?x-oss-process=style/none").status, 400);
    amazon.put("styles", r#"{"id": {"S": "odd"}, "style": {"N": "1"}}"#);
    assert_eq!(client.get("/rocket.jpg?x-oss-process=style/odd").status, 503);
    assert!(server.logged("odd"), "{}", server.logs());

    amazon.put_style("styles", "box", "image/resize,w_200");
    let start = Instant::now();
    while width(&client, "box") == 100 {
        assert!(start.elapsed() < Duration::from_secs(3), "the change is not seen");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(server.metric("lightmill_style_lookups_total", &["asked"]) < 4.0, "only first ones are waited for");
}

#[test]
fn the_last_good_style_stays_while_the_table_is_down() {
    let amazon = Amazon::start();
    amazon.create_table("styles");
    amazon.put_style("styles", "box", "image/resize,w_100");
    let server = serving(&amazon, "styles");
    let client = server.client();
    assert_eq!(width(&client, "box"), 100);
    drop(amazon);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(4) {
        assert_eq!(width(&client, "box"), 100);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(client.get("/rocket.jpg?x-oss-process=style/other").status, 503);
    assert!(server.metric("lightmill_style_fetches_total", &["unavailable"]) >= 1.0);
}
