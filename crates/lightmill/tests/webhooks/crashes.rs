//! Workers that are killed lose nothing that is to be told.

use serde_json::json;

use crate::common::film::until;
use crate::common::mailbox::Mailbox;
use crate::shop::{LONG, Shop, nobody};

#[test]
fn what_was_not_told_when_the_worker_was_killed_is_told_by_the_next() {
    let address = nobody();
    let shop = Shop::open("", &[("late", address, "")]);
    let worker = shop.worker();
    let photo = shop.upload("rocket.jpg", "a.jpg");
    shop.put("text.jpg", b"no picture");
    shop.until(|found| found.len() == 2);
    assert_eq!(shop.made().len(), 1);
    drop(worker);

    // And again, with a removal, as soon as the folder is watched.
    let worker = shop.worker();
    shop.upload("rocket.jpg", "b.jpg");
    shop.until(|found| found.len() == 3);
    std::fs::remove_file(photo).unwrap();
    let before = shop.until(|found| found.len() == 4);
    until(LONG, || shop.made().len() == 1);
    drop(worker);

    let mailbox = Mailbox::at(address, &[200]);
    let _worker = shop.worker();
    let mut told: Vec<_> = mailbox.wait(4).iter().map(|one| (json!(one.id()), json!(one.kind()))).collect();
    let mut known: Vec<_> = before.iter().map(|one| (one["id"].clone(), one["type"].clone())).collect();
    for list in [&mut told, &mut known] {
        list.sort_by_key(|(id, _)| id.to_string());
    }
    assert_eq!(told, known);
}

#[test]
fn workers_that_are_killed_all_the_time_tell_of_everything() {
    let mailbox = Mailbox::open(&[200]);
    let shop = Shop::open("", &[("shop", mailbox.address, "")]);
    let mut worker = shop.worker();
    for number in 0..30 {
        shop.upload("chelsea.png", &format!("{number}.png"));
        if number % 6 == 5 {
            drop(worker);
            worker = shop.worker();
        }
    }
    let told = || {
        let told = mailbox.deliveries();
        told.iter().map(|one| one.json()["data"]["key"].to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    until(LONG, || told().len() == 30);
    // A delivery that was under way may have come twice, and then under its own id.
    let ids: std::collections::BTreeSet<String> = mailbox.deliveries().iter().map(|one| one.id().to_owned()).collect();
    assert_eq!((ids.len(), shop.made().len()), (30, 30));
}
