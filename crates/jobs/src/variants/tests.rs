//! Over folders, with the real mill.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lightmill_dialects::oss;
use lightmill_image::Fonts;
use lightmill_mill::{
    Allow, BucketFrom, ErrorKind, Mill, Originals, Permits, Persistence, Rules, Settings, Stores, Workshop,
};
use lightmill_recipe::{Limits, OutputDefaults};
use lightmill_store::local::{LocalSink, LocalSource};
use tempfile::TempDir;

use super::*;

const PHOTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/rocket.jpg");

struct Place {
    uploads: TempDir,
    made: TempDir,
    variants: Variants,
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
fn place(apart: bool) -> Place {
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
        time: Duration::from_mins(1),
    };
    Place { uploads, made, variants }
}

fn files(folder: &Path) -> BTreeSet<String> {
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
