use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::SqliteQueue;
use crate::testing::{Scratch, behaviours, new};
use crate::{ErrorKind, Queue, Taken};

const LEASE: Duration = Duration::from_secs(30);

async fn take(queue: &dyn Queue) -> Option<Taken> {
    queue.take("work", LEASE).await.unwrap()
}

/// One test for each.
macro_rules! shows {
    ($($behaviour:ident)*) => {
        $(#[tokio::test]
        async fn $behaviour() {
            behaviours::$behaviour(&Scratch::new()).await;
        })*
    };
}

shows! {
    the_oldest_is_taken_first_and_each_once
    who_lost_a_job_says_nothing_any_more
    progress_is_that_of_the_attempt
    the_same_job_is_put_once
    only_so_many_wait
    what_has_ended_can_be_done_again
    what_follows_is_put_at_every_end_and_once
    jobs_are_cancelled_in_every_state
    jobs_are_listed_counted_and_forgotten
}

#[tokio::test]
async fn of_many_takers_in_several_processes_each_job_has_one() {
    let scratch = Scratch::new();
    let queue = SqliteQueue::open(&scratch.file(), 1000).unwrap();
    for number in 0..100 {
        queue.put(new(&number.to_string())).await.unwrap();
    }
    let takers = (0..8).map(|_| {
        let queue = SqliteQueue::open(&scratch.file(), 1000).unwrap();
        tokio::spawn(async move {
            let mut ids = Vec::new();
            while let Some(taken) = take(&queue).await {
                ids.push(taken.job.id);
            }
            ids
        })
    });
    let ids: Vec<String> = futures::future::join_all(takers).await.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (100, 100));
}

#[tokio::test]
async fn what_is_put_outlives_whoever_put_it() {
    let scratch = Scratch::new();
    scratch.put("a").await;
    scratch.put("b").await;
    take(&*scratch.queue).await.unwrap();
    // Another process finds both: what waits at once, what was begun when the lease has run out.
    let other = scratch.again();
    assert_eq!(take(&other).await.unwrap().job.id, "b");
    assert_eq!(take(&other).await, None);
    scratch.clock.advance(LEASE);
    let again = take(&other).await.unwrap();
    assert_eq!((again.job.id.as_str(), again.job.attempts), ("a", 2));
}

#[tokio::test]
async fn only_files_of_this_version_are_used() {
    let scratch = Scratch::new();
    let mode = std::fs::metadata(scratch.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let other = rusqlite::Connection::open(scratch.file()).unwrap();
    other.pragma_update(None, "user_version", 2).unwrap();
    let error = SqliteQueue::open(&scratch.file(), 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unusable, "{error}");
    other.pragma_update(None, "user_version", 0).unwrap();
    assert_eq!(SqliteQueue::open(&scratch.file(), 1).unwrap_err().kind(), ErrorKind::Unusable);
    let text = scratch.file().with_extension("text");
    std::fs::write(&text, "no database, but a text that is longer than its header is".repeat(20)).unwrap();
    assert_eq!(SqliteQueue::open(&text, 1).unwrap_err().kind(), ErrorKind::Unavailable);
    let nowhere = scratch.file().with_extension("folder").join("jobs");
    assert_eq!(SqliteQueue::open(&nowhere, 1).unwrap_err().kind(), ErrorKind::Unavailable);
}
