//! What becomes of objects is told, and told again to whoever does not listen.

use std::collections::BTreeSet;

use serde_json::json;

use crate::common::film::until;
use crate::common::mailbox::{Delivery, Mailbox, OTHER_SECRET, SECRET, SILENCE};
use crate::shop::{LONG, Shop, all};

#[test]
fn what_becomes_of_an_object_is_told_to_who_wants_to_know() {
    let [everything, failures] = [(); 2].map(|()| Mailbox::open(&[204]));
    let shop =
        Shop::open("", &[("all", everything.address, ""), ("bad", failures.address, "events = [\"variants.failed\"]")]);
    let worker = shop.worker();
    let photo = shop.upload("rocket.jpg", "a photo.jpg");
    let made = &everything.wait(1)[0];
    assert_eq!((made.kind().as_str(), made.header("content-type")), ("variants.made", "application/json"));
    assert!(made.is_verified(SECRET) && !made.is_verified(OTHER_SECRET));
    let data = &made.json()["data"];
    assert_eq!((&data["key"], &data["original"]["format"]), (&json!("a photo.jpg"), &json!("jpeg")), "{data}");
    assert_eq!((&data["original"]["width"], &data["original"]["height"]), (&json!(640), &json!(427)));
    let variant = &data["variants"][0];
    assert_eq!((&variant["name"], &variant["content_type"]), (&json!("tiny"), &json!("image/webp")), "{variant}");
    assert_eq!((&variant["width"], &variant["height"]), (&json!(20), &json!(13)));
    let key = variant["key"].as_str().unwrap();
    assert_eq!(variant["bytes"], std::fs::metadata(shop.processed().join(key)).unwrap().len());
    assert!(key.contains(data["id"].as_str().unwrap()), "{data}");

    shop.put("text.jpg", b"no picture");
    let failed = failures.wait(1)[0].json();
    assert_eq!((&failed["type"], &failed["data"]["key"]), (&json!("variants.failed"), &json!("text.jpg")));
    assert_eq!(failed["data"]["code"], "UnsupportedFormatError", "{failed}");
    std::fs::remove_file(photo).unwrap();
    let told = everything.wait(3);
    let kinds: BTreeSet<String> = told.iter().map(Delivery::kind).collect();
    assert_eq!(kinds, ["variants.failed", "variants.made", "variants.removed"].map(str::to_owned).into());
    let removed = told.iter().find(|one| one.kind() == "variants.removed").unwrap().json();
    assert_eq!(removed["data"], json!({ "key": "a photo.jpg", "names": [key], "replaced": false }));
    assert_eq!(shop.made(), BTreeSet::new());
    let ids: BTreeSet<&str> = told.iter().map(Delivery::id).collect();
    assert_eq!((ids.len(), failures.deliveries().len()), (3, 1));
    assert!(!ids.contains(failures.deliveries()[0].id()), "each endpoint has its own");
    until(LONG, || worker.metrics().contains("lightmill_webhooks_total{to=\"all\",outcome=\"delivered\"} 3"));
}

#[test]
fn who_fails_is_told_again_and_who_is_gone_is_not() {
    let (failing, gone) = (Mailbox::open(&[500, 503, 200]), Mailbox::open(&[410]));
    let shop = Shop::open("", &[("failing", failing.address, ""), ("gone", gone.address, "")]);
    let _worker = shop.worker();
    shop.upload("rocket.jpg", "a.jpg");
    let told = failing.wait(3);
    assert!(told.iter().all(|one| (one.id(), &one.body) == (told[0].id(), &told[0].body)), "{told:?}");
    assert!(told.iter().all(|one| one.is_verified(SECRET)), "each is signed at its time");
    let ended = shop.until(|all| all.iter().all(|one| !one["ended"].is_null()));
    let of = |to: &str| ended.iter().find(|one| one["to"] == to).unwrap();
    assert_eq!((&of("failing")["state"], &of("failing")["attempts"]), (&json!("done"), &json!(3)));
    assert_eq!((&of("gone")["state"], &of("gone")["attempts"]), (&json!("failed"), &json!(1)));
    assert_eq!((&of("gone")["status"], gone.deliveries().len()), (&json!(410), 1));
}

#[test]
fn who_says_nothing_holds_nobody_up() {
    let (silent, good) = (Mailbox::open(&[SILENCE]), Mailbox::open(&[200]));
    let shop = Shop::open("", &[("silent", silent.address, "at_a_time = 2\ntime = 600"), ("good", good.address, "")]);
    let worker = shop.worker();
    for number in 0..20 {
        shop.upload("rocket.jpg", &format!("{number}.jpg"));
    }
    let keys: BTreeSet<String> = good.wait(20).iter().map(|one| one.json()["data"]["key"].to_string()).collect();
    assert_eq!((keys.len(), shop.made().len()), (20, 20));
    until(LONG, || silent.deliveries().len() == 2);
    until(LONG, || worker.metrics().contains("lightmill_jobs{lane=\"tell.silent\",state=\"running\"} 2"));
    assert!(worker.metrics().contains("lightmill_jobs{lane=\"tell.silent\",state=\"queued\"} 18"));
}

#[test]
fn private_addresses_are_told_only_where_they_are_opened() {
    let mailbox = Mailbox::open(&[200]);
    let shop = Shop::open("", &[("closed", mailbox.address, "")]);
    shop.configure(|config| config.replace("allow_private = [\"127.0.0.1\"]", ""));
    let _worker = shop.worker();
    shop.upload("rocket.jpg", "a.jpg");
    let refused = shop.until(|found| all(found, "failed"));
    assert_eq!(refused[0]["error"], "the webhook's address is not public");
    assert!(mailbox.deliveries().is_empty() && refused[0]["status"].is_null());
}

#[test]
fn a_secret_that_is_replaced_signs_from_then_on() {
    let mailbox = Mailbox::open(&[200]);
    let shop = Shop::open("", &[("shop", mailbox.address, "")]);
    let file = shop.folder.write("secret", SECRET).unwrap();
    shop.configure(|config| config.replace(SECRET, &format!("file:{}", file.display())));
    let worker = shop.worker();
    shop.upload("rocket.jpg", "a.jpg");
    assert!(mailbox.wait(1)[0].is_verified(SECRET));
    std::fs::write(&file, format!("{OTHER_SECRET}\n{SECRET}\n")).unwrap();
    until(LONG, || worker.metrics().contains("lightmill_secret_reads_total{place=\"file\",outcome=\"ok\"} 2"));
    shop.upload("rocket.jpg", "b.jpg");
    let told = &mailbox.wait(2)[1];
    assert!(told.is_verified(SECRET) && told.is_verified(OTHER_SECRET), "both, while receivers change over");
}
