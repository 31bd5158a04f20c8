//! The catalogue beside variants.

use serde_json::{Value, json};

use crate::common::film::{red_and_blue, until};
use crate::common::mailbox::Mailbox;
use crate::shop::{LONG, Shop};

const DOCS: &str = include_str!("../../../../docs/worker.md");

/// All fields, as the table in the docs names them.
fn fields(manifest: &Value) -> Vec<String> {
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let below = |name: &'static str| names(&manifest[name]).into_iter().map(move |field| format!("{name}.{field}"));
    let top =
        names(manifest).into_iter().filter(|name| !matches!(name.as_str(), "original" | "placeholder" | "variants"));
    top.chain(below("original")).chain(below("placeholder")).chain(names(&manifest["variants"][0])).collect()
}

/// The only manifest.
fn manifest(shop: &Shop) -> Option<(String, Value)> {
    let name = shop.made().into_iter().find(|name| name.contains("_manifest_"))?;
    let text = std::fs::read(shop.processed().join(&name)).ok()?;
    Some((name, serde_json::from_slice(&text).unwrap()))
}

#[test]
fn a_manifest_is_what_is_told() {
    let mailbox = Mailbox::open(&[200]);
    let shop = Shop::open("manifest = true", &[("shop", mailbox.address, "")]);
    let _worker = shop.worker();
    let photo = shop.upload("coffee.png", "a.png");
    let told = mailbox.wait(1)[0].json();
    let (name, written) = manifest(&shop).unwrap();
    assert_eq!(told["data"], written);
    assert_eq!(name, format!("a_manifest_{}.json", written["id"].as_str().unwrap()));
    assert_eq!(written["placeholder"]["algorithm"], "thumbhash");
    for field in fields(&written) {
        let row = DOCS.lines().find(|line| line.starts_with("| `") && line.contains(&format!("`{field}`")));
        assert!(row.is_some(), "{field} is not in the table");
    }
    std::fs::remove_file(photo).unwrap();
    let removed = mailbox.wait(2)[1].json();
    assert_eq!(removed["data"]["names"].as_array().unwrap().len(), 2, "{removed}");
    assert!(shop.made().is_empty());
}

#[test]
fn a_manifest_of_a_video_says_how_long_it_is() {
    let shop = Shop::making("video/snapshot,t_1500,f_jpg", "manifest = true", &[]);
    let _worker = shop.worker();
    shop.put("clip.mp4", &red_and_blue());
    until(LONG, || manifest(&shop).is_some());
    let (_, told) = manifest(&shop).unwrap();
    let original = &told["original"];
    assert_eq!((&original["width"], &original["height"]), (&json!(320), &json!(180)), "{told}");
    assert_eq!((&original["duration_seconds"], &original["frame_rate"]), (&json!(2.0), &json!(10.0)));
    assert_eq!((&original["codec"], &original["animated"]), (&json!("h264"), &json!(true)));
    assert_eq!((&told["placeholder"], &told["variants"][0]["width"]), (&json!(null), &json!(320)));
}
