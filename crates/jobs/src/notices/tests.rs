//! Over folders and a file of SQLite, with the real mill and a server on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_store::local::LocalSink;
use lightmill_store::{self as store, Attributes, Condition, Content, Sink, Version};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::*;
use crate::testing::{Scratch, problem};
use crate::variants::tests::{PHOTO, Place, files, place};
use crate::variants::{Settled, Variants};
use crate::webhook::tests::{answering, webhooks};
use crate::{Failure, Job, Outcome, Progress, Retry, State, Taken, Work, async_trait};

const KEY: &str = "a.jpg";
const LEASE: Duration = Duration::from_secs(30);

/// Two endpoints: one is told everything, the other only of failures.
fn endpoint(name: &str, url: &str, kinds: &[Kind]) -> Endpoint {
    let webhooks = webhooks(&[], &["127.0.0.1"]);
    Endpoint { name: name.to_owned(), url: url.to_owned(), kinds: kinds.to_vec(), webhooks }
}

fn told(scratch: &Scratch, url: &str) -> Place {
    let mut place = place(true);
    let endpoints = [endpoint("all", url, &Kind::ALL), endpoint("failures", url, &[Kind::Failed])];
    place.variants.notices = Some(Arc::new(Notices::new(Arc::clone(&scratch.queue), endpoints)));
    place
}

/// What waits to be told, or was told, by its id.
async fn waiting(scratch: &Scratch, endpoint: &str) -> BTreeMap<String, Job> {
    let jobs = scratch.queue.list(&lane(endpoint), None, 100).await.unwrap();
    jobs.into_iter().map(|job| (job.id.clone(), job)).collect()
}

/// The kinds of that, in the order of the alphabet.
async fn kinds(scratch: &Scratch, endpoint: &str) -> Vec<String> {
    let jobs = waiting(scratch, endpoint).await;
    let mut kinds: Vec<String> = jobs.values().map(|job| job.payload["type"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

/// Takes what waits, and tells it.
async fn tell(scratch: &Scratch, variants: &Arc<Variants>) -> Option<(Taken, Result<Value, Failure>)> {
    let taken = scratch.queue.take(&lane("all"), LEASE).await.unwrap()?;
    let endpoint = variants.notices.as_ref().unwrap().endpoints().next().unwrap().0;
    let telling = Telling::new(Arc::clone(endpoint), Arc::clone(variants));
    let (progress, _) = watch::channel(Progress::default());
    let said = telling.run(&taken.job, &progress).await;
    let outcome = said.clone().map_or_else(|failure| Outcome::Failed(failure.problem), Outcome::Done);
    assert!(scratch.queue.finish(&taken, outcome).await.unwrap());
    Some((taken, said))
}

/// A folder that dies when something is to be removed.
#[derive(Debug)]
struct Unremoving(LocalSink);

#[async_trait]
impl Sink for Unremoving {
    async fn write(&self, key: &str, content: Content, attributes: &Attributes) -> Result<(), store::Error> {
        self.0.write(key, content, attributes).await
    }

    async fn write_if(
        &self,
        key: &str,
        body: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<Version, store::Error> {
        self.0.write_if(key, body, attributes, condition).await
    }

    async fn remove(&self, _: &str) -> Result<(), store::Error> {
        Err(store::Error::unavailable("on purpose"))
    }
}

#[tokio::test]
async fn what_was_made_is_told_once_for_each_state() {
    let scratch = Scratch::new();
    let Place { uploads, made: _made, variants } = told(&scratch, "http://127.0.0.1:9/");
    std::fs::copy(PHOTO, uploads.path().join(KEY)).unwrap();
    for _ in 0..2 {
        assert_eq!(variants.settle(KEY).await.unwrap(), Settled::Made(2));
    }
    let jobs = waiting(&scratch, "all").await;
    let [(id, job)] = &jobs.iter().collect::<Vec<_>>()[..] else { panic!("{jobs:?}") };
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let (message, data) = (&job.payload, &job.payload["data"]);
    assert_eq!((&message["type"], &data["key"]), (&json!("variants.made"), &json!(KEY)));
    assert_eq!((&data["original"]["width"], data["variants"].as_array().unwrap().len()), (&json!(640), 2));
    assert!(waiting(&scratch, "failures").await.is_empty());
    assert!(message.to_string().len() < 2048, "{message}");

    // The same bytes, put there again: it has happened again.
    std::fs::remove_file(uploads.path().join(KEY)).unwrap();
    std::fs::copy(PHOTO, uploads.path().join(KEY)).unwrap();
    variants.settle(KEY).await.unwrap();
    assert_eq!(kinds(&scratch, "all").await, ["variants.made", "variants.made", "variants.removed"]);
}

#[tokio::test]
async fn a_removal_is_told_whenever_the_worker_dies() {
    let scratch = Scratch::new();
    let (server, heads) = answering("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
    let Place { uploads, made, mut variants } = told(&scratch, &server.base);
    std::fs::copy(PHOTO, uploads.path().join(KEY)).unwrap();
    variants.settle(KEY).await.unwrap();
    let there: BTreeSet<String> = files(made.path());
    std::fs::remove_file(uploads.path().join(KEY)).unwrap();

    // It dies before anything is removed, and the next one in the middle.
    let sink =
        std::mem::replace(&mut variants.target.sink, Arc::new(Unremoving(LocalSink::open(made.path()).unwrap())));
    variants.settle(KEY).await.unwrap_err();
    std::fs::remove_file(made.path().join(there.first().unwrap())).unwrap();
    variants.settle(KEY).await.unwrap_err();
    assert_eq!(kinds(&scratch, "all").await, ["variants.made", "variants.removed"]);
    let variants_that_fail = Arc::new(Variants { target: variants.target.clone(), ..variants });
    while let Some((taken, said)) = tell(&scratch, &variants_that_fail).await {
        let is_removal = taken.job.payload["type"] == "variants.removed";
        assert_eq!(said.is_err(), is_removal, "what is still there is not told to be gone: {said:?}");
    }
    let variants = Arc::into_inner(variants_that_fail).unwrap();
    let variants =
        Arc::new(Variants { target: crate::variants::Target { sink, ..variants.target.clone() }, ..variants });

    // Whoever tells it ends what was begun.
    let removal = waiting(&scratch, "all").await.into_values().find(|job| job.state == State::Failed).unwrap();
    scratch.queue.again(&removal.id).await.unwrap();
    let (taken, said) = tell(&scratch, &variants).await.unwrap();
    assert_eq!((said.unwrap()["status"].clone(), files(made.path())), (json!(204), BTreeSet::new()));
    let names: BTreeSet<&str> =
        taken.job.payload["data"]["names"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(names, there.iter().map(String::as_str).collect(), "all of them, not what was left");
    assert_eq!(taken.job.payload["data"]["replaced"], false);
    assert_eq!(heads.lock().unwrap().len(), 2);

    // The event comes again: there is nothing to tell.
    assert_eq!(variants.settle(KEY).await.unwrap(), Settled::Gone(0));
    assert!(tell(&scratch, &variants).await.is_none());
}

#[tokio::test]
async fn what_is_back_is_not_told_to_be_gone() {
    let scratch = Scratch::new();
    let Place { uploads, made, variants } = told(&scratch, "http://127.0.0.1:9/");
    std::fs::copy(PHOTO, uploads.path().join(KEY)).unwrap();
    variants.settle(KEY).await.unwrap();
    let variants = Arc::new(variants);
    let names = variants.names(KEY).await.unwrap();
    variants.tell_removed(KEY, &names, false).await.unwrap();
    while let Some((taken, said)) = tell(&scratch, &variants).await {
        let is_removal = taken.job.payload["type"] == "variants.removed";
        assert_eq!(is_removal, said == Ok(json!({ "untold": "the object is back" })), "{said:?}");
    }
    assert_eq!(files(made.path()).len(), 2);
    // It goes after all: that is another time.
    variants.tell_removed(KEY, &names, false).await.unwrap();
    assert_eq!(kinds(&scratch, "all").await, ["variants.made", "variants.removed", "variants.removed"]);
}

#[tokio::test]
async fn failures_are_told_to_all_who_want_to_know() {
    let scratch = Scratch::new();
    let Place { uploads, variants, .. } = told(&scratch, "http://127.0.0.1:9/");
    std::fs::write(uploads.path().join(KEY), "no picture").unwrap();
    for key in [KEY, KEY, "gone.jpg"] {
        variants.tell_failed(key, &problem("it is none")).await.unwrap();
    }
    let [all, failures] = [waiting(&scratch, "all").await, waiting(&scratch, "failures").await];
    assert_eq!((all.len(), failures.len()), (1, 1));
    let ids: BTreeSet<&String> = all.keys().chain(failures.keys()).collect();
    assert_eq!(ids.len(), 2, "each has its own");
    let message = &failures.values().next().unwrap().payload;
    assert_eq!((&message["type"], &message["data"]["code"]), (&json!("variants.failed"), &json!("TestError")));
    assert_eq!((&message["data"]["key"], &message["data"]["message"]), (&json!(KEY), &json!("it is none")));
    // Another picture that is none in its place.
    std::fs::remove_file(uploads.path().join(KEY)).unwrap();
    std::fs::write(uploads.path().join(KEY), "no picture either").unwrap();
    variants.tell_failed(KEY, &problem("it is none")).await.unwrap();
    assert_eq!(waiting(&scratch, "failures").await.len(), 2);
}

#[tokio::test]
async fn too_much_that_waits_holds_nobody_up() {
    // Ten may wait.
    let scratch = Scratch::new();
    let Place { uploads, variants, .. } = told(&scratch, "http://127.0.0.1:9/");
    for number in 0..12 {
        let key = format!("{number}.jpg");
        std::fs::write(uploads.path().join(&key), "no picture").unwrap();
        variants.tell_failed(&key, &problem("no")).await.unwrap();
    }
    assert_eq!(waiting(&scratch, "all").await.len(), 10);
}

#[tokio::test]
async fn what_cannot_be_read_is_not_tried_again() {
    let scratch = Scratch::new();
    let variants = Arc::new(told(&scratch, "http://127.0.0.1:9/").variants);
    let job = crate::NewJob { lane: lane("all"), follow: None, ..crate::testing::new("x") };
    scratch.queue.put(job).await.unwrap();
    let (_, said) = tell(&scratch, &variants).await.unwrap();
    assert_eq!(said.unwrap_err().retry, Retry::Never);
}
