//! What is already there gets its variants.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::SAMPLES;
use common::backfill::{Backfill, Said, done, files, variant, version};
use common::film::until;
use lightmill_testkit::{Picture, Scratch};
use serde_json::Value;

/// Time for what takes some seconds on a busy machine.
const LONG: Duration = Duration::from_mins(3);

/// Uploads of which two small variants are made, beside them or among them.
struct Place {
    folder: Scratch,
    config: PathBuf,
}

impl Place {
    fn new(worker: &str) -> Self {
        let folder = Scratch::new().unwrap();
        for name in ["uploads", "processed"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let config = format!(
            "[sources.uploads]\nurl = \"{root}/uploads\"\n[sources.processed]\nurl = \"{root}/processed\"\n\
             [worker]\nsource = \"uploads\"\ndatabase = \"{root}/state/worker.sqlite\"\n{worker}\n\
             [worker.variants.tiny]\nrecipe = \"image/resize,w_20/format,webp\"\n\
             [worker.variants.grey]\nrecipe = \"image/resize,w_30/format,png\"\n",
            root = folder.path().display()
        );
        let config = folder.write("lightmill.toml", config).unwrap();
        Self { folder, config }
    }

    fn apart() -> Self {
        Self::new("target = \"processed\"")
    }

    fn arguments(&self, more: &[&str]) -> Vec<OsString> {
        let always = ["uploads".as_ref(), "--config".as_ref(), self.config.as_os_str()];
        always.into_iter().chain(more.iter().map(AsRef::as_ref)).map(OsString::from).collect()
    }

    fn run(&self, more: &[&str]) -> Said {
        Backfill::run(self.arguments(more))
    }

    fn upload(&self, sample: &str, key: &str) -> PathBuf {
        self.folder.copy(format!("{SAMPLES}/{sample}"), Path::new("uploads").join(key)).unwrap()
    }

    fn made(&self) -> Vec<String> {
        files(&self.folder.path().join("processed"))
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state/.lightmill-backfill.json")
    }

    /// Both variants of an upload as it is now.
    fn variants(&self, key: &str) -> [String; 2] {
        let version = version(&self.folder.path().join("uploads").join(key));
        [("grey", "png"), ("tiny", "webp")].map(|(name, extension)| variant(key, &version, name, extension))
    }
}

fn sorted<const N: usize>(names: &[[String; N]]) -> Vec<String> {
    let names: BTreeSet<String> = names.iter().flatten().cloned().collect();
    names.into_iter().collect()
}

#[test]
fn what_is_missing_is_made_and_what_is_of_nothing_goes() {
    let place = Place::apart();
    let photo = place.upload("rocket.jpg", "2026/a photo.jpg");
    place.upload("coffee.png", "2026/a photo B.png");
    place.upload("chelsea.png", "z.png");
    place.folder.write("uploads/text.jpg", "no picture").unwrap();
    place.folder.write("uploads/.hidden.jpg", "no object").unwrap();
    let said = place.run(&[]);
    assert_eq!((said.code, said.count("objects"), said.count("made"), said.count("failed")), (65, 4, 3, 1), "{said:?}");
    let report = place.folder.path().join("state/.lightmill-backfill.failures.jsonl");
    assert!(said.err.contains("1 objects failed") && said.err.contains(report.to_str().unwrap()), "{said:?}");
    let line: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert_eq!((&line["key"], &line["code"]), (&"text.jpg".into(), &"UnsupportedFormatError".into()));
    assert!(line["message"].as_str().is_some_and(|text| !text.is_empty()), "{line}");
    let keys = ["2026/a photo.jpg", "2026/a photo B.png", "z.png"];
    assert_eq!(place.made(), sorted(&keys.map(|key| place.variants(key))));
    let tiny = place.folder.path().join("processed").join(&place.variants("z.png")[1]);
    assert_eq!(Picture::decode(&std::fs::read(tiny).unwrap()).unwrap().width(), 20);
    assert!(!place.state().exists());

    // Nothing is to be done, and nobody is told of a failure that is mended.
    std::fs::remove_file(place.folder.path().join("uploads/text.jpg")).unwrap();
    let said = place.run(&["--report", place.folder.path().join("elsewhere.jsonl").to_str().unwrap()]);
    assert_eq!((said.code, said.count("up to date"), said.count("made")), (0, 3, 0), "{said:?}");
    assert!(!place.folder.path().join("elsewhere.jsonl").exists());

    // One is another picture, one is gone, and one has variants of a state that it had.
    let before = place.made();
    place.upload("coffee.png", "2026/a photo.jpg");
    std::fs::remove_file(place.folder.path().join("uploads/z.png")).unwrap();
    let outdated = variant("2026/a photo B.png", "another state", "tiny", "webp");
    let others = ["notes.txt", "b_other_0123456789abcdef.webp", &variant("z.png", "1", "other", "webp")];
    for name in others.iter().copied().chain([&*outdated]) {
        place.folder.write(format!("processed/{name}"), "x").unwrap();
    }
    let said = place.run(&["--keep-orphans"]);
    assert_eq!((said.code, said.count("made"), said.count("removed")), (0, 1, 0), "{said:?}");
    assert!(place.made().contains(&outdated) && place.made().len() == before.len() + 4);
    let said = place.run(&["--prefix", "2026/"]);
    assert_eq!((said.code, said.line("removed")), (0, "0 variants of what is gone, 1 of other states"), "{said:?}");
    let said = place.run(&[]);
    assert_eq!((said.code, said.line("removed")), (0, "2 variants of what is gone, 0 of other states"), "{said:?}");
    let kept = sorted(&keys[..2].iter().map(|key| place.variants(key)).collect::<Vec<_>>());
    let left: Vec<String> = place.made().into_iter().filter(|name| !others.contains(&name.as_str())).collect();
    assert_eq!((left, place.made().len()), (kept, 7));

    // All of it again, if that is wished.
    let said = place.run(&["--again", "--quiet"]);
    assert_eq!((said.code, said.count("made"), said.count("up to date"), &*said.err), (0, 2, 0, ""), "{said:?}");

    // A folder that is empty may be a disk that is not there.
    std::fs::remove_file(photo).unwrap();
    std::fs::remove_file(place.folder.path().join("uploads/2026/a photo B.png")).unwrap();
    let said = place.run(&[]);
    assert_eq!((said.code, said.count("objects"), said.count("removed"), said.count("left")), (0, 0, 0, 4), "{said:?}");
    assert_eq!(place.made().len(), 7);
}

#[test]
fn variants_among_the_objects_have_none_of_their_own() {
    for worker in ["target = \"uploads\"", "target = \"uploads\"\nprefix = \"made/\""] {
        let place = Place::new(worker);
        for key in ["a.jpg", "aB.jpg", "a/b.jpg", "a_b.jpg"] {
            place.upload("rocket.jpg", key);
        }
        let said = place.run(&[]);
        assert_eq!((said.code, said.count("objects"), said.count("made")), (0, 4, 4), "{said:?}");
        let uploads = place.folder.path().join("uploads");
        assert_eq!(files(&uploads).len(), 12);
        std::fs::remove_file(uploads.join("a_b.jpg")).unwrap();
        let said = place.run(&[]);
        let counts = (said.count("objects"), said.count("up to date"), said.count("removed"));
        assert_eq!((said.code, counts), (0, (3, 3, 2)), "{said:?}");
        assert_eq!(files(&uploads).len(), 9);
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = Place::apart();
    for (key, sample) in [("a.jpg", "rocket.jpg"), ("b.png", "coffee.png"), ("c.png", "chelsea.png")] {
        place.upload(sample, key);
    }
    place.run(&["--prefix", "a"]);
    place.folder.write(format!("processed/{}", variant("gone.jpg", "1", "tiny", "webp")), "x").unwrap();
    let before = files(place.folder.path());
    let said = place.run(&["--dry-run", "--sample", "2"]);
    let counts = ["objects", "up to date", "to make", "to remove"].map(|name| said.count(name));
    assert_eq!((said.code, counts), (0, [3, 1, 2, 1]), "{said:?}");
    assert!(
        said.line("to write").starts_with("about ") && said.out.contains("by 2 objects of which 0 failed"),
        "{said:?}"
    );
    let bytes: u64 = ["b.png", "c.png"]
        .iter()
        .map(|key| std::fs::metadata(place.folder.path().join("uploads").join(key)).unwrap().len())
        .sum();
    assert_eq!(said.line("to read"), format!("{:.1} kB", bytes as f64 / 1000.0));
    let said = place.run(&["--dry-run", "--sample", "0"]);
    assert!(said.code == 0 && !said.out.contains("to write"), "{said:?}");
    assert_eq!(files(place.folder.path()), before);

    // Of two folders, of which one is not there yet.
    let (uploads, to) = (place.folder.path().join("uploads"), place.folder.path().join("new"));
    let said = Backfill::run([uploads.as_os_str(), "--to".as_ref(), to.as_os_str(), "--dry-run".as_ref()]);
    assert_eq!((said.code, said.count("to make"), to.exists()), (0, 3, false), "{said:?}");
}

#[test]
fn it_goes_on_where_it_was_killed_and_where_it_was_stopped() {
    let place = Place::apart();
    let (uploads, to) = (place.folder.path().join("uploads"), place.folder.path().join("processed"));
    let names: Vec<String> = (0..60).map(|i| format!("{}/photo {i}.jpg", i % 3)).collect();
    for name in &names {
        place.upload("rocket.jpg", name);
    }
    place.folder.write("uploads/0/a text.jpg", "no picture").unwrap();
    let arguments = ["--to".as_ref(), to.as_os_str(), uploads.as_os_str()];
    let state = to.join(".lightmill-backfill.json");
    let killed = Backfill::start(arguments);
    until(LONG, || done(&state) >= 3);
    killed.kill();
    let first = done(&state);
    let stopped = Backfill::start(arguments);
    until(LONG, || done(&state) >= first + 5);
    let said = stopped.terminate();
    assert_eq!(said.code, 75, "{said:?}");
    assert!(said.err.contains(&format!("going on after {first} objects")), "{said:?}");
    let second = done(&state);
    assert!(said.err.contains(&format!("stopped after {second} objects: the same command goes on")), "{said:?}");

    // What belongs to another one is not gone on from.
    let said = Backfill::run(arguments.iter().copied().chain(["--prefix".as_ref(), "1/".as_ref()]));
    assert_eq!(said.code, 64, "{said:?}");
    assert!(said.err.contains("of the prefix \"\", not \"1/\"") && said.err.contains("--restart"), "{said:?}");

    let said = Backfill::run(arguments);
    assert_eq!((said.code, said.count("objects"), said.count("failed")), (65, 61, 1), "{said:?}");
    assert_eq!(said.count("made") + said.count("up to date"), 60, "{said:?}");
    assert!(said.line("objects").contains(&format!("{second} of them by runs before")), "{said:?}");
    let report = std::fs::read_to_string(to.join(".lightmill-backfill.failures.jsonl")).unwrap();
    assert_eq!(report.lines().count(), 1, "{report}");
    let made: Vec<String> = place.made().into_iter().filter(|name| !name.starts_with('.')).collect();
    assert_eq!(made.len(), 5 * 60);
    assert!(!state.exists());
    let said = Backfill::run(arguments);
    assert_eq!((said.code, said.count("up to date"), said.count("made")), (65, 60, 0), "{said:?}");
}

#[test]
fn anew_if_that_is_wished() {
    let place = Place::apart();
    place.upload("rocket.jpg", "a.jpg");
    place.folder.write("state/.lightmill-backfill.json", "{\"format\":0}").unwrap();
    let said = place.run(&[]);
    assert!(said.code == 73 && said.err.contains("--restart begins anew"), "{said:?}");
    let said = place.run(&["--restart"]);
    assert_eq!((said.code, said.count("made")), (0, 1), "{said:?}");
    let other = place.folder.path().join("other/state.json");
    let said = place.run(&["--state", other.to_str().unwrap()]);
    assert_eq!((said.code, said.count("up to date"), other.exists()), (0, 1, false), "{said:?}");
}

#[test]
fn what_makes_no_sense_is_named() {
    let place = Place::apart();
    let said = Backfill::run(["other".as_ref(), "--config".as_ref(), place.config.as_os_str()]);
    assert_eq!(said.code, 64);
    assert!(said.err.contains("SOURCE = \"other\"") && said.err.contains("which is uploads"), "{said:?}");
    let said = place.run(&["--dry-run", "--sample", "20000"]);
    assert!(said.code == 64 && said.err.contains("--sample") && said.err.contains("0..=10000"), "{said:?}");
    let said = place.run(&["--dry-run", "--restart"]);
    assert!(said.code == 64 && said.err.contains("--restart") && said.err.contains("--dry-run"), "{said:?}");
    let said = place.run(&["--sample", "5"]);
    assert!(said.code == 64 && said.err.contains("--dry-run"), "{said:?}");
    let none = format!("[sources.uploads]\nurl = \"{}\"\n[[mounts]]\nunsafe = true", place.folder.path().display());
    let none = place.folder.write("none.toml", none).unwrap();
    let said = Backfill::run(["uploads".as_ref(), "--config".as_ref(), none.as_os_str()]);
    assert!(said.code == 64 && said.err.contains("worker.source: is missing"), "{said:?}");
    let missing = place.folder.path().join("missing");
    let said = Backfill::run([missing.as_os_str(), "--to".as_ref(), place.folder.path().join("to").as_os_str()]);
    assert!(said.code == 64 && said.err.contains("missing"), "{said:?}");
}

#[test]
fn the_docs_are_true() {
    let docs = include_str!("../../../docs/backfill.md");
    let (_, example) = docs.split_once("```sh\n").unwrap();
    let folder = Scratch::new().unwrap();
    std::os::unix::fs::symlink(SAMPLES, folder.path().join("samples")).unwrap();
    let binaries = Path::new(common::BINARY).parent().unwrap().display().to_string();
    let path = format!("{binaries}:{}", std::env::var("PATH").unwrap());
    let ran = std::process::Command::new("sh")
        .args(["-e", "-c", example.split("```").next().unwrap()])
        .current_dir(folder.path())
        .env("PATH", path)
        .output()
        .unwrap();
    let out = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success() && out.contains("to make      2\n"), "{out}{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(out.lines().filter(|line| line.starts_with("coffee_") || line.starts_with("rocket_")).count(), 10);

    // Every option is described, and no other.
    let help = Backfill::run(["--help"]).out;
    let options = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_ascii_lowercase() && c != '-');
        words.filter(|word| word.starts_with("--") && word.len() > 2).map(str::to_owned).collect()
    };
    let (_, table) = docs.split_once("\n| option | |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let described: BTreeSet<String> = rows.flat_map(|row| options(row.split('|').nth(1).unwrap())).collect();
    let offered = help.lines().filter(|line| line.trim_start().starts_with("--"));
    let offered: BTreeSet<String> =
        offered.flat_map(|line| options(line.trim_start().split(' ').next().unwrap())).collect();
    assert_eq!(described, offered);
}

/// So many empty files in one folder, each with one variant, and in the middle of them a text, which is no picture.
fn many(count: usize) -> Place {
    let place = Place::new("target = \"processed\"\ntime = 0.0001\nattempts = 50");
    let text = std::fs::read_to_string(&place.config).unwrap();
    let text = text.split("[worker.variants.grey]").next().unwrap().to_owned();
    std::fs::write(&place.config, text).unwrap();
    let (from, to) = (place.folder.path().join("uploads"), place.folder.path().join("processed"));
    for i in 0..count {
        let key = format!("photo {i:06}.jpg");
        std::fs::write(from.join(&key), "").unwrap();
        let made = variant(&key, &version(&from.join(&key)), "tiny", "webp");
        std::fs::write(to.join(made), "").unwrap();
    }
    place
}

/// Asserts that `count` objects are skipped in flat memory, and the first half only once.
fn scales(count: usize) {
    let place = many(count);
    // It has no variant, and takes longer than it may, again and again.
    let middle = place.upload("hubble_deep_field.jpg", &format!("photo {:06}-.jpg", count / 2));
    let before = count as u64 / 2;
    let mut samples = Vec::new();
    let killed = Backfill::start(place.arguments(&[]));
    until(LONG, || {
        samples.push((done(&place.state()), killed.resident_bytes().unwrap()));
        done(&place.state()) >= before
    });
    killed.kill();
    let first = done(&place.state());
    std::fs::remove_file(middle).unwrap();
    let mut second = Backfill::start(place.arguments(&[]));
    let mut later = Vec::new();
    until(LONG, || {
        later.extend(second.resident_bytes().map(|bytes| (done(&place.state()), bytes)));
        second.is_over()
    });
    let said = second.end();
    eprintln!("{count} objects; resident bytes: {:?} then {:?}; {said:?}", thinned(&samples), thinned(&later));
    assert_eq!(
        (said.code, said.count("objects"), said.count("up to date")),
        (0, count as u64, count as u64),
        "{said:?}"
    );
    assert!(said.line("objects").contains(&format!("{first} of them by runs before")), "{said:?}");
    assert!(first >= before, "{first}");
    let most = samples.iter().chain(&later).map(|(_, bytes)| *bytes).max().unwrap();
    assert!(most < 160 << 20, "{most} bytes");
}

/// A few of the samples, one for each number of objects at most.
fn thinned(samples: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut thin: Vec<(u64, u64)> = Vec::new();
    for (objects, bytes) in samples {
        match thin.last_mut() {
            Some((last, most)) if last == objects => *most = (*most).max(*bytes),
            _ => thin.push((*objects, *bytes)),
        }
    }
    thin
}

#[test]
fn what_is_up_to_date_is_skipped_and_looked_at_once() {
    scales(3000);
}

#[test]
#[ignore = "slow: a hundred thousand files"]
fn a_hundred_thousand_files_are_skipped_in_flat_memory() {
    scales(100_000);
}
