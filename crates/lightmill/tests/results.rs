//! Results that outlive the process, that several instances share, and that are forgotten on demand.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{Options, Service, image};
use lightmill_testkit::servers::Moto;
use lightmill_testkit::{Client, Picture, Response, Scratch, Server, ServerOptions};

const TOKEN: &str = "a-token-for-tests";

/// A server of the samples with more tables in its configuration.
fn serving(tables: &str) -> Server {
    let config = format!(
        r#"
        {tables}
        [admin]
        tokens = ["{TOKEN}"]
        [sources.photos]
        url = "{}"
        [[mounts]]
        sources = ["photos"]
        tags = ["samples"]
        "#,
        common::SAMPLES
    );
    Server::start(common::BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap()
}

fn ended(mut server: Server) {
    server.ask_to_stop().unwrap();
    assert_eq!(server.wait(Duration::from_secs(20)).unwrap().code, Some(0), "{}", server.logs());
}

/// The answer, which must come from there.
fn from(client: &Client, target: &str, cache: &str) -> Response {
    let response = client.get(target);
    assert_eq!((response.status, response.header("x-lightmill-cache")), (200, Some(cache)), "{target}");
    response
}

fn purge(server: &Server, authorization: &str, body: &str) -> Response {
    server.admin().send("POST", b"/purge", &[("authorization", authorization)], body.as_bytes()).unwrap()
}

fn count(server: &Server, body: &str) -> serde_json::Value {
    let response = purge(server, &format!("Bearer {TOKEN}"), body);
    assert_eq!(response.status, 200, "{}", response.text());
    serde_json::from_str(&response.text()).unwrap()
}

#[test]
fn results_on_disk_outlive_the_process() {
    let folder = Scratch::new().unwrap();
    let disk = format!("[cache]\ndisk = \"{}/cache\"", folder.path().display());
    let target = image("rocket.jpg", "resize,w_100");
    let server = serving(&disk);
    let made = from(&server.client(), &target, "miss");
    from(&server.client(), &target, "hit");
    ended(server);
    let server = serving(&disk);
    let found = from(&server.client(), &target, "disk");
    assert_eq!((&found.body, found.header("etag")), (&made.body, made.header("etag")));
    assert_eq!(found.header("content-type"), Some("image/jpeg"));
    from(&server.client(), &target, "hit");
    let info = image("rocket.jpg", "info");
    from(&server.client(), &info, "miss");
    ended(server);
    let server = serving(&disk);
    assert_eq!(from(&server.client(), &info, "disk").header("content-type"), Some("application/json"));
}

#[test]
fn two_processes_do_not_share_a_disk_cache() {
    let folder = Scratch::new().unwrap();
    let disk = format!("[cache]\ndisk = \"{}\"", folder.path().display());
    let _first = serving(&disk);
    let config = format!("{disk}\n[sources.photos]\nurl = \"{}\"", common::SAMPLES);
    let second = Server::start(common::BINARY, &ServerOptions { config, environment: Vec::new() });
    let error = format!("{:#}", second.unwrap_err());
    assert!(error.contains("cache.disk") && error.contains("another process uses this folder"), "{error}");
}

#[test]
fn the_second_instance_serves_what_the_first_has_made() {
    let folder = Scratch::new().unwrap();
    let store = format!("[results]\nsource = \"made\"\n[sources.made]\nurl = \"{}\"", folder.path().display());
    let target = image("coffee.png", "resize,w_100/format,webp");
    let (first, second) = (serving(&store), serving(&store));
    let made = from(&first.client(), &target, "miss");
    // It is written behind the answer's back.
    ended(first);
    assert_eq!(from(&second.client(), &target, "stored").body, made.body);
    assert!(second.metric("lightmill_made_total", &[]) < 0.5);
    from(&second.client(), &target, "hit");
}

#[test]
fn a_bucket_of_results() {
    let moto = Moto::start().unwrap();
    let bucket = Client::new(moto.endpoint().trim_start_matches("http://").parse().unwrap());
    assert_eq!(bucket.request("PUT", "/made", &[]).status, 200);
    let store = format!(
        "[results]\nsource = \"made\"\n[sources.made]\nurl = \"s3://made/results?endpoint={}\"\n\
         access_key_id = \"writer\"\nsecret_access_key = \"a-secret\"",
        moto.endpoint()
    );
    let target = image("rocket.jpg", "resize,w_100");
    let (first, second) = (serving(&store), serving(&store));
    let made = from(&first.client(), &target, "miss");
    ended(first);
    assert_eq!(from(&second.client(), &target, "stored").body, made.body);

    let listed = bucket.get("/made?list-type=2").text();
    let key = listed.split("<Key>").nth(1).unwrap().split("</Key>").next().unwrap();
    assert!(key.starts_with("results/photos/rocket.jpg/"), "{key}");
    // Moto asks for a signature, and believes each.
    let signed =
        "AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let object = bucket.get_with(&format!("/made/{key}"), &[("authorization", signed)]);
    assert_eq!(object.header("content-type"), Some("image/jpeg"));
    assert!(object.body.starts_with(&made.body));
    assert_eq!(Picture::decode(&object.body).unwrap().width(), 100, "a viewer shows it");

    let counts = count(&second, r#"{"source": "photos", "key": "rocket.jpg"}"#);
    assert_eq!(counts, serde_json::json!({"memory": 1, "disk": 0, "stored": 1, "complete": true}));
    assert!(!bucket.get("/made?list-type=2").text().contains("<Key>"));
    from(&second.client(), &target, "miss");
}

#[test]
fn a_store_that_is_away_costs_nothing_but_its_results() {
    let store = "[results]\nsource = \"made\"\n[sources.made]\nurl = \"s3://made?endpoint=http://127.0.0.1:9\"\n\
                 access_key_id = \"writer\"\nsecret_access_key = \"a-secret\"";
    let server = serving(store);
    let target = image("rocket.jpg", "resize,w_100");
    assert!(from(&server.client(), &target, "miss").elapsed < Duration::from_secs(10));
    from(&server.client(), &target, "hit");
    assert!(server.metric("lightmill_result_store_errors_total", &["read"]) >= 1.0);
    let answer = purge(&server, &format!("Bearer {TOKEN}"), r#"{"all": true}"#);
    let counts: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!((answer.status, &counts["memory"], &counts["complete"]), (502, &1.into(), &false.into()));
}

#[test]
fn results_are_purged_by_key_prefix_and_tag() {
    let folder = Scratch::new().unwrap();
    let server = serving(&format!("[cache]\ndisk = \"{}\"", folder.path().display()));
    let targets = [image("rocket.jpg", "resize,w_90"), image("rocket.jpg", "resize,w_91"), image("coffee.png", "info")];
    let client = server.client();
    for (body, purged) in [
        (r#"{"source": "photos", "key": "rocket.jpg"}"#, 2),
        (r#"{"source": "photos", "prefix": "r"}"#, 2),
        (r#"{"source": "photos", "prefix": "nothing"}"#, 0),
        (r#"{"tag": "samples"}"#, 3),
        (r#"{"tag": "style:box"}"#, 0),
        (r#"{"all": true}"#, 3),
    ] {
        let words: Vec<_> = targets.iter().map(|target| client.get(target).status).collect();
        assert_eq!(words, [200; 3]);
        assert_eq!(
            count(&server, body),
            serde_json::json!({"memory": purged, "disk": purged, "stored": 0, "complete": true}),
            "{body}"
        );
    }
    from(&client, &targets[0], "miss");
}

#[test]
fn purging_needs_a_token_and_a_known_form() {
    let server = serving("");
    for authorization in ["", "Bearer", "Bearer wrong-token-for-te", "Basic a-token-for-tests"] {
        let refused = purge(&server, authorization, r#"{"all": true}"#);
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("Bearer")), "{authorization}");
    }
    for body in
        ["", "{}", "[]", r#"{"all": false}"#, r#"{"key": "a"}"#, r#"{"source": "photos"}"#, r#"{"everything": 1}"#]
    {
        let refused = purge(&server, &format!("Bearer {TOKEN}"), body);
        assert_eq!(refused.status, 400, "{body}");
        assert!(refused.text().contains("\"prefix\""));
    }
    let unknown = purge(&server, &format!("Bearer {TOKEN}"), r#"{"source": "x", "key": "a"}"#);
    assert_eq!((unknown.status, unknown.text().as_str()), (400, "there is no source of that name\n"));
    assert_eq!(server.admin().request("GET", "/purge", &[]).status, 405);
    let off = Service::with(&Options::default());
    let refused = purge(&off.server, &format!("Bearer {TOKEN}"), r#"{"all": true}"#);
    assert_eq!(refused.status, 403);
}

/// A process that is killed while it writes leaves results that are right, or none.
#[test]
#[ignore = "slow: a hundred starts"]
fn kills_leave_nothing_broken() {
    let folder = Scratch::new().unwrap();
    std::fs::create_dir(folder.path().join("made")).unwrap();
    let path = folder.path().display();
    let tables = format!(
        "[cache]\ndisk = \"{path}/cache\"\n[results]\nsource = \"made\"\n[sources.made]\nurl = \"{path}/made\""
    );
    let targets: Vec<String> = (0..40).map(|i| image("rocket.jpg", &format!("resize,w_{}", 40 + i))).collect();
    let right: Vec<Response> = {
        let server = serving("");
        targets.iter().map(|target| server.client().get(target)).collect()
    };
    let mut found = 0;
    for round in 0..100_u64 {
        let mut server = serving(&tables);
        let client = server.client();
        let asking: Vec<_> = (0..4)
            .map(|thread| {
                let all: Vec<String> = targets.iter().skip(thread).step_by(4).cloned().collect();
                std::thread::spawn(move || {
                    let mut answers = Vec::new();
                    for target in all {
                        match client.send("GET", target.as_bytes(), &[], &[]) {
                            Ok(answer) => answers.push((target, answer)),
                            // Killed.
                            Err(_) => break,
                        }
                    }
                    answers
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(20 + round * 7 % 150));
        server.kill().unwrap();
        for (target, answer) in asking.into_iter().flat_map(|thread| thread.join().unwrap()) {
            let expected = &right[targets.iter().position(|known| *known == target).unwrap()];
            assert_eq!((answer.status, &answer.body), (200, &expected.body), "{target}");
            found += usize::from(matches!(answer.header("x-lightmill-cache"), Some("disk" | "stored")));
        }
        if round % 10 == 9 {
            std::fs::remove_dir_all(folder.path().join("cache")).unwrap();
        }
        if round % 25 == 24 {
            std::fs::remove_dir_all(folder.path().join("made")).unwrap();
            std::fs::create_dir(folder.path().join("made")).unwrap();
        }
    }
    assert!(found > 100, "{found} results were found after a kill");
}
