//! The whole road, with an engine that does what a test wants, and with the real one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::join_all;
use lightmill_dialects::{Request, Wish, oss};
use lightmill_image::plan::Cost;
use lightmill_image::{self as image, Cancel, Context, Fonts, Made};
use lightmill_recipe::{Findings, Format, Input, Limits, Locator, OutputDefaults, Recipe, Size};
use lightmill_store::testing::FakeSource;
use lightmill_store::{self as store, Source, collect};

use crate::engine::{Engine, Planned};
use crate::{
    Analysers, Asked, BucketFrom, Delivered, Error, ErrorKind, Job, Mill, Origin, Originals, Persistence, Rules,
    Settings, Stores, Validators, Workshop,
};

pub(crate) fn rules() -> Rules {
    Rules {
        name: "test".into(),
        oss: oss::Options::default(),
        sources: vec!["photos".into()],
        origins: Vec::new(),
        save_to: Vec::new(),
        uploads: None,
        bucket_from: BucketFrom::Header,
        originals: Originals::Stream,
        allow: crate::Allow::default(),
        limits: Limits::default(),
        tags: vec!["blog".into()],
        output: OutputDefaults::default(),
    }
}

pub(crate) fn made(bytes: &[u8]) -> Made {
    Made {
        content_type: "image/png",
        bytes: bytes.to_vec().into(),
        format: Some(Format::Png),
        size: Some(Size::new(1, 1)),
        frames: 1,
        passthrough: false,
        quality: None,
        timings: image::Timings::default(),
    }
}

/// Joins its inputs after `time`, each with the number of things that were found in it if that is known, and does as the
/// main one says: `panic`, `fail`, or `stay` until it is told to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeEngine {
    started: Arc<AtomicUsize>,
    stopped: Arc<AtomicUsize>,
    time: Duration,
}

impl Engine for FakeEngine {
    fn of_frames(&self) -> Arc<dyn Engine> {
        Arc::new(self.clone())
    }

    fn plan(
        &self,
        _: &Recipe,
        inputs: Vec<Bytes>,
        findings: &[Option<Findings>],
        _: &Limits,
        _: Option<&lightmill_image::Decoded>,
    ) -> Result<Planned, image::Error> {
        let (engine, findings) = (self.clone(), findings.to_vec());
        let run = move |cancel: &Cancel| {
            engine.started.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(engine.time);
            match &inputs[0][..] {
                b"panic" => panic!("on purpose"),
                b"fail" => Err(image::Error::UnknownFormat),
                b"stay" => loop {
                    std::thread::sleep(Duration::from_millis(1));
                    if let Err(error) = cancel.check() {
                        engine.stopped.fetch_add(1, Ordering::SeqCst);
                        return Err(error);
                    }
                },
                _ => {
                    let mut text = inputs.concat();
                    let counts = findings.iter().flatten().map(|found| format!(" {}", found.regions.len()));
                    counts.for_each(|count| text.extend(count.into_bytes()));
                    Ok(made(&text))
                }
            }
        };
        let cost = Cost { bytes: 1024, time: Duration::from_millis(1) };
        Ok(Planned { cost, decoded_bytes: 0, probe: None, run: Box::new(run) })
    }

    fn context(&self, limits: &Limits, cancel: &Cancel) -> Context {
        Context { limits: limits.clone(), cancel: cancel.clone(), ..Context::default() }
    }
}

pub(crate) struct Road {
    pub(crate) source: FakeSource,
    engine: FakeEngine,
    pub(crate) mill: Mill,
}

impl Road {
    fn new(settings: &Settings) -> Self {
        Self::with(
            settings,
            FakeSource::default(),
            FakeEngine { time: Duration::from_millis(20), ..Default::default() },
        )
    }

    fn with(settings: &Settings, source: FakeSource, engine: FakeEngine) -> Self {
        let sources = [("photos".to_owned(), Arc::new(source.clone()) as Arc<dyn Source>)].into();
        Self::over(settings, Stores { sources, ..Stores::default() }, Persistence::default(), (source, engine))
    }

    /// One on which pictures are looked at.
    pub(crate) fn looking(settings: &Settings, analysers: Analysers, persistence: Persistence) -> Self {
        let (source, engine) = (FakeSource::default(), FakeEngine::default());
        let sources = [("photos".to_owned(), Arc::new(source.clone()) as Arc<dyn Source>)].into();
        let stores = Stores { sources, analysers, ..Stores::default() };
        Self::over(settings, stores, persistence, (source, engine))
    }

    pub(crate) fn over(
        settings: &Settings,
        stores: Stores,
        persistence: Persistence,
        (source, engine): (FakeSource, FakeEngine),
    ) -> Self {
        let workshop = Workshop::start(&settings.permits).unwrap();
        let mill = Mill::with_engine(settings, workshop, stores, persistence, Arc::new(engine.clone()));
        Self { source, engine, mill }
    }

    async fn job(&self, keys: &[&str]) -> Job {
        job(&self.mill, Arc::new(rules()), recipe(keys)).await
    }

    async fn make(&self, keys: &[&str]) -> Result<Delivered, Error> {
        let job = self.job(keys).await;
        let validators = self.mill.validators(&job).await?;
        self.mill.make(&job, &validators, in_seconds(20)).await
    }

    fn started(&self) -> usize {
        self.engine.started.load(Ordering::SeqCst)
    }

    async fn until_stopped(&self) {
        let stopped = async {
            while self.engine.stopped.load(Ordering::SeqCst) == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), stopped).await.unwrap();
    }
}

pub(crate) fn recipe(keys: &[&str]) -> Recipe {
    let mut recipe = Recipe::new(Locator::key(keys[0]));
    recipe.inputs.extend(keys[1..].iter().map(|key| Input::new(Locator::key(*key))));
    recipe
}

pub(crate) async fn job(mill: &Mill, rules: Arc<Rules>, recipe: Recipe) -> Job {
    let locator = recipe.inputs[0].locator().unwrap().clone();
    let request = Request::new(locator, Wish::Transform(recipe));
    mill.resolve(&rules, request, Asked::default()).await.unwrap()
}

pub(crate) fn in_seconds(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

/// Sources are asked each time, and errors are forgotten at once.
pub(crate) fn forgetful() -> Settings {
    Settings { version_time: Duration::ZERO, error_time: Duration::ZERO, ..Settings::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_made_once_and_then_remembered() {
    let road = Road::new(&Settings::default());
    road.source.put("a", b"1");
    let results = join_all((0..50).map(|_| road.make(&["a"]))).await;
    assert!(results.iter().all(|result| result.as_ref().unwrap().made.bytes == "1"));
    let of = |origin| results.iter().filter(|result| result.as_ref().unwrap().from == origin).count();
    assert_eq!((of(Origin::Fresh), of(Origin::Joined) + of(Origin::Memory)), (1, 49));
    assert_eq!((road.started(), road.source.reads()), (1, 1));
    assert_eq!(road.make(&["a"]).await.unwrap().from, Origin::Memory);
    assert_eq!((road.started(), road.source.reads()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_and_panics_are_shared_and_block_nobody() {
    let road = Road::new(&forgetful());
    road.source.put("a", b"panic");
    road.source.put("b", b"fail");
    for result in join_all((0..10).map(|_| road.make(&["a"]))).await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Internal);
    }
    for result in join_all((0..10).map(|_| road.make(&["b"]))).await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert_eq!(road.make(&["none"]).await.unwrap_err().kind(), ErrorKind::NotFound);
    road.source.put("a", b"well");
    assert_eq!(road.make(&["a"]).await.unwrap().made.bytes, "well");
}

#[tokio::test]
async fn what_cannot_be_made_is_not_tried_again_at_once() {
    let road = Road::new(&Settings { error_time: Duration::from_mins(1), ..forgetful() });
    road.source.put("a", b"fail");
    road.source.put("b", b"panic");
    for _ in 0..3 {
        assert_eq!(road.make(&["a"]).await.unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(road.make(&["b"]).await.unwrap_err().kind(), ErrorKind::Internal);
    }
    assert_eq!(road.started(), 1 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_nobody_waits_for_is_stopped_and_can_be_done_later() {
    let road = Road::new(&forgetful());
    road.source.put("a", b"stay");
    let job = road.job(&["a"]).await;
    let validators = road.mill.validators(&job).await.unwrap();
    let late = road.mill.make(&job, &validators, Instant::now() + Duration::from_millis(100)).await;
    assert!(matches!(late, Err(Error::TimedOut)));
    road.until_stopped().await;
    road.source.put("a", b"1");
    assert_eq!(road.make(&["a"]).await.unwrap().from, Origin::Fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_that_leaves_does_not_take_the_work_along() {
    let road = Road::new(&forgetful());
    road.source.put("a", b"1");
    let job = road.job(&["a"]).await;
    let validators = road.mill.validators(&job).await.unwrap();
    let (first, second) = tokio::join!(
        road.mill.make(&job, &validators, Instant::now() + Duration::from_millis(5)),
        road.mill.make(&job, &validators, in_seconds(20)),
    );
    assert!(matches!(first, Err(Error::TimedOut)));
    assert_eq!(second.unwrap().from, Origin::Joined);
    assert_eq!(road.started(), 1);
}

#[tokio::test]
async fn leaving_stops_a_slow_source_too() {
    let hour = Duration::from_hours(1);
    let source = FakeSource::default().slow(Duration::ZERO, hour, hour);
    source.put("a", b"1");
    let settings = Settings { fetches: 1, ..forgetful() };
    let road = Road::with(&settings, source, FakeEngine::default());
    let job = road.job(&["a"]).await;
    let validators = road.mill.validators(&job).await.unwrap();
    for reads in 1..4 {
        let late = road.mill.make(&job, &validators, Instant::now() + Duration::from_millis(30)).await;
        assert!(matches!(late, Err(Error::TimedOut)));
        assert_eq!(road.source.reads(), reads, "the only permit came back");
    }
    assert_eq!(road.started(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_time_holds_whoever_waits() {
    let road = Road::new(&forgetful());
    road.source.put("a", b"stay");
    let limits = Limits { time: Duration::from_millis(50), ..Limits::default() };
    let job = job(&road.mill, Arc::new(Rules { limits, ..rules() }), recipe(&["a"])).await;
    let validators = road.mill.validators(&job).await.unwrap();
    let late = road.mill.make(&job, &validators, in_seconds(20)).await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
    road.until_stopped().await;
}

#[tokio::test]
async fn validators_follow_every_input() {
    let road = Road::new(&forgetful());
    road.source.put("a", b"1");
    road.source.put("b", b"2");
    let job = road.job(&["a", "b"]).await;
    let first = road.mill.validators(&job).await.unwrap();
    assert_eq!(road.mill.validators(&job).await.unwrap(), first);
    assert_eq!((first.etag.len(), &first.etag[..1], &first.etag[33..]), (34, "\"", "\""));
    road.source.put("b", b"3");
    let second = road.mill.validators(&job).await.unwrap();
    assert_ne!(first.etag, second.etag);
    let other = road.job(&["a"]).await;
    assert_ne!(road.mill.validators(&other).await.unwrap().etag, first.etag);
    assert_eq!(road.make(&["a", "b"]).await.unwrap().made.bytes, "13");
}

#[tokio::test]
async fn a_source_that_changes_after_its_version_was_asked_keeps_its_own_name() {
    let road = Road::new(&Settings { version_time: Duration::from_mins(1), ..Settings::default() });
    road.source.put("a", b"old");
    let job = road.job(&["a"]).await;
    let stale = road.mill.validators(&job).await.unwrap();
    road.source.put("a", b"new");
    let delivered = road.mill.make(&job, &stale, in_seconds(20)).await.unwrap();
    assert_eq!(delivered.made.bytes, "new");
    let fresh = road.mill.validators(&job).await.unwrap();
    assert_eq!(delivered.validators, fresh, "what was read is what is remembered");
    assert_ne!(fresh.etag, stale.etag);
    assert_eq!(road.make(&["a"]).await.unwrap().from, Origin::Memory);
    // Nothing lies under the old name.
    assert_eq!(road.mill.make(&job, &stale, in_seconds(20)).await.unwrap().from, Origin::Fresh);
}

#[tokio::test]
async fn mounts_with_other_limits_do_not_share_results() {
    let road = Road::new(&Settings::default());
    road.source.put("a", b"123456");
    assert!(road.make(&["a"]).await.is_ok());
    let limits = Limits { source_bytes: 5, ..Limits::default() };
    let job = job(&road.mill, Arc::new(Rules { limits, ..rules() }), recipe(&["a"])).await;
    let validators = road.mill.validators(&job).await.unwrap();
    let refused = road.mill.make(&job, &validators, in_seconds(20)).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::SourceTooLarge);
}

#[tokio::test]
async fn originals_are_streamed_and_have_validators_of_their_own() {
    let road = Road::new(&forgetful());
    road.source.put("a", b"12345");
    let request = Request::new(Locator::key("a"), Wish::Original);
    let job = road.mill.resolve(&Arc::new(rules()), request, Asked::default()).await.unwrap();
    let validators: Arc<Validators> = road.mill.validators(&job).await.unwrap();
    let object = road.mill.original(&job, Some(1..3)).await.unwrap();
    assert_eq!(job.validators(vec![object.stat.clone()]), validators);
    assert_eq!(collect(object, 10).await.unwrap(), "23");
    let transform = road.job(&["a"]).await;
    assert_ne!(road.mill.validators(&transform).await.unwrap().etag, validators.etag);
    assert!(matches!(road.mill.make(&job, &validators, in_seconds(1)).await, Err(Error::Internal { .. })));
    let missing = Request::new(Locator::key("none"), Wish::Original);
    let job = road.mill.resolve(&Arc::new(rules()), missing, Asked::default()).await.unwrap();
    assert!(matches!(road.mill.original(&job, None).await, Err(Error::Store(store::Error::NotFound))));
}

/// A grey PNG.
pub(crate) fn png(side: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> = (0..side * side).map(|i| (i % 251) as u8).collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn real_pictures_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.png"), png(200)).unwrap();
    std::fs::write(folder.path().join("broken.png"), "no picture").unwrap();
    let source: Arc<dyn Source> = Arc::new(store::local::LocalSource::open(folder.path()).unwrap());
    let stores = Stores { sources: [("photos".to_owned(), source)].into(), ..Stores::default() };
    let workshop = Workshop::start(&Settings::default().permits).unwrap();
    let mill = Mill::new(&forgetful(), workshop, stores, Fonts::default(), Persistence::default());
    let rules = Arc::new(rules());
    let ask = async |key: &str, actions: &str| {
        let request = oss::parse_actions(actions, &Locator::key(key), None, &rules.oss).unwrap();
        mill.resolve(&rules, request, Asked::default()).await.unwrap()
    };
    let job = ask("a.png", "image/resize,w_50").await;
    let validators = mill.validators(&job).await.unwrap();
    assert!(validators.last_modified.is_some());
    let delivered = mill.make(&job, &validators, in_seconds(60)).await.unwrap();
    assert_eq!((delivered.made.size, delivered.made.content_type), (Some(Size::new(50, 50)), "image/png"));
    assert_eq!(image::probe(&delivered.made.bytes).unwrap().size, Size::new(50, 50));
    let explained = serde_json::to_value(mill.explain(&job).await.unwrap()).unwrap();
    assert_eq!(explained["etag"], validators.etag);
    assert_eq!(explained["inputs"][0]["header"]["size"], serde_json::json!({"width": 200, "height": 200}));
    assert!(explained["plan"]["cost"]["bytes"].as_u64().unwrap() > 0);

    std::fs::write(folder.path().join("a.png"), png(100)).unwrap();
    assert_ne!(mill.validators(&job).await.unwrap().etag, validators.etag);

    let broken = ask("broken.png", "image/resize,w_50").await;
    let validators = mill.validators(&broken).await.unwrap();
    let error = mill.make(&broken, &validators, in_seconds(60)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
