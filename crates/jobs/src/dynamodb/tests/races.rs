//! Many instances over one table.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::middle::{Fate, Middle};
use super::{House, LEASE, take};
use crate::testing::{MOST, new, problem};
use crate::{Follow, GiveBack, Held, NewJob, Outcome, Put, Queue, State};

/// Takes and finishes until nothing is found; what it did. moto's indexes are never behind.
async fn work(queue: impl Queue) -> Vec<String> {
    work_on(&queue).await
}

async fn work_on(queue: &dyn Queue) -> Vec<String> {
    let mut done = Vec::new();
    while let Some(taken) = take(queue).await {
        assert!(queue.finish(&taken, Outcome::Done(json!(1))).await.unwrap());
        done.push(taken.job.id);
    }
    done
}

#[tokio::test]
async fn of_many_takers_each_job_has_one() {
    let house = House::new().await;
    let unbounded = super::Settings { most: 1000, ..super::settings(&house.table, &super::MOTO.endpoint()) };
    let clock = std::sync::Arc::new(house.scratch.clock.clone());
    let queue = super::DynamoQueue::with_clock(unbounded, clock).await.unwrap();
    let ids: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    for id in &ids {
        assert!(matches!(queue.put(new(id)).await.unwrap(), Put::New(_)));
    }
    let takers = join_all((0..6).map(|_| house.another())).await;
    let done = join_all(takers.into_iter().map(|queue| tokio::spawn(work(queue)))).await;
    let mut times = BTreeMap::<String, usize>::new();
    for id in done.into_iter().flat_map(Result::unwrap) {
        *times.entry(id).or_default() += 1;
    }
    assert_eq!(times, ids.iter().map(|id| (id.clone(), 1)).collect());
    for id in &ids {
        let job = house.scratch.job(id).await;
        assert_eq!((job.state, job.attempts), (State::Done, 1), "{id}");
        assert_eq!(house.scratch.job(&Follow::id(id)).await.state, State::Queued);
    }
    assert_eq!(queue.counts("work").await.unwrap().by_state, [0, 0, 40, 0, 0]);
    assert_eq!(queue.counts("told").await.unwrap().by_state, [40, 0, 0, 0, 0]);
}

#[tokio::test]
async fn an_index_that_is_behind_has_no_job_done_twice_and_none_forgotten() {
    let house = House::new().await;
    let ids: Vec<String> = (0..MOST).map(|number| number.to_string()).collect();
    for id in &ids {
        house.scratch.put(id).await;
    }
    // Every second question about an index is answered as the one before was.
    let behind = || {
        let mut count = 0;
        Middle::before(&super::MOTO.endpoint(), move |operation| {
            count += usize::from(operation == "query");
            if operation == "query" && count % 2 == 0 { Fate::Old } else { Fate::Answered }
        })
    };
    let middles: Vec<_> = (0..3).map(|_| behind()).collect();
    let mut takers = Vec::new();
    for middle in &middles {
        let queue = super::open(&house.table, &middle.endpoint, &house.scratch.clock).await;
        takers.push(tokio::spawn(async move {
            let mut done = work_on(&queue).await;
            done.extend(work_on(&queue).await);
            done
        }));
    }
    let mut done: Vec<String> = join_all(takers).await.into_iter().flat_map(Result::unwrap).collect();
    done.sort();
    assert_eq!(done, ids);
    // So it is for those who forget, and for those who list.
    house.scratch.clock.advance(Duration::from_secs(1));
    let queue = super::open(&house.table, &behind().endpoint, &house.scratch.clock).await;
    let now = crate::Clock::now(&house.scratch.clock);
    let forgotten = [queue.remove_old(now).await.unwrap(), queue.remove_old(now).await.unwrap()];
    assert_eq!(forgotten, [MOST as u64, 0], "the index still has them the second time");
    house.scratch.put("a").await;
    assert_eq!(queue.list("work", Some(State::Queued), 9).await.unwrap().len(), 1);
    take(&*house.scratch.queue).await.unwrap();
    assert_eq!(queue.list("work", Some(State::Queued), 9).await.unwrap(), [], "it runs, whatever the index says");
    assert_eq!(queue.counts("work").await.unwrap().by_state.iter().sum::<u64>(), 1);
}

#[tokio::test]
async fn a_job_of_a_taker_that_dies_has_another_one_and_the_first_is_told() {
    let house = House::new().await;
    house.scratch.put("a").await;
    let (first, second) = (house.another().await, house.another().await);
    let dead = take(&first).await.unwrap();
    assert_eq!(take(&second).await, None);
    house.scratch.clock.advance(LEASE);
    let takers = join_all([take(&first), take(&second)]).await;
    let taken: Vec<_> = takers.into_iter().flatten().collect();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].job.attempts, taken[0].fence), (2, 2));
    assert_eq!(first.extend(&dead, LEASE).await.unwrap(), Held::Lost);
    assert!(!first.finish(&dead, Outcome::Done(json!("late"))).await.unwrap());
    assert!(second.finish(&taken[0], Outcome::Done(json!("in time"))).await.unwrap());
    assert_eq!(house.scratch.job("a").await.result, Some(json!("in time")));
}

#[tokio::test]
async fn of_many_who_put_the_same_job_one_does() {
    let house = House::new().await;
    let queues = join_all((0..8).map(|_| house.another())).await;
    let put = queues
        .iter()
        .enumerate()
        .map(|(number, queue)| queue.put(NewJob { key: Some("wish".to_owned()), ..new(&number.to_string()) }));
    let put: Vec<_> = join_all(put).await.into_iter().map(Result::unwrap).collect();
    let ids = |put: &Put| match put {
        Put::New(job) | Put::Known(job) => job.id.clone(),
        Put::Full => panic!("full"),
    };
    assert_eq!(put.iter().filter(|put| matches!(put, Put::New(_))).count(), 1);
    assert!(put.iter().all(|one| ids(one) == ids(&put[0])), "{put:?}");
    // The same id by all of them.
    let put = join_all(queues.iter().map(|queue| queue.put(new("same")))).await;
    assert_eq!(put.into_iter().filter(|put| matches!(put, Ok(Put::New(_)))).count(), 1);
    assert_eq!(house.scratch.queue.counts("work").await.unwrap().by_state, [2, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_job_that_is_ended_by_many_ends_once_and_is_followed_once() {
    let house = House::new().await;
    let queue = &house.scratch.queue;
    let (a, b, c) = (house.another().await, house.another().await, house.another().await);
    for round in 0..4 {
        let id = format!("round {round}");
        house.scratch.put(&id).await;
        let taken = take(&**queue).await.unwrap();
        let back = GiveBack { after: Duration::ZERO, counts: true, problem: Some(problem("x")) };
        let (finished, given, cancelled) =
            tokio::join!(a.finish(&taken, Outcome::Done(json!(1))), b.give_back(&taken, back), c.cancel(&taken.job.id));
        assert!(cancelled.unwrap().is_some());
        assert!(finished.unwrap() != given.unwrap(), "one of both had it");
        let job = house.scratch.job(&id).await;
        assert!(job.state.is_end(), "{job:?}");
    }
    let ended = queue.counts("work").await.unwrap().by_state;
    assert_eq!((ended[0], ended[1], ended[2] + ended[4]), (0, 0, 4));
    assert_eq!(queue.counts("told").await.unwrap().by_state[0], 4);
}

#[tokio::test]
async fn old_jobs_are_forgotten_once_and_their_ids_are_free() {
    let house = House::new().await;
    let queue = &house.scratch.queue;
    for number in 0..MOST {
        house.scratch.put(&number.to_string()).await;
        let taken = take(&**queue).await.unwrap();
        queue.finish(&taken, Outcome::Done(json!(1))).await.unwrap();
    }
    house.scratch.put("waits").await;
    house.scratch.clock.advance(Duration::from_secs(1));
    let now = crate::Clock::now(&house.scratch.clock);
    let (a, b) = (house.another().await, house.another().await);
    let (of_a, of_b) = tokio::join!(a.remove_old(now), b.remove_old(now));
    assert_eq!(of_a.unwrap() + of_b.unwrap(), MOST as u64);
    assert_eq!(queue.counts("work").await.unwrap().by_state, [1, 0, 0, 0, 0]);
    assert_eq!(queue.get("3").await.unwrap(), None);
    assert_eq!(house.scratch.put("3").await.state, State::Queued);
    // What follows is there from the first time, and does not keep it from ending.
    let taken = take(&**queue).await.unwrap();
    assert_eq!(taken.job.id, "waits");
    let taken = take(&**queue).await.unwrap();
    assert!(queue.finish(&taken, Outcome::Cancelled).await.unwrap());
    assert_eq!(house.scratch.job("3").await.state, State::Cancelled);
    assert_eq!(queue.counts("told").await.unwrap().by_state[0], MOST as u64);
}
