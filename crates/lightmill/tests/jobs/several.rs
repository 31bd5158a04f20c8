//! Several instances over one table of DynamoDB.

use std::process::Command;
use std::time::{Duration, Instant};

use lightmill_testkit::{Scratch, Server};
use serde_json::{Value, json};

use crate::clips::{LONG, long_film};
use crate::common::amazon::Amazon;
use crate::common::mailbox::Mailbox;
use crate::common::{BINARY, SAMPLES};
use crate::shop::{Shop, ask};

const SMALL: &str = "/rocket.jpg?x-oss-process=image/resize,w_43";

/// The job as `server` tells it.
fn job_at(server: &Server, id: &str) -> Value {
    let answer = ask(server, "GET", &format!("/jobs/{id}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn until_at(server: &Server, id: &str, state: &str) -> Value {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let job = job_at(server, id);
        if job["state"] == state {
            return job;
        }
        assert!(Instant::now() < deadline, "{job}\n{}", server.logs());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_is_ordered_at_one_is_told_done_and_cancelled_at_another() {
    let amazon = Amazon::start();
    let jobs = format!("at_a_time = 1\n{}", amazon.configuration());
    let first = Shop::over(Some(&amazon.create_jobs_table("jobs")), &jobs, &long_film());
    let long = first.order(&json!({ "url": LONG }));
    first.until(&long, |job| job["state"] == "running");
    let small = first.order(&json!({ "url": SMALL }));

    // The first has its hands full.
    let second = first.another();
    until_at(&second, &small, "done");
    assert_eq!(first.job(&small)["state"], "done");
    assert_eq!(second.client().get(SMALL).header("x-lightmill-cache"), Some("hit"), "it was made there");
    assert_eq!(first.client().get(SMALL).header("x-lightmill-cache"), Some("miss"));
    let listed = ask(&second, "GET", "/jobs?state=running").json();
    assert_eq!((listed["jobs"].as_array().unwrap().len(), &listed["jobs"][0]["id"]), (1, &json!(long)), "{listed}");

    // The same wish is the same job, wherever it is ordered.
    let body = json!({ "url": LONG }).to_string();
    let bearer = [("authorization", "Bearer a-long-token-for-jobs")];
    let again = second.client().send("POST", b"/jobs", &bearer, body.as_bytes()).unwrap();
    assert_eq!((again.status, &again.json()["id"]), (202, &json!(long)), "{}", again.text());

    assert_eq!(job_at(&second, &long)["state"], "running");
    assert!(!first.children().is_empty());
    assert_eq!(ask(&second, "DELETE", &format!("/jobs/{long}")).status, 200);
    first.until(&long, |job| job["state"] == "cancelled");
    let asked = Instant::now();
    while !first.children().is_empty() {
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", first.children());
        std::thread::sleep(Duration::from_millis(20));
    }
    let counted = || second.metric("lightmill_jobs", &["make", "cancelled"]);
    while counted() < 1.0 {
        assert!(asked.elapsed() < Duration::from_secs(30), "{}", second.logs());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!((second.metric("lightmill_jobs", &["make", "done"]) - 1.0).abs() < 0.1);
}

#[test]
fn what_a_killed_instance_leaves_is_ended_and_told_by_another() {
    let (amazon, mailbox) = (Amazon::start(), Mailbox::open(&[200]));
    let jobs = format!(
        "at_a_time = 1\nwebhook = {{ secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], allow_private = ['127.0.0.1'] }}\n{}",
        amazon.configuration()
    );
    let mut shop = Shop::over(Some(&amazon.create_jobs_table("jobs")), &jobs, &long_film());
    let clip = "/film.mp4?x-oss-process=video/compress,preset_slow,s_640x360";
    let running = shop.order(&json!({ "url": clip, "webhook": mailbox.url() }));
    let waiting = shop.order(&json!({ "url": SMALL }));
    shop.until(&running, |job| job["state"] == "running");
    let second = shop.another();
    shop.server.kill().unwrap();
    shop.server = second;
    let job = shop.end(&waiting);
    assert_eq!((&job["state"], &job["attempts"]), (&json!("done"), &json!(1)), "{job}");
    let job = shop.end(&running);
    assert_eq!((&job["state"], &job["attempts"]), (&json!("done"), &json!(2)), "{job}");
    let [told] = &mailbox.wait(1)[..] else { panic!("{:?}", mailbox.deliveries()) };
    let told = &told.json()["data"];
    assert_eq!((&told["id"], &told["state"]), (&json!(running), &json!("done")));
    shop.until(&running, |job| job["webhook"]["state"] == "done");
    assert_eq!(mailbox.deliveries().len(), 1);
}

#[test]
fn a_start_without_the_table_says_what_is_missing() {
    let amazon = Amazon::start();
    amazon.create_table("styles");
    for (table, words) in [("styles", "no global secondary index `due`"), ("no-table", "there is no table no-table")] {
        let config = format!(
            "{}[jobs]\ntokens = ['a-long-token']\ndatabase = 'dynamodb://{table}'\n[sources.photos]\nurl = '{SAMPLES}'\n\
             [[mounts]]\nunsafe = true",
            amazon.configuration()
        );
        let folder = Scratch::new().unwrap();
        let file = folder.write("lightmill.toml", config).unwrap();
        let said = Command::new(BINARY).args(["serve", "--config"]).arg(file).output().unwrap();
        let text = String::from_utf8(said.stderr).unwrap();
        assert_eq!(said.status.code(), Some(64), "{text}");
        assert!(text.contains("jobs.database") && text.contains(words), "{text}");
    }
}

#[test]
fn a_table_that_goes_away_is_unavailable_and_pages_are_served_meanwhile() {
    let amazon = Amazon::start();
    let shop = Shop::over(Some(&amazon.create_jobs_table("jobs")), &amazon.configuration(), &[]);
    let id = shop.order(&json!({ "url": SMALL }));
    assert_eq!(shop.end(&id)["state"], "done");
    drop(amazon);
    let answer = shop.ask("GET", &format!("/jobs/{id}"));
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(!answer.text().contains("table"), "{}", answer.text());
    assert_eq!(shop.client().get("/rocket.jpg?x-oss-process=image/resize,w_9").status, 200);
}
