//! What every queue shows, whatever it keeps its jobs in. Another one starts by passing these.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::{Scratch, new, problem};
use crate::{Clock, Follow, GiveBack, Held, NewJob, Outcome, Progress, Put, Queue, State, Taken};

const LEASE: Duration = Duration::from_secs(30);
const ALMOST: Duration = Duration::from_secs(29);

async fn take(queue: &dyn Queue) -> Option<Taken> {
    queue.take("work", LEASE).await.unwrap()
}

fn back(after: u64, counts: bool) -> GiveBack {
    GiveBack { after: Duration::from_secs(after), counts, problem: Some(problem("not yet")) }
}

pub async fn the_oldest_is_taken_first_and_each_once(scratch: &Scratch) {
    for id in ["a", "b"] {
        let put = scratch.put(id).await;
        assert_eq!((put.state, put.attempts, put.created), (State::Queued, 0, scratch.clock.now()));
    }
    let first = take(&*scratch.queue).await.unwrap();
    assert_eq!((first.job.id.as_str(), first.job.state, first.job.attempts), ("a", State::Running, 1));
    assert_eq!((first.job.payload.clone(), first.job.started), (json!({"n": "a"}), Some(scratch.clock.now())));
    assert_eq!(take(&*scratch.queue).await.unwrap().job.id, "b");
    assert_eq!(take(&*scratch.queue).await, None);
    assert_eq!(scratch.queue.take("told", LEASE).await.unwrap(), None);
}

pub async fn who_lost_a_job_says_nothing_any_more(scratch: &Scratch) {
    scratch.put("a").await;
    let first = take(&*scratch.queue).await.unwrap();
    scratch.clock.advance(ALMOST);
    assert_eq!(scratch.queue.extend(&first, LEASE).await.unwrap(), Held::Kept);
    scratch.clock.advance(ALMOST);
    assert_eq!(take(&*scratch.queue).await, None, "it was extended");
    scratch.clock.advance(Duration::from_secs(1));
    let second = take(&*scratch.queue).await.unwrap();
    let queue = &*scratch.queue;
    assert_eq!(queue.extend(&first, LEASE).await.unwrap(), Held::Lost);
    assert_eq!(queue.report(&first, Progress { part: Some(0.9), speed: None }).await.unwrap(), Held::Lost);
    assert!(!queue.finish(&first, Outcome::Done(json!("first"))).await.unwrap());
    assert!(!queue.give_back(&first, back(0, true)).await.unwrap());
    assert_eq!(scratch.job("a").await.progress, Progress::default());
    assert!(queue.finish(&second, Outcome::Done(json!("second"))).await.unwrap());
    assert!(!queue.finish(&second, Outcome::Cancelled).await.unwrap(), "it ends once");
    let job = scratch.job("a").await;
    assert_eq!((job.state, job.result, job.ended), (State::Done, Some(json!("second")), Some(scratch.clock.now())));
}

pub async fn progress_is_that_of_the_attempt(scratch: &Scratch) {
    scratch.put("a").await;
    let taken = take(&*scratch.queue).await.unwrap();
    let progress = Progress { part: Some(0.5), speed: Some(2.0) };
    assert_eq!(scratch.queue.report(&taken, progress).await.unwrap(), Held::Kept);
    assert_eq!(scratch.job("a").await.progress, progress);
    assert!(scratch.queue.give_back(&taken, back(5, true)).await.unwrap());
    let job = scratch.job("a").await;
    assert_eq!((job.state, job.progress, job.attempts), (State::Queued, Progress::default(), 1));
    assert_eq!(job.problem, Some(problem("not yet")));
    assert_eq!(take(&*scratch.queue).await, None);
    scratch.clock.advance(Duration::from_secs(5));
    let taken = take(&*scratch.queue).await.unwrap();
    assert_eq!(taken.job.attempts, 2);
    assert!(scratch.queue.give_back(&taken, back(0, false)).await.unwrap());
    let taken = take(&*scratch.queue).await.unwrap();
    assert_eq!(taken.job.attempts, 2, "the one before did not count");
    assert!(scratch.queue.finish(&taken, Outcome::Failed(problem("no"))).await.unwrap());
    let job = scratch.job("a").await;
    assert_eq!((job.state, job.problem, job.result), (State::Failed, Some(problem("no")), None));
}

pub async fn the_same_job_is_put_once(scratch: &Scratch) {
    let wish = |id: &str| NewJob { key: Some("wish".to_owned()), ..new(id) };
    assert!(matches!(scratch.queue.put(wish("a")).await.unwrap(), Put::New(_)));
    let known = |put| if let Put::Known(job) = put { job.id } else { panic!("{put:?}") };
    assert_eq!(known(scratch.queue.put(wish("b")).await.unwrap()), "a");
    assert_eq!(known(scratch.queue.put(new("a")).await.unwrap()), "a");
    let other_lane = NewJob { lane: "told".to_owned(), ..wish("c") };
    assert!(matches!(scratch.queue.put(other_lane).await.unwrap(), Put::New(_)));
    let taken = take(&*scratch.queue).await.unwrap();
    assert_eq!(known(scratch.queue.put(wish("b")).await.unwrap()), "a", "it is worked on");
    scratch.queue.finish(&taken, Outcome::Done(json!(1))).await.unwrap();
    assert!(matches!(scratch.queue.put(wish("b")).await.unwrap(), Put::New(_)), "a key is free after the end");
    assert_eq!(known(scratch.queue.put(wish("a")).await.unwrap()), "a", "an id is not");
}

pub async fn only_so_many_wait(scratch: &Scratch) {
    for number in 0..10 {
        scratch.put(&number.to_string()).await;
    }
    assert_eq!(scratch.queue.put(new("more")).await.unwrap(), Put::Full);
    assert!(matches!(scratch.queue.put(new("3")).await.unwrap(), Put::Known(_)));
    take(&*scratch.queue).await.unwrap();
    assert!(matches!(scratch.queue.put(new("more")).await.unwrap(), Put::New(_)));
}

pub async fn what_follows_is_put_at_every_end_and_once(scratch: &Scratch) {
    for id in ["done", "failed", "cancelled", "never-begun", "given-back"] {
        scratch.put(id).await;
    }
    let queue = &*scratch.queue;
    let mut taken = Vec::new();
    for _ in 0..3 {
        taken.push(take(queue).await.unwrap());
    }
    queue.finish(&taken[0], Outcome::Done(json!({}))).await.unwrap();
    queue.finish(&taken[0], Outcome::Done(json!({}))).await.unwrap();
    queue.finish(&taken[1], Outcome::Failed(problem("x"))).await.unwrap();
    queue.finish(&taken[2], Outcome::Cancelled).await.unwrap();
    queue.cancel("never-begun").await.unwrap();
    queue.cancel("never-begun").await.unwrap();
    let last = take(queue).await.unwrap();
    queue.cancel("given-back").await.unwrap();
    assert!(queue.give_back(&last, back(0, false)).await.unwrap());
    assert_eq!(scratch.job("given-back").await.state, State::Cancelled, "nobody wants it");
    let mut told = BTreeSet::new();
    while let Some(taken) = queue.take("told", LEASE).await.unwrap() {
        let of = taken.job.payload["of"].as_str().unwrap().to_owned();
        assert_eq!(taken.job.id, Follow::id(&of));
        assert!(told.insert(of));
    }
    assert_eq!(told.len(), 5);
}

pub async fn what_has_ended_can_be_done_again(scratch: &Scratch) {
    let queue = &*scratch.queue;
    assert_eq!(queue.again("unknown").await.unwrap(), None);
    scratch.put("a").await;
    assert_eq!(queue.again("a").await.unwrap().unwrap().state, State::Queued);
    let taken = take(queue).await.unwrap();
    assert_eq!(queue.again("a").await.unwrap().unwrap().state, State::Running);
    queue.finish(&taken, Outcome::Failed(problem("no"))).await.unwrap();
    let job = queue.again("a").await.unwrap().unwrap();
    assert_eq!((job.state, job.attempts, job.ended), (State::Queued, 0, None));
    assert_eq!((job.problem, job.created), (Some(problem("no")), taken.job.created));
    let again = take(queue).await.unwrap();
    assert_eq!((again.job.id.as_str(), again.job.attempts), ("a", 1));
    assert!(!queue.finish(&taken, Outcome::Cancelled).await.unwrap(), "that was another time");
    assert!(queue.finish(&again, Outcome::Done(json!(1))).await.unwrap());
    assert_eq!(queue.again("a").await.unwrap().unwrap().result, Some(json!(1)));
    queue.cancel("a").await.unwrap();
    assert!(!queue.again("a").await.unwrap().unwrap().cancel_wanted);
    let last = take(queue).await.unwrap();
    queue.finish(&last, Outcome::Done(json!(2))).await.unwrap();

    let wish = |id: &str| NewJob { key: Some("wish".to_owned()), ..new(id) };
    queue.put(wish("first")).await.unwrap();
    queue.cancel("first").await.unwrap();
    queue.put(wish("second")).await.unwrap();
    assert_eq!(queue.again("first").await.unwrap().unwrap().state, State::Cancelled, "another one has its key");
}

pub async fn jobs_are_cancelled_in_every_state(scratch: &Scratch) {
    let queue = &*scratch.queue;
    assert_eq!(queue.cancel("unknown").await.unwrap(), None);
    scratch.put("waits").await;
    let job = queue.cancel("waits").await.unwrap().unwrap();
    assert_eq!((job.state, job.ended), (State::Cancelled, Some(scratch.clock.now())));
    assert_eq!(take(queue).await, None);
    scratch.put("runs").await;
    let taken = take(queue).await.unwrap();
    let job = queue.cancel("runs").await.unwrap().unwrap();
    assert_eq!((job.state, job.cancel_wanted), (State::Running, true));
    assert_eq!(queue.extend(&taken, LEASE).await.unwrap(), Held::CancelWanted);
    assert_eq!(queue.report(&taken, Progress::default()).await.unwrap(), Held::CancelWanted);
    // If its worker is gone, the next one is told at once.
    scratch.clock.advance(LEASE);
    let taken = take(queue).await.unwrap();
    assert!(taken.job.cancel_wanted);
    queue.finish(&taken, Outcome::Cancelled).await.unwrap();
    scratch.put("ends").await;
    let taken = take(queue).await.unwrap();
    queue.finish(&taken, Outcome::Done(json!(1))).await.unwrap();
    for (id, state) in [("waits", State::Cancelled), ("runs", State::Cancelled), ("ends", State::Done)] {
        assert_eq!(queue.cancel(id).await.unwrap().unwrap().state, state);
    }
}

pub async fn jobs_are_listed_counted_and_forgotten(scratch: &Scratch) {
    let queue = &*scratch.queue;
    assert_eq!(queue.counts("work").await.unwrap().oldest, None);
    let start = scratch.clock.now();
    for id in ["a", "b", "c"] {
        scratch.put(id).await;
        scratch.clock.advance(Duration::from_mins(1));
    }
    let taken = take(queue).await.unwrap();
    let counts = queue.counts("work").await.unwrap();
    assert_eq!((counts.by_state, counts.oldest), ([2, 1, 0, 0, 0], Some(start)));
    queue.finish(&taken, Outcome::Done(json!(1))).await.unwrap();
    let counts = queue.counts("work").await.unwrap();
    assert_eq!((counts.by_state, counts.oldest), ([2, 0, 1, 0, 0], Some(start + Duration::from_mins(1))));
    let ids = async |state, limit| {
        let jobs = queue.list("work", state, limit).await.unwrap();
        jobs.into_iter().map(|job| job.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, 10).await, ["c", "b", "a"]);
    assert_eq!(ids(None, 2).await, ["c", "b"]);
    assert_eq!(ids(Some(State::Queued), 10).await, ["c", "b"]);
    assert_eq!(queue.remove_old(scratch.clock.now()).await.unwrap(), 0, "it ended just then");
    scratch.clock.advance(Duration::from_secs(1));
    assert_eq!(queue.remove_old(scratch.clock.now()).await.unwrap(), 1);
    assert_eq!(ids(None, 10).await, ["c", "b"]);
}
