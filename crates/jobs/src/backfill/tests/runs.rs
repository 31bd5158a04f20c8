use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::variants::Settled;
use crate::{Failure, Problem, Retry};

/// Makes nothing; fails as often and in such ways as the key says.
#[derive(Default)]
struct Settler {
    attempts: Mutex<BTreeMap<String, u32>>,
    /// At this key it is stopped.
    stop: Option<(&'static str, CancellationToken)>,
}

#[async_trait]
impl Settle for Settler {
    async fn settle(&self, key: &str) -> Result<Settled, Failure> {
        let attempt = *self.attempts.lock().unwrap().entry(key.to_owned()).and_modify(|n| *n += 1).or_insert(1);
        if let Some((at, stop)) = &self.stop
            && *at == key
        {
            stop.cancel();
            std::future::pending::<()>().await;
        }
        let failed = |retry| Err(Failure { problem: Problem::new("E", format!("{attempt}")), retry });
        match key.split('.').next().unwrap() {
            "never" => failed(Retry::Never),
            "later" if attempt < 3 => failed(Retry::Later(None)),
            "always" => failed(Retry::Later(Some(Duration::from_secs(1)))),
            "busy" if attempt < 9 => failed(Retry::Busy(Duration::from_secs(2))),
            "panics" => panic!("a bug"),
            "slow" if attempt < 3 => std::future::pending().await,
            "gone" => Ok(Settled::Gone(2)),
            _ => Ok(Settled::Made(2)),
        }
    }
}

fn backfill(folder: &Path, source: &Memory, settler: Settler) -> (Backfill, Arc<Settler>) {
    let settle = Arc::new(settler);
    let [from, to, variants] = ["a", "b", "c"].map(str::to_owned);
    let backfill = Backfill {
        walk: walk(source, &Memory::default(), "", false),
        settle: Arc::clone(&settle) as Arc<dyn Settle>,
        belongs: Belongs { source: from, target: to, prefix: String::new(), variants, again: false },
        removes: true,
        at_a_time: 4,
        attempts: 3,
        time: Duration::from_mins(1),
        state: folder.join("state"),
        report: folder.join("report"),
        restart: false,
    };
    (backfill, settle)
}

async fn run(backfill: &Backfill, stop: &CancellationToken) -> (Result<Ended, Error>, Shown) {
    let (shown, _seen) = watch::channel(Shown::default());
    let ended = backfill.run(&shown, stop).await;
    let shown = *shown.borrow();
    (ended, shown)
}

#[tokio::test(start_paused = true)]
async fn a_bad_object_never_stops_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let source = Memory::default();
    for name in ["always", "busy", "fine", "gone", "later", "never", "panics", "slow", "zz"] {
        source.put(&format!("{name}.jpg"), 1);
    }
    let (backfill, settler) = backfill(folder.path(), &source, Settler::default());
    let (ended, shown) = run(&backfill, &CancellationToken::new()).await;
    assert_eq!(ended.unwrap(), Ended::Done);
    let counts = shown.counts;
    let expected = Counts { objects: 9, made: 5, gone: 1, failed: 3, bytes: 35, orphans: 2, ..Counts::default() };
    assert_eq!(counts, expected);
    let attempts = settler.attempts.lock().unwrap().clone();
    let attempts: Vec<u32> = attempts.into_values().collect();
    assert_eq!(attempts, [3, 9, 1, 1, 3, 1, 1, 3, 1]);
    let report = std::fs::read_to_string(folder.path().join("report")).unwrap();
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(lines[0], r#"{"code":"E","key":"always.jpg","message":"3"}"#);
    assert!(lines[1].contains("never.jpg") && lines[2].contains("\"InternalError\"") && lines.len() == 3, "{report}");
    assert!(!folder.path().join("state").exists());
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_gone_on_from_and_what_failed_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let source = Memory::default();
    for i in 0..50 {
        source.put(&format!("{}.{i:02}.jpg", if i % 10 == 3 { "never" } else { "fine" }), 1);
    }
    let stop = CancellationToken::new();
    let settler = Settler { stop: Some(("fine.30.jpg", stop.clone())), ..Settler::default() };
    let (first, settler) = backfill(folder.path(), &source, settler);
    let (ended, shown) = run(&first, &stop).await;
    assert_eq!(ended.unwrap(), Ended::Stopped);
    let done = shown.counts.objects;
    assert_eq!(done, 27);
    drop(settler);

    let (mut second, settler) = backfill(folder.path(), &source, Settler::default());
    second.belongs.prefix = "f".to_owned();
    let stop = CancellationToken::new();
    assert!(matches!(run(&second, &stop).await.0, Err(Error::Another { .. })));
    second.belongs.prefix = String::new();
    let (ended, shown) = run(&second, &stop).await;
    assert_eq!(ended.unwrap(), Ended::Done);
    assert_eq!((shown.before, shown.counts.objects, shown.counts.made, shown.counts.failed), (27, 50, 45, 5));
    let attempts = settler.attempts.lock().unwrap();
    assert!(!attempts.contains_key("fine.00.jpg") && attempts.contains_key("fine.30.jpg"));
    let report = std::fs::read_to_string(folder.path().join("report")).unwrap();
    assert_eq!(report.lines().count(), 5, "{report}");
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_fails_for_good_keeps_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let source = Memory::default();
    for i in 0..30 {
        source.put(&format!("fine.{i:02}.jpg"), 1);
    }
    let (mut backfill, _) = backfill(folder.path(), &source, Settler::default());
    backfill.walk.page = 5;
    // One of them is that of the count.
    *source.failures.lock().unwrap() = vec![0, 0, 0, 12, 12];
    let (ended, _) = run(&backfill, &CancellationToken::new()).await;
    assert!(matches!(ended, Err(Error::Listing(_))), "{ended:?}");
    let (ended, shown) = run(&backfill, &CancellationToken::new()).await;
    assert_eq!((ended.unwrap(), shown.counts.made), (Ended::Done, 30));
    assert!(shown.before >= 5, "{}", shown.before);
}
