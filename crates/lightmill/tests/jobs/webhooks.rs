//! Servers that are told of ends.

use std::io::Write;
use std::process::{Command, Stdio};

use lightmill_testkit::Scratch;
use serde_json::json;

use crate::clips::{LONG, long_film};
use crate::mailbox::Mailbox;
use crate::shop::Shop;

const OPEN: &str = "webhook = { secrets = ['the secret of the webhook'], allow_private = ['127.0.0.1'] }";
const DOCS: &str = include_str!("../../../../docs/jobs.md");

#[test]
fn ends_are_told_with_a_signature_that_the_docs_verify() {
    let (shop, mailbox) = (Shop::open(OPEN, &[]), Mailbox::open(&[200]));
    let url = "/rocket.jpg?x-oss-process=image/resize,w_44";
    let id = shop.order(&json!({ "url": url, "webhook": mailbox.url() }));
    let [told] = &mailbox.wait(1)[..] else { panic!("{:?}", mailbox.deliveries()) };
    let body = told.json();
    assert_eq!(
        (&body["id"], &body["state"], &body["result"]["url"]),
        (&json!(id), &json!("done"), &json!(url)),
        "{body}"
    );
    assert!(body["created"].is_string() && body["ended"].is_string(), "{body}");
    assert_eq!(told.header("content-type"), "application/json");
    assert_eq!(told.header("lightmill-webhook-id"), format!("{id}.end"));
    let job = shop.until(&id, |job| job["webhook"]["state"] == "done");
    assert_eq!((&job["webhook"]["url"], &job["webhook"]["attempts"]), (&json!(mailbox.url()), &json!(1)), "{job}");

    // The example of the docs says yes to this, and no to anything else.
    let signature = told.header("lightmill-signature");
    assert!(verified("the secret of the webhook", signature, &told.body));
    assert!(!verified("another secret", signature, &told.body));
    assert!(!verified("the secret of the webhook", signature, &told.body.replacen("done", "gone", 1)));
}

/// What the program in the docs says.
fn verified(secret: &str, signature: &str, body: &str) -> bool {
    let program = DOCS.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = Scratch::new().unwrap();
    let call = "\nimport sys\nsys.exit(0 if verified(sys.argv[1], sys.argv[2], sys.stdin.buffer.read()) else 3)\n";
    let file = folder.write("verify.py", format!("{program}{call}")).unwrap();
    let mut child = Command::new("python3").arg(file).args([secret, signature]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    match child.wait().unwrap().code() {
        Some(0) => true,
        Some(3) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_that_fails_is_told_again() {
    let (shop, mailbox) = (Shop::open(OPEN, &[]), Mailbox::open(&[500, 302, 204]));
    let id = shop.order(&json!({ "url": "/rocket.jpg?x-oss-process=image/resize,w_45", "webhook": mailbox.url() }));
    let deliveries = mailbox.wait(3);
    let ids: Vec<_> = deliveries.iter().map(|delivery| delivery.header("lightmill-webhook-id")).collect();
    assert!(ids.iter().all(|known| *known == ids[0]), "{ids:?}");
    assert!(deliveries.iter().all(|delivery| delivery.body == deliveries[0].body));
    let job = shop.until(&id, |job| job["webhook"]["state"] == "done");
    assert_eq!((&job["state"], &job["webhook"]["attempts"]), (&json!("done"), &json!(3)), "{job}");
    assert_eq!(mailbox.deliveries().len(), 3);
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
        .map(|delivery| (delivery.json()["id"].clone(), delivery.json()["state"].clone()))
        .collect();
    let mut expected =
        [(slow, "cancelled"), (failing, "failed"), (waiting, "cancelled")].map(|(id, state)| (json!(id), json!(state)));
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
    assert_eq!(mailbox.wait(2)[1].json()["id"], json!(id));
    assert_eq!(shop.until(&id, |job| job["webhook"]["state"] == "done")["state"], "done");
}

#[test]
fn private_addresses_and_other_hosts_are_not_told() {
    let mailbox = Mailbox::open(&[200]);
    let url = "/rocket.jpg?x-oss-process=image/resize,w_48";
    let closed = Shop::open("webhook = { secrets = ['the secret of the webhook'] }", &[]);
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
