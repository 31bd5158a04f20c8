use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::future::join_all;
use lightmill_image as image;
use lightmill_recipe::sharp::{ContentModeration, SmartCrop};
use lightmill_recipe::{
    Colour, Findings, Found, FoundKind, Input, Limits, ModerationLabel, Operation, Recipe, Redact, RedactShape,
    RedactWith, Source, Wanted,
};
use lightmill_store::disk::DiskCache;
use lightmill_store::local::LocalSink;
use lightmill_store::testing::FakeSource;
use lightmill_store::{Attributes, Sink, Source as SourceOf};
use lightmill_vision::{self as vision, Analyser, Confidence, Error, Kind, Remembered, RememberedLimits};

use super::fake::Fake;
use super::{Analysers, Degraded, OnFailure};
use crate::job::Task;
use crate::tests::{FakeEngine, Road, forgetful, in_seconds, job, png, recipe, rules};
use crate::{BusyReason, Delivered, ErrorKind, Job, Origin, Permits, Persistence, Place, Rules, Settings, Stores};

fn faces(count: usize) -> Findings {
    let face = Found { what: FoundKind::Face, left: 0.1, top: 0.1, width: 0.2, height: 0.2, confidence: 0.9 };
    Findings { regions: vec![face; count], moderation: Vec::new() }
}

fn failed() -> Error {
    Error::Unavailable { detail: "on purpose".into() }
}

fn focus(analyser: &Arc<Fake>) -> Analysers {
    Analysers { focus: Some(Arc::clone(analyser) as Arc<dyn Analyser>), ..Analysers::default() }
}

fn remembering(analyser: &Arc<Fake>) -> Analysers {
    let remembered = Remembered::new(Arc::clone(analyser) as Arc<dyn Analyser>, RememberedLimits::default());
    Analysers { focus: Some(Arc::new(remembered)), ..Analysers::default() }
}

fn road(settings: &Settings, analysers: Analysers) -> Road {
    let road = Road::looking(settings, analysers, Persistence::default());
    road.source.put("a", b"1");
    road
}

fn doing(operations: &[Operation]) -> Recipe {
    let mut recipe = recipe(&["a"]);
    recipe.inputs[0].operations = operations.to_vec();
    recipe
}

fn redact() -> Operation {
    Operation::Redact(Redact { shape: RedactShape::Oval, with: RedactWith::Colour(Colour::BLACK) })
}

async fn make_job(road: &Road, job: &Job) -> Result<Delivered, crate::Error> {
    let validators = road.mill.validators(job).await?;
    road.mill.make(job, &validators, in_seconds(20)).await
}

async fn make(road: &Road, operations: &[Operation]) -> Result<Delivered, crate::Error> {
    make_job(road, &job(&road.mill, Arc::new(rules()), doing(operations)).await).await
}

/// A job that wants moderation, which no operation does by itself.
async fn moderated(road: &Road) -> Job {
    let mut job = job(&road.mill, Arc::new(rules()), doing(&[])).await;
    let Task::Transform(transform) = &mut job.task else { panic!("{job:?}") };
    Arc::get_mut(transform).unwrap().wanted[0].moderation = Some(75.0);
    job
}

#[tokio::test]
async fn what_was_found_is_in_the_plan() {
    for (count, bytes) in [(2, "1 2"), (0, "1 0")] {
        let fake = Arc::new(Fake::new(Ok(faces(count))));
        let road = road(&forgetful(), focus(&fake));
        let delivered = make(&road, &[Operation::RedEye]).await.unwrap();
        assert_eq!((&delivered.made.bytes[..], delivered.degraded), (bytes.as_bytes(), Degraded::default()));
        assert_eq!(*fake.asked.lock().unwrap(), [vision::Wanted::only(Kind::Faces, Confidence::ANY)]);
    }
}

#[tokio::test]
async fn nobody_is_asked_in_vain() {
    let fake = Arc::new(Fake::new(Ok(faces(1))));
    let road = road(&forgetful(), focus(&fake));
    assert_eq!(make(&road, &[Operation::Equalize]).await.unwrap().made.bytes, "1");
    let mut colour = doing(&[Operation::RedEye]);
    let mut plain = Input::new(colour.inputs[0].locator().unwrap().clone());
    (plain.source, plain.operations) = (Source::Colour(Colour::BLACK), vec![Operation::RedEye]);
    colour.inputs.push(plain);
    let job = job(&road.mill, Arc::new(rules()), colour).await;
    assert_eq!(make_job(&road, &job).await.unwrap().made.bytes, "1 1");
    assert_eq!(fake.asked(), 1, "about the stored picture only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_looked_at_once_for_many_results() {
    let fake = Arc::new(Fake { takes: Duration::from_millis(50), ..Fake::new(Ok(faces(1))) });
    let road = road(&forgetful(), remembering(&fake));
    let crops: Vec<_> = (0..10).map(|i| [Operation::RedEye, Operation::Pixelate(i + 1)]).collect();
    let all = join_all(crops.iter().map(|crop| make(&road, crop))).await;
    assert!(all.iter().all(|one| one.as_ref().unwrap().made.bytes == "1 1"));
    assert_eq!(fake.asked(), 1, "the first one asks, and the others wait");
    make(&road, &[Operation::RedEye]).await.unwrap();
    assert_eq!(fake.asked(), 1, "it is remembered");
    road.source.put("a", b"2");
    assert_eq!(make(&road, &[Operation::RedEye]).await.unwrap().made.bytes, "2 1");
    assert_eq!(fake.asked(), 2, "another version is another picture");
}

#[tokio::test]
async fn keys_follow_the_analyser() {
    let key = async |analysers: Analysers, operations: &[Operation]| {
        let road = road(&forgetful(), analysers);
        let job = job(&road.mill, Arc::new(rules()), doing(operations)).await;
        road.mill.validators(&job).await.unwrap().key.clone()
    };
    let version = |version| Arc::new(Fake { version, ..Fake::new(Ok(faces(0))) });
    let eyes = [Operation::RedEye];
    let one = key(focus(&version("one")), &eyes).await;
    assert_eq!(key(focus(&version("one")), &eyes).await, one);
    assert_ne!(key(focus(&version("two")), &eyes).await, one);
    assert_ne!(key(Analysers::default(), &eyes).await, one);
    let sure = Analysers { min_confidence: Confidence::percent(60.0).unwrap(), ..focus(&version("one")) };
    assert_ne!(key(sure, &eyes).await, one);
    let none = [Operation::Equalize];
    assert_eq!(key(focus(&version("one")), &none).await, key(Analysers::default(), &none).await);
}

#[tokio::test]
async fn a_degraded_result_says_so_and_is_kept_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let persistence =
        || Persistence { disk: Some(DiskCache::open(folder.path(), 1 << 20).unwrap()), ..Persistence::default() };
    let fake = Arc::new(Fake::new(Err(failed())));
    let road = Road::looking(&Settings::default(), focus(&fake), persistence());
    road.source.put("a", b"1");
    let smart = Degraded { smart: true, moderation: false };
    for _ in 0..2 {
        let delivered = make(&road, &[Operation::RedEye]).await.unwrap();
        assert_eq!((&delivered.made.bytes[..], delivered.degraded), (&b"1 0"[..], smart));
        assert_eq!(delivered.from, Origin::Fresh);
        road.mill.settle().await;
    }
    *fake.answer.lock().unwrap() = Ok(faces(1));
    for from in [Origin::Fresh, Origin::Memory] {
        let delivered = make(&road, &[Operation::RedEye]).await.unwrap();
        assert_eq!((&delivered.made.bytes[..], delivered.from), (&b"1 1"[..], from));
        assert!(!delivered.degraded.is_any());
    }
}

#[tokio::test]
async fn a_degraded_result_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Arc::new(Fake::new(Err(failed())));
    let sink: Arc<dyn Sink> = Arc::new(LocalSink::open(folder.path()).unwrap());
    let source = FakeSource::default();
    source.put("a", b"1");
    let stores = Stores {
        sources: [("photos".to_owned(), Arc::new(source.clone()) as Arc<dyn SourceOf>)].into(),
        sinks: [("made".to_owned(), sink)].into(),
        analysers: focus(&fake),
        ..Stores::default()
    };
    let road = Road::over(&forgetful(), stores, Persistence::default(), (source, FakeEngine::default()));
    let rules = Rules { save_to: vec!["made".into()], ..rules() };
    let target = Place { source: "made".into(), key: "b".into() };
    for saved in [false, true] {
        let delivered = make(&road, &[Operation::RedEye]).await.unwrap();
        let saving = road.mill.save(&rules, &delivered, &target, &Attributes::default()).await;
        assert_eq!((saving.is_ok(), folder.path().join("b").exists()), (saved, saved));
        if let Err(error) = saving {
            assert_eq!(error.kind(), ErrorKind::AnalyserFailed);
        }
        *fake.answer.lock().unwrap() = Ok(faces(1));
    }
}

#[tokio::test]
async fn errors_of_a_degraded_result_are_not_kept_either() {
    let fake = Arc::new(Fake::new(Err(failed())));
    let road = road(&Settings { error_time: Duration::from_mins(1), ..forgetful() }, focus(&fake));
    road.source.put("a", b"fail");
    for asked in 1..3 {
        assert_eq!(make(&road, &[Operation::RedEye]).await.unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(fake.asked(), asked);
    }
    *fake.answer.lock().unwrap() = Ok(faces(1));
    for _ in 0..2 {
        assert_eq!(make(&road, &[Operation::RedEye]).await.unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(fake.asked(), 3, "known from there on");
    }
}

#[tokio::test]
async fn failures_are_errors_where_that_is_configured_or_something_is_to_be_hidden() {
    let throttled = Error::Throttled { detail: String::new() };
    for (error, kind) in
        [(failed(), ErrorKind::AnalyserFailed), (throttled, ErrorKind::Busy), (Error::TimedOut, ErrorKind::TimedOut)]
    {
        let fake = Arc::new(Fake::new(Err(error)));
        let strict = Analysers { on_failure: OnFailure::Fail, ..focus(&fake) };
        let refused = make(&road(&forgetful(), strict), &[Operation::RedEye]).await;
        assert_eq!(refused.unwrap_err().kind(), kind);
        let hidden = make(&road(&forgetful(), focus(&fake)), &[redact()]).await;
        assert_eq!(hidden.unwrap_err().kind(), kind);
        let shown = make(&road(&forgetful(), focus(&fake)), &[Operation::RedEye]).await;
        assert!(shown.unwrap().degraded.smart);
    }
}

#[tokio::test]
async fn faces_are_hidden_or_the_wish_is_refused() {
    let fake = Arc::new(Fake::of(&[Kind::Salient], Ok(faces(0))));
    let road = road(&forgetful(), focus(&fake));
    let request = lightmill_dialects::Request::new(
        lightmill_recipe::Locator::key("a"),
        lightmill_dialects::Wish::Transform(doing(&[redact()])),
    );
    let refused = road.mill.resolve(&Arc::new(rules()), request, crate::Asked::default()).await.unwrap_err();
    assert!(matches!(refused, crate::Error::NotLookedFor { what: "faces" }));
    assert_eq!(refused.kind(), ErrorKind::BadRequest);
    assert_eq!(make(&road, &[Operation::RedEye]).await.unwrap().made.bytes, "1", "nothing to be found");
    assert_eq!(fake.asked(), 0);
}

#[tokio::test]
async fn a_crop_to_a_face_is_refused_where_nobody_looks_for_faces() {
    let crop = Operation::SmartCrop(SmartCrop { face_index: 0, padding: 0 });
    let moderate =
        Operation::ContentModeration(ContentModeration { min_confidence: 75.0, sigma: 50.0, labels: Vec::new() });
    let fake = Arc::new(Fake::of(&[Kind::Moderation], Ok(faces(0))));
    let moderation = Some(Arc::clone(&fake) as Arc<dyn Analyser>);
    let road = road(&forgetful(), Analysers { moderation, ..Analysers::default() });
    for operations in [vec![crop.clone()], vec![crop, moderate]] {
        let request = lightmill_dialects::Request::new(
            lightmill_recipe::Locator::key("a"),
            lightmill_dialects::Wish::Transform(doing(&operations)),
        );
        let refused = road.mill.resolve(&Arc::new(rules()), request, crate::Asked::default()).await.unwrap_err();
        assert!(matches!(refused, crate::Error::NotLookedFor { what: "faces" }), "{refused}");
    }
    assert_eq!(fake.asked(), 0);
}

#[tokio::test]
async fn what_ends_the_request_is_never_passed_over() {
    let busy = crate::Error::Busy { retry_after: Duration::from_secs(1), reason: BusyReason::QueueFull };
    for (error, kind) in [
        (Error::Workers(Arc::new(busy)), ErrorKind::Busy),
        (image::Error::Cancelled.into(), ErrorKind::Cancelled),
        (image::Error::TimedOut.into(), ErrorKind::TimedOut),
    ] {
        let fake = Arc::new(Fake::new(Err(error)));
        let ended = make(&road(&forgetful(), focus(&fake)), &[Operation::RedEye]).await;
        assert_eq!(ended.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn who_leaves_takes_the_question_along() {
    let fake = Arc::new(Fake { takes: Duration::from_hours(1), ..Fake::new(Ok(faces(0))) });
    let settings = Settings { source_memory_bytes: 1024, ..forgetful() };
    let road = road(&settings, remembering(&fake));
    let job = job(&road.mill, Arc::new(rules()), doing(&[Operation::RedEye])).await;
    let validators = road.mill.validators(&job).await.unwrap();
    for left in 1..3 {
        let late = road.mill.make(&job, &validators, Instant::now() + Duration::from_millis(30)).await;
        assert!(matches!(late, Err(crate::Error::TimedOut)));
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!((fake.asked(), fake.left.load(Ordering::SeqCst)), (left, left));
    }
}

#[tokio::test]
async fn a_slow_answer_is_bounded_by_the_limit_of_time_and_holds_no_thread() {
    let fake = Arc::new(Fake { takes: Duration::from_hours(1), ..Fake::new(Ok(faces(0))) });
    let permits = Permits { threads: NonZeroUsize::MIN, queue_length: 0, ..Permits::default() };
    let road = road(&Settings { permits, ..forgetful() }, focus(&fake));
    let limits = Limits { time: Duration::from_millis(200), ..Limits::default() };
    let slow = job(&road.mill, Arc::new(Rules { limits, ..rules() }), doing(&[Operation::RedEye])).await;
    let (slow, other) = tokio::join!(make_job(&road, &slow), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        make(&road, &[]).await
    });
    assert_eq!(other.unwrap().made.bytes, "1", "the only thread is free meanwhile");
    assert_eq!(slow.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(fake.left.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn moderation_is_passed_over_only_if_that_is_configured() {
    let labels = vec![ModerationLabel { name: "Weapons".into(), parent: String::new(), confidence: 0.9 }];
    let fake = Arc::new(Fake::of(&[Kind::Moderation], Ok(Findings { moderation: labels, ..Findings::default() })));
    let analysers = Analysers { moderation: Some(Arc::clone(&fake) as Arc<dyn Analyser>), ..Analysers::default() };
    let open = Analysers { moderation_on_failure: OnFailure::Degrade, ..analysers.clone() };
    let (closed, open) = (road(&forgetful(), analysers), road(&forgetful(), open));
    for road in [&closed, &open] {
        assert_eq!(make_job(road, &moderated(road).await).await.unwrap().made.bytes, "1 0");
        let asked = vision::Wanted::only(Kind::Moderation, Confidence::percent(75.0).unwrap());
        assert_eq!(fake.asked.lock().unwrap().last(), Some(&asked));
    }
    *fake.answer.lock().unwrap() = Err(failed());
    open.source.put("a", b"2");
    closed.source.put("a", b"2");
    let refused = make_job(&closed, &moderated(&closed).await).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::AnalyserFailed);
    let shown = make_job(&open, &moderated(&open).await).await.unwrap();
    assert_eq!((&shown.made.bytes[..], shown.degraded.words()), (&b"2 0"[..], Some("moderation")));
}

#[test]
fn moderation_that_nobody_does_is_refused() {
    let wanted = [Wanted { moderation: Some(75.0), ..Wanted::default() }];
    let fake = Arc::new(Fake::of(&Kind::ALL, Ok(faces(0))));
    assert!(matches!(focus(&fake).check(&wanted), Err(crate::Error::NotLookedFor { what: "moderation labels" })));
    let both = Analysers { moderation: Some(fake), ..Analysers::default() };
    assert!(both.check(&wanted).is_ok());
    assert_eq!(both.versions(&wanted), ["fake 1"]);
}

#[tokio::test]
async fn explanations_show_what_was_found() {
    let fake = Arc::new(Fake::new(Ok(faces(1))));
    let road = road(&forgetful(), focus(&fake));
    road.source.put("a", &png(50));
    let job = job(&road.mill, Arc::new(rules()), doing(&[Operation::RedEye])).await;
    let explained = async || serde_json::to_value(road.mill.explain(&job).await.unwrap()).unwrap();
    let found = explained().await;
    assert_eq!(found["inputs"][0]["findings"]["regions"][0]["what"], "face");
    assert!(found["plan"].to_string().contains("red_eye") && found["degraded"].is_null(), "{found}");
    *fake.answer.lock().unwrap() = Err(failed());
    let lacking = explained().await;
    assert_eq!(lacking["degraded"], "smart");
    assert_eq!(lacking["inputs"][0]["findings"]["regions"], serde_json::json!([]));
}
