//! Uploads of all kinds, good and bad, in an order that a seed decides.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use lightmill_testkit::Scratch;

use super::{BINARY, SAMPLES};

/// What is kept of each good upload.
pub const FIVE: [&str; 5] = ["compressed", "low", "png", "thumbnail", "webp"];

/// Something that happens to an object.
#[derive(Debug, Clone)]
pub enum Act {
    /// It gets these bytes.
    Put(String, Vec<u8>),
    /// It goes.
    Delete(String),
    /// What was told of it last is told again.
    TellAgain(String),
}

/// Everything that happens, in order, and what must come of it.
pub struct Storm {
    pub acts: Vec<Act>,
    /// Stems of objects of which all variants must be there, and nothing else.
    pub good: BTreeSet<String>,
    /// Keys of objects of which nothing can be made.
    pub bad: BTreeSet<String>,
}

impl Storm {
    /// `count` uploads into the folders `folders`, of which some are no pictures, some are replaced by others or removed
    /// later, and some are told twice.
    pub fn new(count: usize, folders: &[&str], seed: u64) -> Self {
        let (pictures, rubbish) = (pictures(), rubbish());
        let mut chance = Chance(seed);
        let mut storm = Self { acts: Vec::new(), good: BTreeSet::new(), bad: BTreeSet::new() };
        for number in 0..count {
            let folder = folders[number % folders.len()];
            let all = if chance.below(10) == 0 { &rubbish } else { &pictures };
            let (extension, bytes) = chance.one(all);
            let key = format!("{folder}/upload-{number}.{extension}");
            storm.put(key.clone(), bytes);
            match chance.below(30) {
                0..3 => storm.acts.push(Act::TellAgain(key)),
                3..6 => storm.put(key, chance.one(&pictures).1),
                6..8 => {
                    storm.good.remove(stem(&key));
                    storm.bad.remove(&key);
                    storm.acts.push(Act::Delete(key));
                }
                _ => {}
            }
        }
        storm
    }

    fn put(&mut self, key: String, bytes: &[u8]) {
        if is_rubbish(bytes) {
            self.bad.insert(key.clone());
        } else {
            self.bad.remove(&key);
            self.good.insert(stem(&key).to_owned());
        }
        self.acts.push(Act::Put(key, bytes.to_vec()));
    }

    /// Whether `made` (variants by the stems of what they are of) is exactly what must be there.
    pub fn is_over(&self, made: &BTreeMap<String, BTreeSet<String>>) -> bool {
        let five: BTreeSet<String> = FIVE.map(str::to_owned).into();
        made.keys().eq(self.good.iter()) && made.values().all(|variants| *variants == five)
    }
}

fn stem(key: &str) -> &str {
    key.rsplit_once('.').unwrap().0
}

/// Small pictures of every format that is written here, by their extensions.
fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    let folder = Scratch::new().unwrap();
    let formats = [
        ("jpg", "rocket.jpg", "jpg"),
        ("jpeg", "hubble_deep_field.jpg", "jpg"),
        ("png", "coffee.png", "png"),
        ("PNG", "astronaut.png", "png"),
        ("webp", "chelsea.png", "webp"),
        ("gif", "rocket.jpg", "gif"),
        ("tiff", "coffee.png", "tiff"),
        ("bmp", "chelsea.png", "bmp"),
        ("avif", "rocket.jpg", "avif"),
    ];
    let make = |(extension, sample, format): (&'static str, &str, &str)| {
        let file = folder.path().join(format!("small.{format}"));
        let recipe = format!("image/resize,w_160/format,{format}");
        let made = Command::new(BINARY)
            .args(["process", &format!("{SAMPLES}/{sample}"), file.to_str().unwrap(), "--recipe", &recipe])
            .status()
            .unwrap();
        assert!(made.success(), "{recipe}");
        (extension, std::fs::read(file).unwrap())
    };
    formats.map(make).into()
}

/// What people upload, too.
fn rubbish() -> Vec<(&'static str, Vec<u8>)> {
    let photo = std::fs::read(format!("{SAMPLES}/coffee.png")).unwrap();
    let mut noise = Chance(7);
    vec![
        ("jpg", Vec::new()),
        ("jpg", b"no picture".to_vec()),
        // A header of a picture, and nothing of it.
        ("png", photo[..60].to_vec()),
        ("webp", (0..2000).map(|_| noise.below(256) as u8).collect()),
    ]
}

/// Whether nothing can be made of these bytes.
pub fn is_rubbish(bytes: &[u8]) -> bool {
    rubbish().iter().any(|(_, other)| other == bytes)
}

/// Numbers that only look like chance: the same seed gives the same storm.
pub struct Chance(pub u64);

impl Chance {
    /// 0 up to `end`, which is not reached.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn one<'a>(&mut self, all: &'a [(&'static str, Vec<u8>)]) -> (&'static str, &'a [u8]) {
        let (extension, bytes) = &all[self.below(all.len() as u64) as usize];
        (extension, bytes)
    }
}
