//! Jobs outlive the processes that work on them.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::clips::{LONG, long_film};
use crate::shop::{Shop, TOKEN};

/// About a second of work.
const SLOW: &str =
    "/rocket.jpg?x-oss-process=image/resize,w_4000,limit_0/blur,r_50,s_50/blur,r_49,s_50/blur,r_48,s_50/rotate,3";

#[test]
fn what_a_killed_process_leaves_is_finished_by_the_next() {
    let mut shop = Shop::open("at_a_time = 1", &[]);
    let (running, waiting) = (
        shop.order(&json!({ "url": SLOW })),
        shop.order(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_43" })),
    );
    shop.until(&running, |job| job["state"] == "running");
    shop.server.kill().unwrap();
    shop.open_again();
    let job = shop.end(&waiting);
    assert_eq!((&job["state"], &job["attempts"]), (&json!("done"), &json!(1)), "{job}");
    let job = shop.end(&running);
    assert_eq!((&job["state"], &job["attempts"]), (&json!("done"), &json!(2)), "{job}");
    assert_eq!(shop.client().get(SLOW).header("x-lightmill-cache"), Some("hit"));
}

#[test]
fn a_process_that_stops_gives_its_jobs_back_at_once() {
    let mut shop = Shop::open("", &long_film());
    let id = shop.order(&json!({ "url": LONG }));
    shop.until(&id, |job| job["percent"].as_f64().is_some());
    shop.server.ask_to_stop().unwrap();
    let exit = shop.server.wait(Duration::from_secs(10)).unwrap();
    assert_eq!(exit.code, Some(0), "{}", shop.server.logs());
    assert!(exit.after < Duration::from_secs(5), "nobody waits for a job: {:?}", exit.after);
    shop.open_again();
    // Long before its lease would have run out, and as if it had never been begun.
    let job = shop.until(&id, |job| job["state"] == "running");
    assert_eq!(job["attempts"], 1, "{job}");
    shop.ask("DELETE", &format!("/jobs/{id}"));
    assert_eq!(shop.end(&id)["state"], "cancelled");
}

#[test]
fn another_configuration_changes_who_may_and_no_job() {
    let shop = Shop::open("", &long_film());
    let id = shop.order(&json!({ "url": LONG }));
    shop.until(&id, |job| job["state"] == "running");
    shop.reload(|config| config.replace(TOKEN, "a-token-of-tomorrow"));
    let bearer = [("authorization", "Bearer a-token-of-tomorrow")];
    let ask = |method: &str| shop.client().send(method, format!("/jobs/{id}").as_bytes(), &bearer, b"").unwrap();
    assert_eq!(shop.ask("GET", &format!("/jobs/{id}")).status, 401);
    assert_eq!((ask("GET").status, &ask("GET").json()["attempts"]), (200, &json!(1)));
    assert_eq!(ask("DELETE").status, 200);
    let asked = Instant::now();
    while ask("GET").json()["state"] != "cancelled" {
        assert!(asked.elapsed() < Duration::from_secs(10), "{}", ask("GET").text());
        std::thread::sleep(Duration::from_millis(20));
    }
}
