//! Mounts whose origins, mappings and policies are in the table of DynamoDB that the reference server's deployment keeps.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::amazon::Amazon;
use common::{BINARY, SAMPLES};
use lightmill_testkit::{Client, Picture, Response, Scratch, Server, ServerOptions, command};
use serde_json::{Value, json};

const TABLE: &str = "dit-config";

fn config(amazon: &str) -> String {
    format!(
        "{amazon}\n[sources.photos]\nurl = \"{SAMPLES}\"\n[cache]\nerror_time = 0\n\
         [[mounts]]\ndialect = \"dit-ecs\"\nunsafe = true\n\
         [mounts.dit_ecs]\ntable = \"{TABLE}\"\nrefresh_time = 0.2\nsources = {{ \"photos.internal\" = \"photos\" }}\n"
    )
}

fn serving(amazon: &Amazon) -> Server {
    let config = config(&amazon.configuration());
    Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap()
}

fn put(amazon: &Amazon, item: &Value) {
    amazon.put(TABLE, &item.to_string());
}

fn origin(id: &str, domain: &str) -> Value {
    json!({
        "PK": {"S": id}, "GSI1PK": {"S": "ORIGIN"}, "GSI1SK": {"S": id},
        "Data": {"M": {"originName": {"S": id}, "originDomain": {"S": domain}}},
    })
}

fn mapping(id: &str, path: &str, origin: &str, policy: Option<&str>) -> Value {
    let policy = policy.unwrap_or("undefined");
    json!({
        "PK": {"S": id}, "GSI1PK": {"S": "PATH_MAPPING"}, "GSI1SK": {"S": path},
        "GSI2PK": {"S": format!("ORIGIN#{origin}")}, "GSI3PK": {"S": format!("POLICY#{policy}")},
        "Data": {"M": {"mappingName": {"S": id}}},
    })
}

fn policy(id: &str, text: &str, is_default: bool) -> Value {
    let mut item = json!({
        "PK": {"S": id}, "GSI1PK": {"S": "POLICY"}, "GSI1SK": {"S": id},
        "Data": {"M": {"policyName": {"S": id}, "policyJSON": {"S": text}}},
    });
    if is_default {
        item["GSI2PK"] = json!({"S": "DEFAULT_POLICY"});
    }
    item
}

fn of_width(width: u32) -> String {
    json!({"transformations": [{"transformation": "resize", "value": {"width": width}}]}).to_string()
}

/// Asks until `is_right`, for a few seconds.
fn until(client: &Client, target: &str, is_right: impl Fn(&Response) -> bool) -> Response {
    let start = Instant::now();
    loop {
        let response = client.get(target);
        if is_right(&response) {
            return response;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{target}: {} {}", response.status, response.text());
        std::thread::sleep(Duration::from_millis(30));
    }
}

fn has_width(width: u32) -> impl Fn(&Response) -> bool {
    move |response| response.status == 200 && Picture::decode(&response.body).unwrap().width() == width
}

#[test]
fn origins_mappings_and_policies_change_live() {
    let amazon = Amazon::start();
    let rocket = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    amazon.fill_bucket("pictures", &[("rocket.jpg", &rocket), ("archive/rocket.jpg", &rocket)]);
    amazon.create_config_table(TABLE);
    put(&amazon, &origin("bucket", "pictures.s3.eu-central-1.amazonaws.com"));
    put(&amazon, &mapping("all", "/", "bucket", None));
    let server = serving(&amazon);
    let client = server.client();
    let health: Value = serde_json::from_slice(&client.get("/health").body).unwrap();
    assert_eq!(health["status"], "HEALTHY");
    assert_eq!(client.get("/rocket.jpg").body, rocket, "read before the first request");
    assert!(has_width(60)(&client.get("/rocket.jpg?resize.width=60")));
    assert_eq!(client.get("/none.jpg").status, 404);

    // A default policy appears, changes, and goes.
    put(&amazon, &policy("web", &of_width(50), true));
    until(&client, "/rocket.jpg", has_width(50));
    put(&amazon, &policy("web", &of_width(70), true));
    until(&client, "/rocket.jpg", has_width(70));
    amazon.delete_config(TABLE, "web");
    until(&client, "/rocket.jpg", |response| response.body == rocket);

    // An origin and its mapping appear; so does a configured source in the place of a host.
    put(&amazon, &origin("samples", "photos.internal"));
    put(&amazon, &mapping("to-samples", "/coffee.png", "samples", None));
    until(&client, "/coffee.png?resize.width=30", has_width(30));
    // A bucket in another shape of host and with a path.
    let mut archive = origin("archive", "s3.eu-central-1.amazonaws.com");
    archive["Data"]["M"]["originPath"] = json!({"S": "/pictures/archive"});
    put(&amazon, &archive);
    put(&amazon, &mapping("all", "/", "archive", None));
    until(&client, "/rocket.jpg?resize.width=31", has_width(31));
    until(&client, "/none/rocket.jpg", |response| response.status == 404);
    amazon.delete_config(TABLE, "all");
    let gone = until(&client, "/rocket.jpg", |response| response.status == 404);
    assert!(gone.text().contains("ORIGIN_NOT_FOUND"), "{}", gone.text());
    assert!(has_width(30)(&client.get("/coffee.png?resize.width=30")), "the others stay");
    assert!(server.metric("lightmill_table_readings_total", &["changed"]) >= 6.0);
}

#[test]
fn broken_and_hostile_items_harm_nobody() {
    let amazon = Amazon::start();
    amazon.create_config_table(TABLE);
    put(&amazon, &origin("samples", "photos.internal"));
    put(&amazon, &mapping("all", "/", "samples", None));
    put(&amazon, &policy("web", &of_width(50), false));
    // Addresses that nobody may reach, and entries that make no sense.
    for (number, domain) in [
        "169.254.169.254",
        "127.0.0.1",
        "localhost",
        "localhost:8080",
        "http://10.0.0.1/",
        "2130706433",
        "user@host",
        "",
    ]
    .iter()
    .enumerate()
    {
        put(&amazon, &origin(&format!("bad-{number}"), domain));
        put(&amazon, &mapping(&format!("to-bad-{number}"), &format!("/bad-{number}"), &format!("bad-{number}"), None));
    }
    put(&amazon, &json!({"PK": {"S": "x"}, "GSI1PK": {"S": "ORIGIN"}, "originDomain": {"L": [{"N": "1"}]}}));
    put(&amazon, &json!({"PK": {"S": "y"}, "GSI1PK": {"N": "7"}}));
    put(&amazon, &policy("list", "[[[[", false));
    put(
        &amazon,
        &policy(
            "half",
            r#"{"transformations":[{"transformation":"blur","value":"x"},{"transformation":"resize","value":{"width":20}}]}"#,
            false,
        ),
    );
    put(&amazon, &mapping("dangling", "/dangling", "nobody", Some("nobody")));
    let server = serving(&amazon);
    let client = server.client();
    assert!(has_width(50)(&client.get("/rocket.jpg?policyId=web")), "{}", server.logs());
    for number in 0..8 {
        let refused = client.get(&format!("/bad-{number}/latest/meta-data"));
        assert!(matches!(refused.status, 403 | 404), "{number}: {}", refused.text());
    }
    assert_eq!(client.get("/dangling/rocket.jpg").status, 404);
    assert_eq!(client.get("/rocket.jpg?policyId=list").status, 404);
    let half = client.get("/rocket.jpg?policyId=half");
    assert!(has_width(20)(&half));
    assert_eq!(half.header("x-lightmill-ignored"), Some("blur"));
    assert!(server.logged("bad-0") && server.logged("policyJSON"), "{}", server.logs());

    // A policy that breaks stays as it was; a default one that never was whole is not nothing.
    put(&amazon, &policy("web", "{", false));
    until(&client, "/rocket.jpg", |_| server.metric("lightmill_table_readings_total", &["changed"]) >= 2.0);
    assert!(has_width(50)(&client.get("/rocket.jpg?policyId=web")));
    put(&amazon, &policy("moderated", "{", true));
    let refused = until(&client, "/rocket.jpg", |response| response.status != 200);
    assert!(refused.status == 404 && refused.text().contains("POLICY_NOT_FOUND"), "{}", refused.text());
}

#[test]
fn the_last_good_configuration_stays_while_the_table_is_down() {
    let amazon = Amazon::start();
    amazon.create_config_table(TABLE);
    put(&amazon, &origin("samples", "photos.internal"));
    put(&amazon, &mapping("all", "/", "samples", None));
    let server = serving(&amazon);
    let client = server.client();
    assert!(has_width(60)(&client.get("/rocket.jpg?resize.width=60")));
    let amazons = amazon.configuration();
    drop(amazon);
    let start = Instant::now();
    while server.metric("lightmill_table_readings_total", &["unavailable"]) < 1.0 {
        assert!(has_width(61)(&client.get("/rocket.jpg?resize.width=61")));
        assert!(start.elapsed() < Duration::from_secs(20), "{}", server.logs());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(client.get("/health").status, 200);
    assert!(has_width(62)(&client.get("/rocket.jpg?resize.width=62")));
    assert!(server.logged("a configuration cannot be read"), "{}", server.logs());
    // Another configuration of the rest is taken over beside it.
    server
        .reconfigure(&config(&amazons).replace("unsafe = true", "unsafe = true\ncache_control = 'max-age=7'"))
        .unwrap();
    let is_new = |response: &Response| response.header("cache-control") == Some("max-age=7");
    assert!(has_width(63)(&until(&client, "/rocket.jpg?resize.width=63", is_new)));
}

#[test]
fn a_start_without_the_table_answers_when_it_is_there() {
    let amazon = Amazon::start();
    let server = serving(&amazon);
    let client = server.client();
    let waiting = client.get("/rocket.jpg");
    assert_eq!(waiting.status, 503, "{}", waiting.text());
    assert!(waiting.text().contains(r#""error":"SERVICE_UNAVAILABLE""#) && waiting.header("retry-after").is_some());
    let health = client.get("/health");
    assert_eq!(health.status, 503);
    assert!(health.text().contains("INITIALIZING"), "{}", health.text());
    amazon.create_config_table(TABLE);
    put(&amazon, &origin("samples", "photos.internal"));
    put(&amazon, &mapping("all", "/", "samples", None));
    until(&client, "/rocket.jpg?resize.width=60", has_width(60));
    assert_eq!(client.get("/health").status, 200);
}

#[test]
fn explain_reads_the_table_and_check_does_not() {
    let amazon = Amazon::start();
    amazon.create_config_table(TABLE);
    put(&amazon, &origin("samples", "photos.internal"));
    put(&amazon, &mapping("all", "/", "samples", None));
    let folder = Scratch::new().unwrap();
    let file = folder.write("lightmill.toml", config(&amazon.configuration())).unwrap();
    let run = |arguments: &[&str]| {
        let output = command(BINARY).args(arguments).args(["--config", file.to_str().unwrap()]).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (explained, text) = run(&["explain", "/rocket.jpg?resize.width=60"]);
    assert!(explained && text.contains("\"rocket.jpg\""), "{text}");
    assert!(run(&["check"]).0);
    drop(amazon);
    assert!(run(&["check"]).0, "nobody is asked");
    let (explained, text) = run(&["explain", "/rocket.jpg?resize.width=60"]);
    assert!(!explained && text.contains(TABLE), "{text}");
}
