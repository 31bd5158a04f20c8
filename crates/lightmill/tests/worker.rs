//! A folder of uploads becomes a folder of variants.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::SAMPLES;
use common::amazon::Amazon;
use common::film::until;
use common::storm::{Act, Storm};
use common::worker::Worker;
use lightmill_testkit::{Picture, Scratch};

/// Time for what takes some seconds on a busy machine.
const LONG: Duration = Duration::from_secs(90);

/// The five variants that are made where nothing is configured, and their extensions.
const FIVE: [(&str, &str); 5] =
    [("compressed", "jpg"), ("low", "jpg"), ("png", "png"), ("thumbnail", "jpg"), ("webp", "webp")];

/// A worker over two folders.
fn started(folder: &Scratch) -> Worker {
    let [watch, to] = ["uploads", "processed"].map(|name| folder.path().join(name));
    std::fs::create_dir_all(&watch).unwrap();
    Worker::start(["--watch".as_ref(), watch.as_os_str(), "--to".as_ref(), to.as_os_str()])
}

/// Whether nothing waits and nothing is worked on.
fn is_idle(worker: &Worker) -> bool {
    let text = worker.metrics();
    let none = |state: &str| format!("lightmill_jobs{{lane=\"variants\",state=\"{state}\"}} 0");
    text.contains(&none("queued")) && text.contains(&none("running"))
}

fn upload(folder: &Scratch, sample: &str, name: &str) -> PathBuf {
    let file = folder.path().join("uploads").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::copy(format!("{SAMPLES}/{sample}"), &file).unwrap();
    file
}

/// All variants, by what their names begin with: the folders and the stem.
fn made(folder: &Scratch) -> BTreeMap<String, BTreeSet<String>> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let root = folder.path().join("processed");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // The worker's own file, and what is being written, begin with a point.
    for name in found.into_iter().filter(|name| !name.split('/').any(|part| part.starts_with('.'))) {
        let parts: Vec<&str> = name.rsplitn(3, '_').collect();
        let [last, variant, stem] = parts[..] else { panic!("{name}") };
        let (id, extension) = last.split_once('.').unwrap();
        assert_eq!(id.len(), 16, "{name}");
        all.entry(stem.to_owned()).or_default().insert(format!("{variant}.{extension}"));
    }
    all
}

fn five() -> BTreeSet<String> {
    FIVE.iter().map(|(variant, extension)| format!("{variant}.{extension}")).collect()
}

fn file(folder: &Scratch, below: &str, variant: &str) -> Vec<u8> {
    let entries = std::fs::read_dir(folder.path().join("processed").join(below)).unwrap().flatten();
    let mut files = entries.map(|entry| entry.path()).filter(|path| path.to_str().unwrap().contains(variant));
    std::fs::read(files.next().unwrap()).unwrap()
}

#[test]
fn an_upload_becomes_its_five_variants() {
    let folder = Scratch::new().unwrap();
    upload(&folder, "rocket.jpg", "there before.jpg");
    let worker = started(&folder);
    until(LONG, || made(&folder).get("there before") == Some(&five()));
    let photo = upload(&folder, "coffee.png", "2026/11/coffee.png");
    until(LONG, || made(&folder).get("2026/11/coffee") == Some(&five()));
    for (variant, size) in [("_thumbnail_", (200, 133)), ("_webp_", (600, 400)), ("_png_", (600, 400))] {
        let picture = Picture::decode(&file(&folder, "2026/11", variant)).unwrap();
        assert_eq!((picture.width(), picture.height()), size, "{variant}");
    }
    let [large, small] = ["_compressed_", "_low_"].map(|variant| file(&folder, "2026/11", variant).len());
    assert!(small < large, "{small} and {large}");

    // Another picture in its place, and then none.
    let before = file(&folder, "2026/11", "_thumbnail_");
    upload(&folder, "astronaut.png", "2026/11/coffee.png");
    until(LONG, || is_idle(&worker) && file(&folder, "2026/11", "_thumbnail_") != before);
    until(LONG, || made(&folder).get("2026/11/coffee") == Some(&five()));
    std::fs::remove_file(photo).unwrap();
    until(LONG, || !made(&folder).contains_key("2026/11/coffee"));
    assert_eq!(made(&folder).len(), 1);
}

#[test]
fn what_is_no_picture_is_told_and_the_rest_goes_on() {
    let folder = Scratch::new().unwrap();
    let worker = started(&folder);
    std::fs::write(folder.path().join("uploads/text.jpg"), "no picture").unwrap();
    let photo = std::fs::read(format!("{SAMPLES}/coffee.png")).unwrap();
    // A header of a picture, and nothing of it.
    std::fs::write(folder.path().join("uploads/half.png"), &photo[..60]).unwrap();
    upload(&folder, "rocket.jpg", "good.jpg");
    until(LONG, || made(&folder).contains_key("good"));
    let failed = || worker.metrics().contains("lightmill_jobs{lane=\"variants\",state=\"failed\"} 2");
    until(LONG, failed);
    assert_eq!(made(&folder), BTreeMap::from([("good".to_owned(), five())]));
}

/// Uploads, some of them bad, replaced or removed, while the worker is killed again and again.
fn storm(count: usize, kills: usize, time: Duration) {
    let folder = Scratch::new().unwrap();
    let storm = Storm::new(count, &["a", "b/c", "2026"], 20_261_122);
    let mut worker = started(&folder);
    let every = storm.acts.len() / kills;
    for (number, act) in storm.acts.iter().enumerate() {
        let file = |key: &String| folder.path().join("uploads").join(key);
        match act {
            Act::Put(key, bytes) => {
                std::fs::create_dir_all(file(key).parent().unwrap()).unwrap();
                std::fs::write(file(key), bytes).unwrap();
            }
            Act::Delete(key) => std::fs::remove_file(file(key)).unwrap(),
            // It is written again as it is.
            Act::TellAgain(key) => {
                let bytes = std::fs::read(file(key)).unwrap();
                std::fs::write(file(key), bytes).unwrap();
            }
        }
        if number % every == every - 1 {
            drop(worker);
            worker = started(&folder);
        }
    }
    let made = || {
        let all = made(&folder).into_iter();
        all.map(|(stem, files)| (stem, files.iter().map(|file| file.split_once('.').unwrap().0.to_owned()).collect()))
            .collect()
    };
    until(time, || is_idle(&worker) && storm.is_over(&made()));
}

#[test]
fn nothing_is_lost_or_made_twice_by_workers_that_are_killed() {
    storm(60, 4, LONG);
}

#[test]
#[ignore = "slow: ./dev test --long"]
fn a_thousand_uploads_lose_nothing() {
    storm(1000, 20, Duration::from_mins(10));
}

#[test]
fn workers_over_a_table_take_the_place_of_those_that_are_killed() {
    let (amazon, folder) = (Amazon::start(), Scratch::new().unwrap());
    let database = amazon.create_jobs_table("variants");
    std::fs::create_dir_all(folder.path().join("processed")).unwrap();
    upload(&folder, "rocket.jpg", "0.jpg");
    let config = format!(
        "{aws}[sources.uploads]\nurl = \"{root}/uploads\"\n[sources.processed]\nurl = \"{root}/processed\"\n\
         [worker]\nsource = \"uploads\"\ntarget = \"processed\"\ndatabase = \"{database}\"",
        aws = amazon.configuration(),
        root = folder.path().display()
    );
    let file = folder.write("lightmill.toml", config).unwrap();
    let start = || Worker::start(["--config".as_ref(), file.as_os_str()]);
    let mut worker = start();
    for i in 1..12 {
        upload(&folder, "rocket.jpg", &format!("{i}.jpg"));
        if i % 5 == 4 {
            drop(worker);
            worker = start();
        }
    }
    until(LONG, || made(&folder).len() == 12 && made(&folder).values().all(|made| *made == five()));
    // A file that was seen half written is two states, and two jobs.
    let done = || {
        let text = worker.metrics();
        let value =
            text.lines().find_map(|line| line.strip_prefix("lightmill_jobs{lane=\"variants\",state=\"done\"} "));
        value.and_then(|value| value.parse::<u32>().ok()).is_some_and(|count| count >= 12)
    };
    until(LONG, || is_idle(&worker) && done());
}

#[test]
fn variants_among_the_uploads_have_none_of_their_own() {
    let folder = Scratch::new().unwrap();
    upload(&folder, "rocket.jpg", "a.jpg");
    let uploads = folder.path().join("uploads");
    let config = format!(
        "[sources.all]\nurl = \"{root}\"\n[worker]\nsource = \"all\"\ntarget = \"all\"\nprefix = \"made/\"\n\
         database = \"{base}/worker.sqlite\"\n[worker.variants.tiny]\nrecipe = \"image/resize,w_20/format,webp\"",
        root = uploads.display(),
        base = folder.path().display()
    );
    let file = folder.write("lightmill.toml", config).unwrap();
    let worker = Worker::start(["--config".as_ref(), file.as_os_str()]);
    let count = || std::fs::read_dir(uploads.join("made")).map_or(0, Iterator::count);
    until(LONG, || count() == 1);
    upload(&folder, "coffee.png", "b.png");
    until(LONG, || count() == 2);
    until(LONG, || is_idle(&worker));
    assert_eq!(count(), 2);
}

#[test]
fn what_went_while_no_worker_ran_is_seen() {
    let folder = Scratch::new().unwrap();
    for name in ["a.jpg", "b.jpg", "c.jpg"] {
        upload(&folder, "rocket.jpg", name);
    }
    let worker = started(&folder);
    until(LONG, || made(&folder).len() == 3 && is_idle(&worker));
    drop(worker);
    let kept = made(&folder);
    std::fs::remove_file(folder.path().join("uploads/a.jpg")).unwrap();
    let photo = upload(&folder, "coffee.png", "b.jpg");
    // What nobody configured is nobody's.
    let other = folder.write("processed/a_other_0123456789abcdef.jpg", "x").unwrap();
    let worker = started(&folder);
    until(LONG, || made(&folder).get("a") == Some(&["other.jpg".to_owned()].into()));
    until(LONG, || is_idle(&worker) && made(&folder).get("b") == Some(&five()));
    assert!(photo.exists() && other.exists());
    assert_eq!(made(&folder).get("c"), kept.get("c"));
}
