//! `lightmill webhooks`: what was told and what was not, and once more.

use serde_json::json;

use crate::common::mailbox::Mailbox;
use crate::shop::{Shop, all};

#[test]
fn what_failed_is_shown_and_told_again_while_the_worker_runs() {
    let mailbox = Mailbox::open(&[410, 500, 200]);
    let shop = Shop::open("", &[("shop", mailbox.address, "")]);
    assert_eq!(shop.json(&["list", "--json"]), json!([]), "there is no file yet");
    let _worker = shop.worker();
    shop.upload("rocket.jpg", "a.jpg");
    let failed = shop.until(|found| all(found, "failed"));
    let id = failed[0]["id"].as_str().unwrap();
    assert_eq!((&failed[0]["to"], &failed[0]["type"]), (&json!("shop"), &json!("variants.made")));
    assert_eq!(mailbox.wait(1)[0].id(), id);

    let shown = shop.json(&["show", id]);
    assert_eq!((&shown["payload"]["data"]["key"], &shown["attempts"]), (&json!("a.jpg"), &json!(1)), "{shown}");
    assert_eq!((&shown["tried"][0]["status"], &shown["error"]), (&json!(410), &json!("the server answered 410 Gone")));
    assert!(shown["tried"][0]["at"].is_string() && shown["next_attempt"].is_null(), "{shown}");
    let text = String::from_utf8(shop.webhooks(&["list", "--state", "failed"]).stdout).unwrap();
    assert!(text.starts_with(id) && text.contains("the server answered 410 Gone"), "{text}");
    assert_eq!(shop.json(&["list", "--json", "--state", "done"]), json!([]));

    assert!(shop.webhooks(&["replay", id]).status.success());
    let told = mailbox.wait(3);
    assert!(told.iter().all(|one| (one.id(), &one.body) == (id, &told[0].body)), "{told:?}");
    shop.until(|found| all(found, "done"));
    let shown = shop.json(&["show", id]);
    let statuses: Vec<_> = shown["tried"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!((statuses, &shown["attempts"]), (vec![json!(410), json!(500), json!(200)], &json!(2)), "{shown}");
    assert_eq!((&shown["status"], &shown["error"]), (&json!(200), &json!(null)));
}

#[test]
fn all_that_failed_is_told_again_at_once() {
    let mailbox = Mailbox::open(&[410, 410, 410, 200]);
    let shop = Shop::open("", &[("shop", mailbox.address, "")]);
    let _worker = shop.worker();
    for name in ["a.jpg", "b.jpg", "c.jpg"] {
        shop.upload("rocket.jpg", name);
    }
    shop.until(|found| found.len() == 3 && all(found, "failed"));
    let none = shop.webhooks(&["replay", "--failed", "--since", "2999-01-01T00:00:00Z"]);
    assert!(none.status.success() && none.stdout.is_empty());
    let some = shop.webhooks(&["replay", "--failed", "--since", "2020-01-01T00:00:00Z"]);
    assert_eq!(String::from_utf8(some.stdout).unwrap().lines().count(), 3);
    shop.until(|found| all(found, "done"));
    assert_eq!(mailbox.wait(6).len(), 6);
    assert!(shop.webhooks(&["replay", "--failed"]).stdout.is_empty());
}

#[test]
fn what_makes_no_sense_is_said_so() {
    let shop = Shop::open("", &[("shop", "127.0.0.1:9".parse().unwrap(), "")]);
    let quiet = Shop::open("", &[]);
    for (shop, arguments, code, words) in [
        (&shop, &["show", "nothing"][..], 66, "there is no delivery nothing"),
        (&shop, &["replay", "nothing"], 66, "there is no delivery nothing"),
        (&shop, &["replay"], 64, "required"),
        (&shop, &["replay", "a", "--failed"], 64, "cannot be used with"),
        (&shop, &["replay", "--failed", "--since", "yesterday"], 64, "a time of RFC 3339"),
        (&shop, &["list", "--state", "lost"], 64, "queued, running, done, failed, cancelled"),
        (&shop, &["list", "--limit", "0"], 64, "1..=10000"),
        (&quiet, &["list"], 64, "nobody is told anything"),
    ] {
        let said = shop.webhooks(arguments);
        let error = String::from_utf8_lossy(&said.stderr);
        assert_eq!(said.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(words), "{arguments:?}: {error}");
    }
}
