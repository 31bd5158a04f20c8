//! What is already in a bucket gets its variants in another one.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::SAMPLES;
use common::amazon::Amazon;
use common::backfill::{Backfill, Said, done, variant};
use common::film::until;
use lightmill_testkit::Scratch;

const LONG: Duration = Duration::from_mins(5);

/// Two buckets, and a folder for what is known of them.
struct Cloud {
    amazon: Amazon,
    folder: Scratch,
    config: PathBuf,
}

impl Cloud {
    /// `worker`: more of that section.
    fn start(worker: &str) -> Self {
        let (amazon, folder) = (Amazon::start(), Scratch::new().unwrap());
        for bucket in ["uploads", "processed"] {
            amazon.fill_bucket(bucket, &[]);
        }
        let source = |bucket: &str| {
            format!(
                "[sources.{bucket}]\nurl = \"s3://{bucket}?endpoint={}&region=eu-central-1&path_style=true\"\n\
                 access_key_id = \"AKIDEXAMPLE\"\nsecret_access_key = \"not a secret\"\n",
                amazon.endpoint()
            )
        };
        let config = format!(
            "{}{}[worker]\nsource = \"uploads\"\ntarget = \"processed\"\ndatabase = \"{}/worker.sqlite\"\n{worker}\n\
             [worker.variants.tiny]\nrecipe = \"image/resize,w_20/format,webp\"\n",
            source("uploads"),
            source("processed"),
            folder.path().display()
        );
        let config = folder.write("lightmill.toml", config).unwrap();
        Self { amazon, folder, config }
    }

    fn begin(&self) -> Backfill {
        Backfill::start(["uploads".as_ref(), "--config".as_ref(), self.config.as_os_str()])
    }

    fn run(&self) -> Said {
        self.begin().end()
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join(".lightmill-backfill.json")
    }

    fn put(&self, bucket: &str, key: &str, bytes: &[u8]) {
        assert_eq!(self.amazon.s3("PUT", &format!("/{bucket}/{key}"), bytes).0, 200, "{key}");
    }

    fn remove(&self, bucket: &str, key: &str) {
        assert_eq!(self.amazon.s3("DELETE", &format!("/{bucket}/{key}"), b"").0, 204, "{key}");
    }

    /// What the variants are called.
    fn made(&self) -> BTreeSet<String> {
        let (status, text) = self.amazon.s3("GET", "/processed?list-type=2&max-keys=1000", b"");
        assert_eq!(status, 200, "{text}");
        text.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()).collect()
    }
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{SAMPLES}/{name}")).unwrap()
}

#[test]
fn a_bucket_is_gone_through_and_gone_on_with() {
    // So many that it is at work for some seconds: how far it is is written every second.
    const COUNT: usize = 200;
    let cloud = Cloud::start("at_a_time = 1");
    for i in 0..COUNT {
        cloud.put("uploads", &format!("{}/photo-{i}.jpg", i % 3), &sample("rocket.jpg"));
    }
    cloud.put("uploads", "text.jpg", b"no picture");
    let killed = cloud.begin();
    until(LONG, || done(&cloud.state()) >= 3);
    killed.kill();
    let first = done(&cloud.state());
    let stopped = cloud.begin();
    until(LONG, || done(&cloud.state()) > first);
    let said = stopped.terminate();
    assert_eq!(said.code, 75, "{said:?}");
    let second = done(&cloud.state());
    let said = cloud.run();
    assert_eq!((said.code, said.count("objects"), said.count("failed")), (65, COUNT as u64 + 1, 1), "{said:?}");
    assert_eq!(said.count("made") + said.count("up to date"), COUNT as u64, "{said:?}");
    assert!(said.line("objects").contains(&format!("{second} of them by runs before")), "{said:?}");
    assert_eq!(cloud.made().len(), COUNT);

    // One goes, one changes, and one is mended.
    let before = cloud.made();
    cloud.remove("uploads", "0/photo-0.jpg");
    cloud.put("uploads", "1/photo-1.jpg", &sample("coffee.png"));
    cloud.put("uploads", "text.jpg", &sample("coffee.png"));
    cloud.put("processed", "other_webp_0123456789abcdef.webp", b"of a variant that nobody configured");
    let said = cloud.run();
    let counts = ["objects", "up to date", "made", "failed", "removed"].map(|name| said.count(name));
    assert_eq!((said.code, counts), (0, [COUNT as u64, COUNT as u64 - 2, 2, 0, 1]), "{said:?}");
    let made = cloud.made();
    assert_eq!((made.len(), made.intersection(&before).count()), (COUNT + 1, COUNT - 2));
    assert!(!made.iter().any(|name| name.starts_with("0/photo-0_")));
}

#[test]
#[ignore = "slow: ten thousand objects in a server for tests"]
fn ten_thousand_objects_are_skipped_in_flat_memory() {
    let count = 10_000;
    let cloud = Cloud::start("time = 0.0001\nattempts = 50");
    // What S3 states of an object of no bytes.
    let etag = "\"d41d8cd98f00b204e9800998ecf8427e\"";
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= count {
                        break;
                    }
                    let key = format!("photo-{i:06}.jpg");
                    cloud.put("processed", &variant(&key, etag, "tiny", "webp"), b"");
                    cloud.put("uploads", &key, b"");
                }
            });
        }
    });
    let middle = format!("photo-{:06}-.jpg", count / 2);
    cloud.put("uploads", &middle, &sample("hubble_deep_field.jpg"));
    let (mut samples, killed) = (Vec::new(), cloud.begin());
    until(LONG, || {
        samples.extend(killed.resident_bytes());
        done(&cloud.state()) >= count as u64 / 2
    });
    killed.kill();
    let first = done(&cloud.state());
    cloud.remove("uploads", &middle);
    let mut second = cloud.begin();
    until(LONG, || {
        samples.extend(second.resident_bytes());
        second.is_over()
    });
    let said = second.end();
    let most = samples.iter().max().unwrap();
    eprintln!("{count} objects; most resident bytes: {most}; {said:?}");
    assert_eq!((said.code, said.count("up to date"), said.count("made")), (0, count as u64, 0), "{said:?}");
    assert!(said.line("objects").contains(&format!("{first} of them by runs before")), "{said:?}");
    assert!(*most < 160 << 20, "{most} bytes");
}
