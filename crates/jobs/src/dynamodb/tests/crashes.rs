//! Answers that are lost, and processes that end between two requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use super::middle::{Fate, Middle};
use super::{DynamoQueue, House, LEASE, MOTO, open, take};
use crate::testing::{new, problem};
use crate::{ErrorKind, Follow, GiveBack, Held, NewJob, Outcome, Progress, Put, Queue, State};

/// The house's queue through somebody who does that to questions.
async fn through(house: &House, fate: impl FnMut(&str) -> Fate + Send + 'static) -> DynamoQueue {
    let middle = Middle::before(&MOTO.endpoint(), fate);
    open(&house.table, &middle.endpoint, &house.scratch.clock).await
}

/// Does `what` to the first question of each kind of write, and lets the others pass.
fn first_of_each(what: Fate) -> impl FnMut(&str) -> Fate + Send + 'static {
    let mut seen = Vec::new();
    move |operation| {
        let is_write = matches!(operation, "updateitem" | "transactwriteitems");
        if !is_write || seen.iter().any(|seen| seen == operation) {
            return Fate::Answered;
        }
        seen.push(operation.to_owned());
        what
    }
}

#[tokio::test]
async fn what_is_asked_again_since_its_answer_was_lost_is_done_once() {
    for what in [Fate::Unanswered, Fate::Lost] {
        let house = House::new().await;
        // Each with a connection that loses the first of its writes.
        let once = || through(&house, first_of_each(what));
        let wish = NewJob { key: Some("wish".to_owned()), ..new("a") };
        assert!(matches!(once().await.put(wish).await.unwrap(), Put::New(_)), "{what:?}");
        let taken = take(&once().await).await.unwrap();
        assert_eq!((taken.job.attempts, taken.fence), (1, 1), "{what:?}");
        assert_eq!(once().await.extend(&taken, LEASE).await.unwrap(), Held::Kept);
        let progress = Progress { part: Some(0.5), speed: None };
        assert_eq!(once().await.report(&taken, progress).await.unwrap(), Held::Kept);
        let back = GiveBack { after: Duration::ZERO, counts: true, problem: Some(problem("again")) };
        assert!(once().await.give_back(&taken, back).await.unwrap(), "{what:?}");
        let taken = take(&*house.scratch.queue).await.unwrap();
        assert_eq!(taken.job.attempts, 2, "{what:?}");
        assert!(once().await.finish(&taken, Outcome::Done(json!(1))).await.unwrap(), "{what:?}");
        house.scratch.put("b").await;
        assert_eq!(once().await.cancel("b").await.unwrap().unwrap().state, State::Cancelled);
        let queue = &house.scratch.queue;
        assert_eq!(queue.counts("work").await.unwrap().by_state, [0, 0, 1, 0, 1], "{what:?}");
        assert_eq!(queue.counts("told").await.unwrap().by_state, [2, 0, 0, 0, 0], "{what:?}");
        house.scratch.clock.advance(Duration::from_secs(1));
        once().await.remove_old(crate::Clock::now(&house.scratch.clock)).await.unwrap();
        assert_eq!(queue.counts("work").await.unwrap().by_state, [0; 5], "{what:?}");
    }
}

/// Lets the first `count` writes and readings pass, and then nothing any more: as if the process ended there.
async fn ending_after(house: &House, count: usize) -> (DynamoQueue, Arc<AtomicUsize>) {
    let passed = Arc::new(AtomicUsize::new(0));
    let left = Arc::new(Mutex::new(count));
    let (counted, of_middle) = (Arc::clone(&passed), Arc::clone(&left));
    let queue = through(house, move |operation| {
        if operation == "describetable" {
            return Fate::Answered;
        }
        let mut left = of_middle.lock().unwrap();
        if *left == 0 {
            return Fate::Lost;
        }
        *left -= 1;
        counted.fetch_add(1, Ordering::SeqCst);
        Fate::Answered
    })
    .await;
    (queue, passed)
}

#[tokio::test]
async fn a_process_that_ends_between_two_requests_leaves_all_of_a_step_or_nothing() {
    // Putting: the count is read, and then all is written.
    let house = House::new().await;
    let wish = NewJob { key: Some("wish".to_owned()), ..new("a") };
    let (dying, passed) = ending_after(&house, 1).await;
    assert_eq!(dying.put(wish.clone()).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!((passed.load(Ordering::SeqCst), house.items().await.len()), (1, 0));
    assert!(matches!(house.scratch.queue.put(wish).await.unwrap(), Put::New(_)));

    // Taking: the index is asked, and then the job is taken.
    let (dying, passed) = ending_after(&house, 1).await;
    assert!(dying.take("work", LEASE).await.is_err());
    assert_eq!(passed.load(Ordering::SeqCst), 1);
    let taken = take(&*house.scratch.queue).await.unwrap();
    assert_eq!(taken.job.attempts, 1);

    // Ending: the job is read, and then it ends with everything that belongs to that.
    let (dying, passed) = ending_after(&house, 1).await;
    assert!(dying.finish(&taken, Outcome::Done(json!(1))).await.is_err());
    assert_eq!(passed.load(Ordering::SeqCst), 1);
    assert_eq!(house.scratch.job("a").await.state, State::Running);
    assert_eq!(house.scratch.queue.get(&Follow::id("a")).await.unwrap(), None, "nothing follows yet");
    house.scratch.clock.advance(LEASE);
    let again = take(&*house.scratch.queue).await.unwrap();
    assert!(house.scratch.queue.finish(&again, Outcome::Done(json!(2))).await.unwrap());
    assert_eq!(house.scratch.job(&Follow::id("a")).await.state, State::Queued, "and now it does");
    assert!(!house.items().await.contains_key("key:work:wish"), "its key is free");

    // Cancelling what waits.
    house.scratch.put("b").await;
    let (dying, passed) = ending_after(&house, 1).await;
    assert!(dying.cancel("b").await.is_err());
    assert_eq!((passed.load(Ordering::SeqCst), house.scratch.job("b").await.state), (1, State::Queued));
    assert_eq!(house.scratch.queue.cancel("b").await.unwrap().unwrap().state, State::Cancelled);

    // Forgetting: the index is asked, and then they are forgotten with their counts.
    house.scratch.clock.advance(Duration::from_secs(1));
    let now = crate::Clock::now(&house.scratch.clock);
    let (dying, _) = ending_after(&house, 1).await;
    assert!(dying.remove_old(now).await.is_err());
    assert_eq!(house.scratch.queue.counts("work").await.unwrap().by_state, [0, 0, 1, 0, 1]);
    assert_eq!(house.scratch.queue.remove_old(now).await.unwrap(), 2);
}

#[tokio::test]
async fn a_table_that_is_busy_or_away_is_unavailable() {
    let house = House::new().await;
    house.scratch.put("a").await;
    let away =
        through(&house, |operation| if operation == "describetable" { Fate::Answered } else { Fate::Lost }).await;
    assert_eq!(away.get("a").await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(away.take("work", LEASE).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(away.put(new("b")).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(away.counts("work").await.unwrap_err().kind(), ErrorKind::Unavailable);
}
