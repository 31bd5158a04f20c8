//! What is not taken, and how that is told.

use std::process::Command;

use lightmill_testkit::{Scratch, Server, ServerOptions};
use serde_json::{Value, json};

use crate::clips::{LONG, long_film};
use crate::common::{BINARY, SAMPLES, Service};
use crate::shop::{Shop, TOKEN};

#[test]
fn without_a_token_nothing_is_told_and_without_a_section_there_is_nothing() {
    let shop = Shop::open("", &[]);
    let client = shop.client();
    let body = json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_9" }).to_string();
    for (method, target) in [("POST", "/jobs"), ("GET", "/jobs"), ("GET", "/jobs/x"), ("DELETE", "/jobs/x")] {
        for headers in [&[][..], &[("authorization", "Bearer a-wrong-token")], &[("authorization", TOKEN)]] {
            let answer = client.send(method, target.as_bytes(), headers, body.as_bytes()).unwrap();
            assert_eq!(answer.status, 401, "{method} {target}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
    // The mount at the root answers there, and knows no such object.
    let service = Service::start();
    assert_eq!(service.server.client().get("/jobs").status, 404);
}

#[test]
fn a_mistake_is_told_at_once() {
    let shop = Shop::open("", &[("film.mp4", b"no film")]);
    for (body, status, name, words) in [
        ("no json", 400, "BadRequestError", "expected"),
        ("{}", 400, "BadRequestError", "missing field `url`"),
        (r#"{"url": "/rocket.jpg", "ulr": 1}"#, 400, "BadRequestError", "unknown field `ulr`"),
        (r#"{"url": "rocket.jpg"}"#, 400, "BadRequestError", "url is no URL"),
        (r#"{"url": "/rocket.jpg"}"#, 400, "BadRequestError", "asks for no work"),
        (r#"{"url": "/rocket.jpg?x-oss-process=image/resize,w_x"}"#, 400, "BadRequestError", "w"),
        (r#"{"url": "/none.jpg?x-oss-process=image/resize,w_9"}"#, 404, "NoSuchKey", "does not exist"),
        (r#"{"url": "/signed/rocket.jpg?x-oss-process=image/resize,w_9"}"#, 403, "ForbiddenError", "signature"),
        (
            r#"{"url": "/film.mp4?x-oss-process=video/compress,fmt_hls", "save": {"source": "out", "key": "a"}}"#,
            400,
            "BadRequestError",
            "many files",
        ),
        (
            r#"{"url": "/rocket.jpg?x-oss-process=image/resize,w_9", "webhook": "https://a.test/"}"#,
            400,
            "BadRequestError",
            "webhooks are not configured",
        ),
        (
            r#"{"url": "/rocket.jpg?x-oss-process=image/resize,w_9", "save": {"source": "out", "key": ""}}"#,
            400,
            "BadRequestError",
            "save.key is empty",
        ),
    ] {
        let headers = [("authorization", format!("Bearer {TOKEN}"))];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = shop.client().send("POST", b"/jobs", &headers, body.as_bytes()).unwrap();
        assert_eq!((answer.status, &answer.json()["name"]), (status, &json!(name)), "{body}: {}", answer.text());
        assert!(answer.text().contains(words), "{body}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(shop.ask("GET", "/jobs").json(), json!({ "jobs": [] }));
    let long = json!({ "url": format!("/{}", "x".repeat(70_000)) });
    assert_eq!(shop.post(&long, &[]).status, 413);
}

#[test]
fn only_what_is_served_is_ordered() {
    let folder = Scratch::new().unwrap();
    folder.copy(format!("{SAMPLES}/rocket.jpg"), "photos/rocket.jpg").unwrap();
    let root = folder.path().display();
    let config = format!(
        "[sources.photos]\nurl = 'file://{root}/photos'\n[jobs]\npath = '/api/jobs'\ntokens = ['{TOKEN}']\n\
         database = '{root}/jobs'\n[[mounts]]\nhost = 'img.example.com'\npath = '/photos'\nallow.operations = ['resize']"
    );
    let server = Server::start(BINARY, &ServerOptions { config, ..ServerOptions::default() }).unwrap();
    let post = |body: Value| {
        let headers = [("authorization", format!("Bearer {TOKEN}"))];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        server.client().send("POST", b"/api/jobs", &headers, body.to_string().as_bytes()).unwrap()
    };
    let (resized, blurred) =
        ("rocket.jpg?x-oss-process=image/resize,w_9", "rocket.jpg?x-oss-process=image/blur,r_3,s_3");
    for (url, host, status) in [
        (format!("/photos/{resized}"), Some("img.example.com"), 202),
        (format!("https://img.example.com/photos/{resized}"), None, 202),
        (format!("/photos/{resized}"), None, 404),
        (format!("/photos/{resized}"), Some("other.example.com"), 404),
        (format!("https://img.example.com/{resized}"), None, 404),
        (format!("https://img.example.com/photos/{blurred}"), None, 403),
    ] {
        let body = host.map_or(json!({ "url": url }), |host| json!({ "url": url, "host": host }));
        let answer = post(body);
        assert_eq!(answer.status, status, "{url} {host:?}: {}", answer.text());
    }
}

#[test]
fn other_requests_are_told_what_would_be_right() {
    let shop = Shop::open("", &[]);
    for (method, target, status, words) in [
        ("PUT", "/jobs", 405, "GET, HEAD, POST"),
        ("POST", "/jobs/x", 405, "DELETE, GET, HEAD"),
        ("GET", "/jobs/x", 404, "there is no such job"),
        ("DELETE", "/jobs/x", 404, "there is no such job"),
        ("GET", "/jobs?state=odd", 400, "state"),
        ("GET", "/jobs?limit=0", 400, "limit is 1 to 1000"),
        ("GET", "/jobs?odd=1", 400, "only state and limit"),
    ] {
        let answer = shop.ask(method, target);
        assert_eq!(answer.status, status, "{method} {target}: {}", answer.text());
        assert!(answer.text().contains(words), "{method} {target}: {}", answer.text());
    }
}

#[test]
fn what_fails_says_why_and_is_not_tried_again() {
    let shop = Shop::open("", &[("broken.jpg", b"no picture")]);
    let job = shop.end(&shop.order(&json!({ "url": "/broken.jpg?x-oss-process=image/resize,w_9" })));
    assert_eq!((&job["state"], &job["attempts"], job.get("result")), (&json!("failed"), &json!(1), None), "{job}");
    assert_eq!(job["error"]["code"], "UnsupportedFormatError", "{job}");
}

#[test]
fn a_full_queue_says_when_to_come_back() {
    let shop = Shop::open("at_a_time = 1\nqueue_length = 2", &long_film());
    let slow = shop.order(&json!({ "url": LONG }));
    shop.until(&slow, |job| job["state"] == "running");
    let wish = |width: u32| json!({ "url": format!("/rocket.jpg?x-oss-process=image/resize,w_{width}") });
    let waiting = [shop.order(&wish(40)), shop.order(&wish(41))];
    let refused = shop.post(&wish(42), &[]);
    assert_eq!((refused.status, &refused.json()["name"]), (503, &json!("TooManyJobsError")), "{}", refused.text());
    assert_eq!(refused.header("retry-after"), Some("10"));
    assert_eq!(shop.order(&wish(40)), waiting[0], "what waits already is no more work");
    shop.ask("DELETE", &format!("/jobs/{slow}"));
    for id in &waiting {
        assert_eq!(shop.end(id)["state"], "done");
    }
    assert_eq!(shop.post(&wish(42), &[]).status, 202);
}

#[test]
fn mistakes_of_the_section_are_found() {
    let folder = Scratch::new().unwrap();
    let check = |keys: &str| {
        let text = format!("[sources.photos]\nurl = '.'\n[jobs]\n{keys}\n");
        let config = folder.write("lightmill.toml", text).unwrap();
        let said = Command::new(BINARY).args(["check", "--config"]).arg(config).output().unwrap();
        (said.status.code(), String::from_utf8(said.stderr).unwrap())
    };
    let good = "tokens = ['a-long-token']\ndatabase = 'jobs.sqlite'";
    assert_eq!(check(good).0, Some(0), "{}", check(good).1);
    assert!(!folder.path().join("jobs.sqlite").exists(), "a check leaves no trace");
    let table = "tokens = ['a-long-token']\ndatabase = 'dynamodb://jobs?endpoint=http://127.0.0.1:9'";
    assert_eq!(check(table).0, Some(0), "{}: nobody is asked", check(table).1);
    for (keys, words) in [
        ("database = 'jobs.sqlite'", "jobs.tokens: is missing"),
        ("tokens = ['short']\ndatabase = 'j'", "jobs.tokens: has a token of fewer than 8 bytes"),
        ("tokens = ['a-long-token']\ndatabase = 'none/j'", "its folder does not exist"),
        ("tokens = ['a-long-token']\ndatabase = 'j'\npath = 'jobs'", "jobs.path"),
        ("tokens = ['a-long-token']\ndatabase = 'j'\npath = '/'", "jobs.path"),
        (
            "tokens = ['a-long-token']\ndatabase = 'j'\nwebhook = { secrets = ['whsec_c2hvcnQ='] }",
            "jobs.webhook.secrets: a secret of webhooks has 24 to 64 bytes; the Base64 behind `whsec_` has 5",
        ),
        (
            "tokens = ['a-long-token']\ndatabase = 'j'\nwebhook = { hosts = ['a.test'] }",
            "jobs.webhook.secrets: is missing",
        ),
        (
            "tokens = ['a-long-token']\ndatabase = 'j'\nwebhook = { secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], hosts = ['http://a/'] }",
            "jobs.webhook.hosts",
        ),
        ("tokens = ['a-long-token']\ndatabase = 'j'\nattempt = 3", "did you mean `attempts`?"),
        ("tokens = ['a-long-token']\ndatabase = 'dynamodb://jobs?regoin=x'", "unknown parameter regoin"),
        ("tokens = ['a-long-token']\ndatabase = 'dynamodb://j'", "names a table by 3 to 255 letters"),
        (
            "tokens = ['a-long-token']\ndatabase = 'dynamodb://jobs?endpoint=x'",
            "has endpoint=x, which is not of the form",
        ),
    ] {
        let (code, said) = check(keys);
        assert_eq!(code, Some(64), "{keys}: {said}");
        assert!(said.contains(words), "{keys}: {said}");
    }
    let text = "not a database, and longer than the header of one, so that it is looked at".repeat(9);
    folder.write("jobs.sqlite", text).unwrap();
    assert_eq!(check(good).0, Some(0), "a check does not look into what a service works with");
    let config = folder.path().join("lightmill.toml");
    let served = Command::new(BINARY).args(["serve", "--config"]).arg(config).output().unwrap();
    assert_eq!(served.status.code(), Some(64));
    assert!(String::from_utf8(served.stderr).unwrap().contains("jobs.database"));
}
