//! What a job costs, counted in the middle: what `docs/jobs.md` says about requests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use super::middle::{Fate, Middle};
use super::{House, LEASE, MOTO, open, take};
use crate::testing::new;
use crate::{Clock, NewJob, Outcome, Progress, Queue};

const DOCS: &str = include_str!("../../../../../docs/jobs.md");

#[tokio::test]
async fn requests_are_those_of_the_docs() {
    let house = House::new().await;
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&asked);
    let middle = Middle::before(&MOTO.endpoint(), move |operation| {
        seen.lock().unwrap().push(operation.to_owned());
        Fate::Answered
    });
    let queue = open(&house.table, &middle.endpoint, &house.scratch.clock).await;
    let mut steps = Vec::new();
    let mut note = |step: &str| {
        let asked = std::mem::take(&mut *asked.lock().unwrap());
        steps.push(format!("| {step} | {} |", asked.join(", ")));
    };
    note("start");
    queue.put(NewJob { key: Some("wish".to_owned()), ..new("a") }).await.unwrap();
    note("order");
    assert_eq!(queue.take("nobody", LEASE).await.unwrap(), None);
    note("look for a job");
    let taken = take(&queue).await.unwrap();
    note("take one");
    queue.extend(&taken, LEASE).await.unwrap();
    note("stay alive");
    queue.report(&taken, Progress::default()).await.unwrap();
    note("tell the progress");
    queue.finish(&taken, Outcome::Done(json!(1))).await.unwrap();
    note("end, and put a webhook");
    queue.get("a").await.unwrap();
    note("ask for one");
    queue.counts("work").await.unwrap();
    note("count a lane");
    house.scratch.clock.advance(Duration::from_secs(1));
    assert_eq!(queue.remove_old(house.scratch.clock.now()).await.unwrap(), 1);
    note("forget up to ten");
    let docs = DOCS.to_ascii_lowercase().replace('`', "");
    for step in steps {
        assert!(docs.contains(&step), "{step}");
    }
}
