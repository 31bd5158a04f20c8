//! Servers that are told of ends.

use serde_json::json;

use crate::clips::{LONG, long_film};
use crate::common::mailbox::{Delivery, Mailbox, OTHER_SECRET, SECRET};
use crate::shop::Shop;

const OPEN: &str = "webhook = { secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], allow_private = ['127.0.0.1'] }";

#[test]
fn ends_are_told_with_a_signature_that_the_docs_verify() {
    let (shop, mailbox) = (Shop::open(OPEN, &[]), Mailbox::open(&[200]));
    let url = "/rocket.jpg?x-oss-process=image/resize,w_44";
    let id = shop.order(&json!({ "url": url, "webhook": mailbox.url() }));
    let [told] = &mailbox.wait(1)[..] else { panic!("{:?}", mailbox.deliveries()) };
    let message = told.json();
    let body = &message["data"];
    assert_eq!((&message["type"], &message["timestamp"]), (&json!("job.done"), &body["ended"]), "{message}");
    assert_eq!(
        (&body["id"], &body["state"], &body["result"]["url"]),
        (&json!(id), &json!("done"), &json!(url)),
        "{body}"
    );
    assert!(body["created"].is_string() && body["ended"].is_string(), "{body}");
    assert_eq!(told.header("content-type"), "application/json");
    assert_eq!(told.id(), format!("{id}-end"));
    let job = shop.until(&id, |job| job["webhook"]["state"] == "done");
    assert_eq!((&job["webhook"]["url"], &job["webhook"]["attempts"]), (&json!(mailbox.url()), &json!(1)), "{job}");

    // The example of the docs says yes to this, and no to anything else.
    assert!(told.is_verified(SECRET) && !told.is_verified(OTHER_SECRET));
    let changed = Delivery { body: told.body.replacen("done", "gone", 1), ..told.clone() };
    assert!(!changed.is_verified(SECRET));
    assert!(shop.server.metric("lightmill_webhooks_total", &["jobs", "delivered"]) > 0.5);
}

#[test]
fn a_server_that_fails_is_told_again() {
    let (shop, mailbox) = (Shop::open(OPEN, &[]), Mailbox::open(&[500, 302, 204]));
    let id = shop.order(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_45", "webhook": mailbox.url() }));
    let deliveries = mailbox.wait(3);
    let ids: Vec<_> = deliveries.iter().map(Delivery::id).collect();
    assert!(ids.iter().all(|known| *known == ids[0]), "{ids:?}");
    assert!(deliveries.iter().all(|delivery| delivery.body == deliveries[0].body));
    let job = shop.until(&id, |job| job["webhook"]["state"] == "done");
    assert_eq!((&job["state"], &job["webhook"]["attempts"]), (&json!("done"), &json!(3)), "{job}");
    assert_eq!(mailbox.deliveries().len(), 3);
}

#[test]
fn what_was_refused_is_shown_and_told_again() {
    let (shop, mailbox) = (Shop::open(OPEN, &[]), Mailbox::open(&[410, 200]));
    let url = "/rocket.jpg?x-oss-process=image/resize,w_49";
    let id = shop.order(&json!({ "url": url, "webhook": mailbox.url() }));
    shop.until(&id, |job| job["webhook"]["state"] == "failed");
    let told = format!("{id}-end");
    let shown = shop.webhooks(&["show", &told]);
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&shown["to"], &shown["type"], &shown["status"]), (&json!("jobs"), &json!("job.done"), &json!(410)));
    assert_eq!((&shown["url"], &shown["payload"]["data"]["url"]), (&json!(mailbox.url()), &json!(url)), "{shown}");
    assert!(shop.webhooks(&["replay", &told]).status.success());
    shop.until(&id, |job| job["webhook"]["state"] == "done");
    let deliveries = mailbox.wait(2);
    assert_eq!((deliveries[1].id(), &deliveries[1].body), (told.as_str(), &deliveries[0].body));
}

#[test]
fn cancelled_and_failed_jobs_are_told_too() {
    let shop = Shop::open(&format!("at_a_time = 1\n{OPEN}"), &[long_film()[0], ("broken.jpg", b"no picture")]);
    let mailbox = Mailbox::open(&[200]);
    let slow = shop.order(&json!({ "url": LONG, "webhook": mailbox.url() }));
    let failing = shop.order(&json!({ "url": "/broken.jpg?x-oss-process=image/resize,w_9", "webhook": mailbox.url() }));
    let waiting =
        shop.order(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_46", "webhook": mailbox.url() }));
    for id in [&waiting, &slow] {
        assert_eq!(shop.ask("DELETE", &format!("/jobs/{id}")).status, 200);
    }
    let mut told: Vec<_> = mailbox
        .wait(3)
        .iter()
        .map(|delivery| (delivery.json()["data"]["id"].clone(), json!(delivery.kind())))
        .collect();
    let mut expected = [(slow, "job.cancelled"), (failing, "job.failed"), (waiting, "job.cancelled")]
        .map(|(id, state)| (json!(id), json!(state)));
    let by_id = |pair: &(serde_json::Value, serde_json::Value)| pair.0.to_string();
    told.sort_by_key(by_id);
    expected.sort_by_key(by_id);
    assert_eq!(told, expected);
}

#[test]
fn what_was_not_told_when_the_process_died_is_told_by_the_next() {
    let (mut shop, mailbox) = (Shop::open(OPEN, &[]), Mailbox::open(&[500, 200]));
    let id = shop.order(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_47", "webhook": mailbox.url() }));
    mailbox.wait(1);
    shop.server.kill().unwrap();
    shop.open_again();
    assert_eq!(mailbox.wait(2)[1].json()["data"]["id"], json!(id));
    assert_eq!(shop.until(&id, |job| job["webhook"]["state"] == "done")["state"], "done");
}

#[test]
fn private_addresses_and_other_hosts_are_not_told() {
    let mailbox = Mailbox::open(&[200]);
    let url = "/rocket.jpg?x-oss-process=image/resize,w_48";
    let closed = Shop::open("webhook = { secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] }", &[]);
    for webhook in [mailbox.url(), "http://localhost:9/".to_owned(), "http://169.254.169.254/".to_owned()] {
        let refused = closed.post(&json!({ "url": url, "webhook": webhook }), &[]);
        assert_eq!(refused.status, 400, "{webhook}: {}", refused.text());
        assert!(refused.text().contains("the webhook's address is not public"), "{}", refused.text());
    }
    let listed = Shop::open(&OPEN.replace(" }", ", hosts = ['hooks.example.com'] }"), &[]);
    let refused = listed.post(&json!({ "url": url, "webhook": mailbox.url() }), &[]);
    assert!(refused.status == 400 && refused.text().contains("host are not allowed"), "{}", refused.text());
    let nonsense = listed.post(&json!({ "url": url, "webhook": "mailto:a@b.test" }), &[]);
    assert_eq!(nonsense.status, 400, "{}", nonsense.text());
    assert!(mailbox.deliveries().is_empty());
}
