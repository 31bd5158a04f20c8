//! What is already there gets its variants, among the objects themselves, without having any of its own.

use lightmill_testkit::Scratch;

use crate::common::backfill::{Backfill, Said};
use crate::store::{BLUE, RED, Store, plain};

pub fn behaviour(store: &dyn Store) {
    let (source, folder) = (store.bucket("filled", ""), Scratch::new().unwrap());
    let config = format!(
        "[sources.photos]\n{source}\n[worker]\nsource = \"photos\"\ntarget = \"photos\"\nprefix = \"made/\"\n\
         database = \"{}/worker.sqlite\"\n[worker.variants.tiny]\nrecipe = \"image/resize,w_20/format,webp\"",
        folder.path().display()
    );
    let config = folder.write("lightmill.toml", config).unwrap();
    let run = |more: &[&str]| {
        let always = ["photos", "--config", config.to_str().unwrap()];
        Backfill::run(always.iter().chain(more))
    };
    let counts =
        |said: &Said| (said.code, ["objects", "up to date", "made", "failed", "removed"].map(|name| said.count(name)));
    let keys = ["2026/a.png", "2026/aB.png", "a b.png"];
    for key in keys {
        store.put("filled", key, "image/png", &plain(60, 40, RED));
    }
    store.put("filled", "made/gone_tiny_0123456789abcdef.webp", "image/webp", b"of nothing");
    store.put("filled", "text.png", "image/png", b"no picture");
    let said = run(&["--keep-orphans"]);
    assert_eq!(counts(&said), (65, [4, 0, 3, 1, 0]), "{said:?}");
    let said = run(&["--dry-run"]);
    assert_eq!(["objects", "to make", "to remove"].map(|name| said.count(name)), [4, 1, 1], "{said:?}");
    store.put("filled", "2026/a.png", "image/png", &plain(60, 40, BLUE));
    store.put("filled", "text.png", "image/png", &plain(40, 40, BLUE));
    let said = run(&[]);
    assert_eq!(counts(&said), (0, [4, 2, 2, 0, 1]), "{said:?}");
    let said = run(&["--prefix", "2026/"]);
    assert_eq!(counts(&said), (0, [2, 2, 0, 0, 0]), "{said:?}");
}
