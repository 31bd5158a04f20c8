use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{advance, sleep};

use super::{CacheLimits, Cached};
use crate::{Error, Style, Styles, async_trait};

/// Texts by name, each of which takes some time to be told.
#[derive(Debug, Default)]
struct Slow {
    texts: Mutex<HashMap<String, String>>,
    fails: Mutex<Option<Error>>,
    asked: AtomicUsize,
}

const TAKES: Duration = Duration::from_millis(200);

#[async_trait]
impl Styles for Slow {
    async fn style(&self, name: &str) -> Result<Option<Style>, Error> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        sleep(TAKES).await;
        if let Some(error) = &*self.fails.lock().unwrap() {
            return Err(error.clone());
        }
        let text = self.texts.lock().unwrap().get(name).cloned();
        Ok(text.map(|text| Style { version: text.clone(), text, modified: None }))
    }
}

impl Slow {
    fn put(&self, name: &str, text: &str) {
        self.texts.lock().unwrap().insert(name.to_owned(), text.to_owned());
    }

    fn fail(&self, error: Option<Error>) {
        *self.fails.lock().unwrap() = error;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

fn cached() -> (Arc<Slow>, Cached) {
    let slow = Arc::new(Slow::default());
    slow.put("a", "image/rotate,90");
    (slow.clone(), Cached::new(slow, CacheLimits::default()))
}

/// The style's text, and how long it took.
async fn text(styles: &Cached, name: &str) -> (Result<Option<String>, Error>, Duration) {
    let start = tokio::time::Instant::now();
    let answer = styles.style(name).await;
    (answer.map(|style| style.map(|style| style.text)), start.elapsed())
}

fn known(text: &str) -> (Result<Option<String>, Error>, Duration) {
    (Ok(Some(text.to_owned())), Duration::ZERO)
}

#[tokio::test(start_paused = true)]
async fn one_question_for_all_who_wait() {
    let (slow, styles) = cached();
    let all = futures::future::join_all((0..20).map(|_| text(&styles, "a"))).await;
    assert!(all.iter().all(|(answer, took)| answer.is_ok() && *took == TAKES), "{all:?}");
    assert_eq!((slow.asked(), text(&styles, "a").await), (1, known("image/rotate,90")));
}

#[tokio::test(start_paused = true)]
async fn whoever_hangs_up_does_not_end_the_question() {
    let (slow, styles) = cached();
    assert!(tokio::time::timeout(Duration::from_millis(1), styles.style("a")).await.is_err());
    sleep(TAKES).await;
    assert_eq!((text(&styles, "a").await, slow.asked()), (known("image/rotate,90"), 1));
}

#[tokio::test(start_paused = true)]
async fn a_change_is_seen_in_time_and_nobody_waits() {
    let (slow, styles) = cached();
    text(&styles, "a").await.0.unwrap();
    slow.put("a", "image/rotate,180");
    let mut seen = None;
    for second in 1..=60 {
        advance(Duration::from_secs(1)).await;
        let (answer, took) = text(&styles, "a").await;
        assert_eq!(took, Duration::ZERO, "{second} s");
        if answer.unwrap().unwrap() == "image/rotate,180" {
            seen.get_or_insert(second);
        }
    }
    assert!(seen.is_some_and(|second| (30..=35).contains(&second)), "{seen:?}");
    assert_eq!(slow.asked(), 2, "the first one, and one for each half of a minute");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_asked_for_in_a_while_is_asked_for() {
    let (slow, styles) = cached();
    text(&styles, "a").await.0.unwrap();
    slow.put("a", "image/rotate,180");
    advance(Duration::from_mins(2)).await;
    assert_eq!(text(&styles, "a").await, (Ok(Some("image/rotate,180".to_owned())), TAKES));
    slow.texts.lock().unwrap().clear();
    advance(Duration::from_mins(2)).await;
    assert_eq!(text(&styles, "a").await.0, Ok(None), "a style that is gone is gone");
}

#[tokio::test(start_paused = true)]
async fn missing_names_are_remembered_shortly() {
    let (slow, styles) = cached();
    for _ in 0..5 {
        assert_eq!(text(&styles, "b").await.0, Ok(None));
    }
    assert_eq!(slow.asked(), 1);
    slow.put("b", "image/rotate,90");
    advance(Duration::from_secs(5)).await;
    assert_eq!(text(&styles, "b").await.0, Ok(Some("image/rotate,90".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn the_last_good_style_is_used_while_none_can_be_had() {
    let (slow, styles) = cached();
    text(&styles, "a").await.0.unwrap();
    slow.fail(Some(Error::unavailable("down")));
    advance(Duration::from_hours(1)).await;
    assert_eq!(text(&styles, "a").await, (Ok(Some("image/rotate,90".to_owned())), TAKES), "one who finds out");
    for _ in 0..100 {
        advance(Duration::from_millis(100)).await;
        assert_eq!(text(&styles, "a").await, known("image/rotate,90"), "nobody waits for what fails");
    }
    assert!((5..9).contains(&slow.asked()), "{}", slow.asked());
    assert_eq!(text(&styles, "never seen").await.0, Err(Error::unavailable("down")));

    slow.fail(None);
    slow.put("a", "image/rotate,180");
    advance(Duration::from_secs(3)).await;
    assert_eq!(text(&styles, "a").await, known("image/rotate,90"));
    sleep(TAKES * 2).await;
    assert_eq!(text(&styles, "a").await, known("image/rotate,180"));

    slow.fail(Some(Error::unusable("a number")));
    advance(Duration::from_hours(25)).await;
    assert_eq!(text(&styles, "a").await.0, Err(Error::unusable("a number")), "nothing is used for ever");
}

#[tokio::test(start_paused = true)]
async fn memory_is_bounded() {
    let slow = Arc::new(Slow::default());
    let limits = CacheLimits { memory_bytes: 10_000, ..CacheLimits::default() };
    let styles = Cached::new(slow, limits);
    let names: Vec<String> = (0..200).map(|i| format!("name {i}")).collect();
    futures::future::join_all(names.iter().map(|name| styles.style(name))).await;
    // Insertions are counted late otherwise.
    styles.shelf.known.run_pending_tasks();
    assert!(styles.shelf.known.weighted_size() <= 10_000);
    assert!(styles.shelf.asking.lock().unwrap().is_empty());
}
