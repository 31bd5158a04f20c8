//! Over folders, with the real mill.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lightmill_dialects::oss;
use lightmill_image::Fonts;
use lightmill_mill::{
    Allow, BucketFrom, ErrorKind, Mill, Originals, Permits, Persistence, Rules, Settings, Stores, Workshop,
};
use lightmill_recipe::{Limits, OutputDefaults};
use lightmill_store::local::{LocalSink, LocalSource};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

pub(crate) const PHOTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/rocket.jpg");

pub(crate) struct Place {
    pub(crate) uploads: TempDir,
    pub(crate) made: TempDir,
    pub(crate) variants: Variants,
}

pub(crate) fn rules() -> Rules {
    Rules {
        name: "worker".to_owned(),
        oss: oss::Options::default(),
        sources: vec!["uploads".to_owned()],
        origins: Vec::new(),
        save_to: Vec::new(),
        uploads: None,
        bucket_from: BucketFrom::default(),
        originals: Originals::default(),
        allow: Allow::default(),
        limits: Limits::default(),
        tags: Vec::new(),
        output: OutputDefaults::default(),
    }
}

pub(crate) fn variant(name: &str, actions: &'static str) -> Variant {
    let request =
        move |locator: &lightmill_recipe::Locator| oss::parse_actions(actions, locator, None, &oss::Options::default());
    Variant { name: name.to_owned(), request: Box::new(request) }
}

/// One that reads `source`.
pub(crate) fn mill(source: &Arc<dyn lightmill_store::Source>) -> Mill {
    let settings = Settings { version_time: Duration::ZERO, error_time: Duration::ZERO, ..Settings::default() };
    let stores = Stores { sources: [("uploads".to_owned(), Arc::clone(source))].into(), ..Stores::default() };
    let workshop = Workshop::start(&Permits::default()).unwrap();
    Mill::new(&settings, workshop, stores, Fonts::default(), Persistence::default())
}

/// Variants in a folder of their own, or among the uploads.
pub(crate) fn place(apart: bool) -> Place {
    let (uploads, made) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source: Arc<dyn lightmill_store::Source> = Arc::new(LocalSource::open(uploads.path()).unwrap());
    let mill = mill(&source);
    let folder = if apart { made.path() } else { uploads.path() };
    let target = Target {
        sink: Arc::new(LocalSink::open(folder).unwrap()),
        list: Arc::new(LocalSource::open(folder).unwrap()),
        prefix: String::new(),
        inside: (!apart).then(String::new),
    };
    let variants =
        vec![variant("small", "image/resize,w_64/format,jpg"), variant("webp", "image/resize,w_32/format,webp")];
    let variants = Variants {
        mill,
        rules: Arc::new(rules()),
        source,
        target,
        variants,
        removes: true,
        manifest: false,
        notices: None,
        time: Duration::from_mins(1),
    };
    Place { uploads, made, variants }
}

pub(crate) fn files(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            names.extend(files(&entry.path()).into_iter().map(|below| format!("{name}/{below}")));
        } else {
            names.insert(name);
        }
    }
    names
}

fn kinds(names: &BTreeSet<String>) -> Vec<String> {
    names.iter().filter_map(|name| Name::read(name)).map(|name| name.variant).collect()
}

#[tokio::test]
async fn what_is_made_agrees_with_what_is_there() {
    let Place { uploads, made, variants } = place(true);
    let file = uploads.path().join("2026/a photo.jpg");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::copy(PHOTO, &file).unwrap();
    let key = "2026/a photo.jpg";
    assert!(!variants.is_settled(key).await.unwrap());
    assert_eq!(variants.settle(key).await.unwrap(), Settled::Made(2));
    let first = files(made.path());
    assert_eq!(kinds(&first), ["small", "webp"], "{first:?}");
    assert!(first.iter().all(|name| name.starts_with("2026/a photo_")), "{first:?}");
    assert!(variants.is_settled(key).await.unwrap());
    // Told again, the same.
    assert_eq!(variants.settle(key).await.unwrap(), Settled::Made(2));
    assert_eq!(files(made.path()), first);

    // Another of the same stem stays when this one changes, and goes alone.
    let other = "2026/a photo.png";
    std::fs::copy(PHOTO, uploads.path().join(other)).unwrap();
    variants.settle(other).await.unwrap();
    std::fs::copy(PHOTO.replace("rocket.jpg", "coffee.png"), &file).unwrap();
    assert_eq!(variants.settle(key).await.unwrap(), Settled::Made(2));
    let second = files(made.path());
    assert_eq!((second.len(), second.intersection(&first).count()), (4, 0), "{second:?}");

    std::fs::remove_file(&file).unwrap();
    assert_eq!(variants.settle(key).await.unwrap(), Settled::Gone(2));
    assert_eq!(kinds(&files(made.path())), ["small", "webp"], "the other one's");
    assert_eq!(variants.settle("2026/never.jpg").await.unwrap(), Settled::Gone(0));
}

#[tokio::test]
async fn nothing_is_written_of_what_is_no_picture() {
    let Place { uploads, made, variants } = place(true);
    std::fs::write(uploads.path().join("text.jpg"), "no picture").unwrap();
    assert_eq!(variants.settle("text.jpg").await.unwrap_err().kind(), ErrorKind::Unsupported);
    let photo = std::fs::read(PHOTO).unwrap();
    std::fs::write(uploads.path().join("half.png"), [&photo[..100], &[0; 100]].concat()).unwrap();
    variants.settle("half.png").await.unwrap_err();
    assert_eq!(files(made.path()), BTreeSet::new());
}

#[tokio::test]
async fn variants_have_no_variants() {
    let Place { uploads, variants, .. } = place(false);
    std::fs::copy(PHOTO, uploads.path().join("a.jpg")).unwrap();
    assert_eq!(variants.settle("a.jpg").await.unwrap(), Settled::Made(2));
    let all = files(uploads.path());
    assert_eq!(all.len(), 3, "{all:?}");
    for name in &all {
        let expected = if name == "a.jpg" { Settled::Made(2) } else { Settled::Own };
        assert_eq!(variants.settle(name).await.unwrap(), expected, "{name}");
    }
    assert_eq!(files(uploads.path()), all);
}

#[tokio::test]
async fn several_workers_at_a_time_come_to_the_same() {
    let Place { uploads, made, variants } = place(true);
    std::fs::copy(PHOTO, uploads.path().join("a.jpg")).unwrap();
    let all = futures::future::join_all((0..4).map(|_| variants.settle("a.jpg"))).await;
    assert!(all.into_iter().all(|settled| settled.unwrap() == Settled::Made(2)));
    assert_eq!(files(made.path()).len(), 2);
}

/// The manifest of the only object that has one, and its name.
fn manifest(folder: &Path) -> (String, Value) {
    let name = files(folder).into_iter().find(|name| name.contains("_manifest_")).unwrap();
    let text = std::fs::read(folder.join(&name)).unwrap();
    (name, serde_json::from_slice(&text).unwrap())
}

#[tokio::test]
async fn a_manifest_tells_of_everything_that_is_there() {
    let Place { uploads, made, mut variants } = place(true);
    variants.manifest = true;
    std::fs::copy(PHOTO, uploads.path().join("a.jpg")).unwrap();
    assert_eq!(variants.settle("a.jpg").await.unwrap(), Settled::Made(2));
    let (name, told) = manifest(made.path());
    let version = variants.source.stat("a.jpg").await.unwrap().version;
    let id = Id::of("a.jpg", &version);
    assert_eq!(name, format!("a_manifest_{}.json", id.as_str()));
    assert_eq!((&told["schema"], &told["key"], &told["id"]), (&json!(1), &json!("a.jpg"), &json!(id.as_str())));
    assert_eq!(told["version"], version.as_str());
    let bytes = std::fs::metadata(PHOTO).unwrap().len();
    let original = &told["original"];
    for (name, value) in [
        ("format", json!("jpeg")),
        ("content_type", json!("image/jpeg")),
        ("bytes", json!(bytes)),
        ("width", json!(640)),
        ("height", json!(427)),
        ("orientation", json!(1)),
        ("frames", json!(1)),
        ("animated", json!(false)),
        ("duration_seconds", json!(null)),
        ("alpha", json!(false)),
        ("bits", json!(8)),
        ("colour", json!("ycbcr")),
        ("profile", json!("Adobe RGB (1998)")),
        ("high_dynamic_range", json!(false)),
    ] {
        assert_eq!(original[name], value, "{name} of {original}");
    }
    let there = files(made.path());
    for (variant, expected) in told["variants"].as_array().unwrap().iter().zip([("small", 64, 43), ("webp", 32, 21)]) {
        let key = variant["key"].as_str().unwrap();
        assert!(there.contains(key), "{key}");
        assert_eq!(variant["bytes"], std::fs::metadata(made.path().join(key)).unwrap().len());
        assert_eq!(
            (&variant["name"], &variant["width"], &variant["height"]),
            (&json!(expected.0), &json!(expected.1), &json!(expected.2))
        );
        assert!(variant["quality"].is_u64(), "{variant}");
    }
    assert_eq!(there.len(), 3);
    assert_eq!(told["placeholder"]["algorithm"], "thumbhash");
    let hash = STANDARD.decode(told["placeholder"]["value"].as_str().unwrap()).unwrap();
    assert!((20..=28).contains(&hash.len()), "{told}");

    // Without it an object is not settled, and it goes as variants go.
    assert!(variants.is_settled("a.jpg").await.unwrap());
    std::fs::remove_file(made.path().join(&name)).unwrap();
    assert!(!variants.is_settled("a.jpg").await.unwrap());
    variants.settle("a.jpg").await.unwrap();
    assert_eq!(manifest(made.path()), (name, told), "the same state has the same manifest");
    std::fs::copy(PHOTO.replace("rocket.jpg", "coffee.png"), uploads.path().join("a.jpg")).unwrap();
    variants.settle("a.jpg").await.unwrap();
    let (_, other) = manifest(made.path());
    assert_eq!((&other["original"]["format"], files(made.path()).len()), (&json!("png"), 3));
    std::fs::remove_file(uploads.path().join("a.jpg")).unwrap();
    assert_eq!(variants.settle("a.jpg").await.unwrap(), Settled::Gone(3));
}

#[tokio::test]
async fn manifests_have_no_variants() {
    let Place { uploads, mut variants, .. } = place(false);
    variants.manifest = true;
    std::fs::copy(PHOTO, uploads.path().join("a.jpg")).unwrap();
    assert_eq!(variants.settle("a.jpg").await.unwrap(), Settled::Made(2));
    let (name, _) = manifest(uploads.path());
    assert_eq!(variants.settle(&name).await.unwrap(), Settled::Own);
    // Also when none are written any more.
    variants.manifest = false;
    assert_eq!(variants.settle(&name).await.unwrap(), Settled::Own);
}
