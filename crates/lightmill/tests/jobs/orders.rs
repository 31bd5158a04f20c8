//! Orders of pictures, and what is asked about them.

use lightmill_testkit::Picture;
use serde_json::json;

use crate::clips::{LONG, long_film};
use crate::shop::Shop;

#[test]
fn a_picture_is_made_and_found_by_its_url() {
    let shop = Shop::open("", &[]);
    let url = "/rocket.jpg?x-oss-process=image/resize,w_64/format,png";
    let id = shop.order(&json!({ "url": url }));
    let job = shop.end(&id);
    assert_eq!((&job["state"], &job["url"], &job["attempts"]), (&json!("done"), &json!(url), &json!(1)), "{job}");
    assert_eq!((&job["percent"], &job["speed"]), (&json!(100.0), &json!(null)));
    for time in ["created", "started", "ended"] {
        let text = job[time].as_str().unwrap();
        assert!(text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T', "{time}: {text}");
    }
    let result = &job["result"];
    assert_eq!((&result["url"], &result["content_type"]), (&json!(url), &json!("image/png")));
    let made = shop.client().get(url);
    assert_eq!((made.status, made.header("x-lightmill-cache")), (200, Some("hit")));
    assert_eq!(result["bytes"], made.body.len());
    assert_eq!(Picture::decode(&made.body).unwrap().width(), 64);
}

#[test]
fn headers_and_hosts_take_part() {
    let shop = Shop::open("", &[]);
    let url = "https://img.example.com/rocket.jpg?x-oss-process=image/resize,w_32";
    let job = shop.end(&shop.order(&json!({ "url": url, "headers": { "accept": "image/webp" } })));
    assert_eq!(job["state"], "done", "{job}");
    let refused = shop
        .post(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_32", "headers": { "x-bucket": "out" } }), &[]);
    assert_eq!(refused.status, 403, "{}", refused.text());
}

#[test]
fn a_picture_is_saved_where_its_mount_allows_it() {
    let shop = Shop::open("", &[]);
    let url = "/rocket.jpg?x-oss-process=image/resize,w_32";
    let order = |source: &str| json!({ "url": url, "save": { "source": source, "key": "small/rocket.jpg" } });
    let job = shop.end(&shop.order(&order("out")));
    assert_eq!(job["result"]["saved"], json!({ "source": "out", "key": "small/rocket.jpg" }), "{job}");
    let saved = std::fs::read(shop.folder.path().join("out/small/rocket.jpg")).unwrap();
    assert_eq!(Picture::decode(&saved).unwrap().width(), 32);
    assert_eq!(shop.post(&order("photos"), &[]).status, 403);
    // Who may put jobs may not save by that.
    let body = order("out").to_string();
    let headers = [("authorization", "Bearer a-token-that-may-not-save")];
    let refused = shop.client().send("POST", b"/jobs", &headers, body.as_bytes()).unwrap();
    assert_eq!(refused.status, 401, "{}", refused.text());
    let headers = [headers[0], ("x-client-authorization", "another-token-of-savers")];
    assert_eq!(shop.client().send("POST", b"/jobs", &headers, body.as_bytes()).unwrap().status, 202);
}

#[test]
fn the_same_wish_is_the_same_job_while_it_has_not_ended() {
    let shop = Shop::open("at_a_time = 1", &long_film());
    let slow = shop.order(&json!({ "url": LONG }));
    let wish = json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_33" });
    let first = shop.order(&wish);
    assert_eq!(shop.order(&wish), first);
    let same = json!({ "url": "/rocket.jpg?x-oss-process=image%2Fresize,w_33" });
    assert_eq!(shop.order(&same), first, "it is the result that counts");
    assert_ne!(shop.order(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_34" })), first);
    assert_eq!(shop.order(&json!({ "url": LONG })), slow, "also while it is worked on");
    shop.ask("DELETE", &format!("/jobs/{slow}"));
    assert_eq!(shop.end(&first)["state"], "done");
    assert_ne!(shop.order(&wish), first);
}

#[test]
fn a_request_that_is_sent_again_is_known_by_its_key() {
    let shop = Shop::open("", &[]);
    let wish = json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_35" });
    let key = [("idempotency-key", "order 7")];
    let first = shop.post(&wish, &key);
    assert_eq!(first.status, 202, "{}", first.text());
    let id = first.json()["id"].as_str().unwrap().to_owned();
    shop.end(&id);
    let again = shop.post(&wish, &key);
    assert_eq!((again.status, &again.json()["id"]), (200, &json!(id)), "also after its end");
    let other = shop.post(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_36" }), &key);
    assert_eq!((other.status, &other.json()["name"]), (422, &json!("IdempotencyKeyError")));
    assert_eq!(shop.post(&wish, &[("idempotency-key", "")]).status, 400);
}

#[test]
fn jobs_are_listed_counted_and_cancelled() {
    let shop = Shop::open("at_a_time = 1", &long_film());
    let slow = shop.order(&json!({ "url": LONG }));
    let waiting = shop.order(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_37" }));
    shop.until(&slow, |job| job["state"] == "running");
    let ids = |query: &str| {
        let answer = shop.ask("GET", &format!("/jobs{query}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let jobs = answer.json()["jobs"].as_array().unwrap().clone();
        jobs.iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(""), [waiting.clone(), slow.clone()]);
    assert_eq!(ids("?limit=1"), std::slice::from_ref(&waiting));
    assert_eq!(ids("?state=running"), std::slice::from_ref(&slow));
    assert!(ids("?state=failed").is_empty());

    let cancelled = shop.ask("DELETE", &format!("/jobs/{waiting}"));
    assert_eq!((cancelled.status, &cancelled.json()["state"]), (200, &json!("cancelled")));
    assert_eq!(shop.ask("DELETE", &format!("/jobs/{waiting}")).json()["state"], "cancelled", "as often as one likes");
    assert_eq!(shop.ask("DELETE", &format!("/jobs/{slow}")).status, 200);
    assert_eq!(shop.end(&slow)["state"], "cancelled");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while shop.server.metric("lightmill_jobs", &["lane=\"make\"", "state=\"cancelled\""]) < 2.0 {
        assert!(std::time::Instant::now() < deadline, "{}", shop.server.admin().get("/metrics").text());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(shop.server.metric("lightmill_job_seconds_count", &["lane=\"make\"", "outcome=\"cancelled\""]) >= 1.0);
    assert!(shop.server.logged("mount=\"jobs\""), "{}", shop.server.logs());
}
