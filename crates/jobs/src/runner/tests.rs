use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::testing::{Scratch, new, problem};
use crate::{Clock, Error, Job, NewJob, Outcome, Problem, Progress, State, async_trait};

/// Does as the job's payload says, and counts.
#[derive(Default)]
struct Worker {
    begun: AtomicUsize,
    /// At work, and most at a time.
    busy: AtomicUsize,
    most: AtomicUsize,
    dropped: AtomicUsize,
    /// What `wait` waits for.
    gate: Option<Arc<Semaphore>>,
    /// Ends that it was told of, of which it takes only those behind the first `deaf`.
    ends: Mutex<Vec<State>>,
    deaf: usize,
}

struct Place<'a>(&'a Worker, bool);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
        if !self.1 {
            self.0.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[async_trait]
impl Work for Worker {
    async fn run(&self, job: &Job, progress: &watch::Sender<Progress>) -> Result<Value, Failure> {
        let count = self.begun.fetch_add(1, Ordering::SeqCst);
        let busy = self.busy.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(busy, Ordering::SeqCst);
        let mut place = Place(self, false);
        let fail = |retry| Err(Failure { problem: problem("no luck"), retry });
        let result = match job.payload["do"].as_str().unwrap_or_default() {
            "refuse" => fail(Retry::Never),
            "fail" => fail(Retry::Later(None)),
            "fail once" if count == 0 => fail(Retry::Later(Some(Duration::from_millis(1)))),
            "note and wait" if count == 0 => {
                let problem = Problem { details: Some(json!("a note")), ..problem("no luck") };
                Err(Failure { problem, retry: Retry::Later(None) })
            }
            "busy" if count < 9 => fail(Retry::Busy(Duration::ZERO)),
            "panic" => panic!("as the test wants it"),
            "wait" | "note and wait" => {
                progress.send_replace(Progress { part: Some(0.25), speed: Some(1.5) });
                let gate = self.gate.clone().unwrap_or_else(|| Arc::new(Semaphore::new(0)));
                gate.acquire().await.unwrap().forget();
                Ok(json!("waited"))
            }
            _ => Ok(json!({"of": job.id})),
        };
        place.1 = true;
        result
    }

    async fn ending(&self, job: &Job, outcome: &Outcome) -> Result<(), Error> {
        assert_eq!(job.lane, "work");
        let mut ends = self.ends.lock().unwrap();
        ends.push(outcome.state());
        if ends.len() > self.deaf { Ok(()) } else { Err(Error::Unavailable("on purpose".to_owned())) }
    }
}

fn settings() -> RunnerSettings {
    let backoff = Backoff { first: Duration::from_millis(1), most: Duration::from_millis(1) };
    RunnerSettings {
        lane: "work".into(),
        at_a_time: 2,
        time: Duration::from_mins(1),
        attempts: 3,
        backoff,
        lease: Duration::from_mins(1),
        beat: Duration::from_millis(5),
        look: Duration::from_millis(5),
    }
}

/// A queue, a worker, and a runner that stops at the end.
struct Shop {
    scratch: Scratch,
    worker: Arc<Worker>,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl Shop {
    fn open(worker: Worker, settings: RunnerSettings) -> Self {
        let (scratch, worker, stop) = (Scratch::new(), Arc::new(worker), CancellationToken::new());
        let runner = Runner::new(scratch.queue.clone(), worker.clone(), settings, Wake::default());
        let running = tokio::spawn(runner.run(stop.clone()));
        Self { scratch, worker, stop, running }
    }

    async fn put(&self, id: &str, what: &str) {
        self.scratch.queue.put(NewJob { payload: json!({"do": what}), ..new(id) }).await.unwrap();
    }

    /// The job as soon as it is as `is` says; time goes on meanwhile.
    async fn until(&self, id: &str, is: impl Fn(&Job) -> bool) -> Job {
        let waiting = async {
            loop {
                let job = self.scratch.job(id).await;
                if is(&job) {
                    return job;
                }
                self.scratch.clock.advance(Duration::from_millis(1));
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap()
    }

    async fn end(&self, id: &str) -> Job {
        self.until(id, |job| job.state.is_end()).await
    }

    async fn close(self) -> Scratch {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(5), self.running).await.unwrap().unwrap();
        self.scratch
    }
}

#[tokio::test]
async fn jobs_end_with_their_results() {
    let shop = Shop::open(Worker::default(), settings());
    shop.put("a", "").await;
    let job = shop.end("a").await;
    assert_eq!((job.state, job.result, job.attempts), (State::Done, Some(json!({"of": "a"})), 1));
    shop.close().await;
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_lasts_is_not() {
    for (what, state, attempts, begun) in [
        ("fail once", State::Done, 2, 2),
        ("fail", State::Failed, 3, 3),
        ("refuse", State::Failed, 1, 1),
        ("panic", State::Failed, 1, 1),
        ("busy", State::Done, 1, 10),
    ] {
        let shop = Shop::open(Worker::default(), settings());
        shop.put("a", what).await;
        let job = shop.end("a").await;
        assert_eq!((job.state, job.attempts), (state, attempts), "{what}");
        assert_eq!(shop.worker.begun.load(Ordering::SeqCst), begun, "{what}");
        if state == State::Failed && what != "panic" {
            assert_eq!(job.problem, Some(problem("no luck")), "{what}");
        }
        shop.close().await;
    }
}

#[tokio::test]
async fn only_so_many_run_at_a_time() {
    let gate = Arc::new(Semaphore::new(0));
    let shop = Shop::open(Worker { gate: Some(gate.clone()), ..Worker::default() }, settings());
    for number in 0..6 {
        shop.put(&number.to_string(), "wait").await;
    }
    shop.until("1", |job| job.state == State::Running).await;
    gate.add_permits(6);
    for number in 0..6 {
        assert_eq!(shop.end(&number.to_string()).await.result, Some(json!("waited")));
    }
    assert_eq!(shop.worker.most.load(Ordering::SeqCst), 2);
    shop.close().await;
}

#[tokio::test]
async fn progress_is_told_and_cancelling_drops_the_work() {
    let shop = Shop::open(Worker::default(), settings());
    shop.put("a", "wait").await;
    let job = shop.until("a", |job| job.progress.part.is_some()).await;
    assert_eq!(job.progress, Progress { part: Some(0.25), speed: Some(1.5) });
    shop.scratch.queue.cancel("a").await.unwrap();
    assert_eq!(shop.end("a").await.state, State::Cancelled);
    assert_eq!(shop.worker.dropped.load(Ordering::SeqCst), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_lease_is_extended_while_work_goes_on() {
    let shop = Shop::open(Worker::default(), settings());
    shop.put("a", "wait").await;
    let begun = shop.until("a", |job| job.state == State::Running).await;
    shop.scratch.clock.advance(Duration::from_secs(50));
    let extended = shop.until("a", |job| job.due > begun.due).await;
    assert!(extended.due >= shop.scratch.clock.now() + Duration::from_secs(59));
    assert_eq!(extended.attempts, 1);
    shop.close().await;
}

#[tokio::test]
async fn who_stops_gives_unfinished_jobs_back_at_once() {
    let shop = Shop::open(Worker::default(), settings());
    shop.put("a", "wait").await;
    shop.until("a", |job| job.state == State::Running).await;
    let worker = shop.worker.clone();
    let scratch = shop.close().await;
    let job = scratch.job("a").await;
    assert_eq!((job.state, job.attempts), (State::Queued, 0), "the attempt does not count");
    assert!(job.due <= scratch.clock.now());
    assert_eq!(worker.dropped.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn work_that_takes_too_long_fails() {
    let hurried = RunnerSettings { time: Duration::from_millis(20), attempts: 2, ..settings() };
    let shop = Shop::open(Worker::default(), hurried);
    shop.put("a", "wait").await;
    let job = shop.end("a").await;
    assert_eq!((job.state, job.attempts), (State::Failed, 2));
    assert_eq!(job.problem.unwrap().code, "TimeoutError");
    shop.close().await;
}

#[tokio::test]
async fn a_job_whose_workers_disappear_is_given_up() {
    let scratch = Scratch::new();
    scratch.put("a").await;
    for _ in 0..3 {
        assert!(scratch.queue.take("work", Duration::from_secs(1)).await.unwrap().is_some());
        scratch.clock.advance(Duration::from_secs(1));
    }
    let (worker, stop) = (Arc::new(Worker::default()), CancellationToken::new());
    let runner = Runner::new(scratch.queue.clone(), worker.clone(), settings(), Wake::default());
    let running = tokio::spawn(runner.run(stop.clone()));
    let ended = async {
        while !scratch.job("a").await.state.is_end() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap();
    stop.cancel();
    running.await.unwrap();
    let job = scratch.job("a").await;
    assert_eq!((job.state, job.problem.unwrap().code), (State::Failed, "AbandonedError".to_owned()));
    assert_eq!(worker.begun.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn no_job_ends_before_its_worker_knows() {
    for (what, state, attempts) in [("", State::Done, 1), ("refuse", State::Failed, 1), ("fail", State::Failed, 3)] {
        let shop = Shop::open(Worker { deaf: 2, ..Worker::default() }, settings());
        shop.put("a", what).await;
        let job = shop.end("a").await;
        assert_eq!((job.state, job.attempts), (state, attempts), "{what}: what it does not know of does not count");
        assert_eq!(*shop.worker.ends.lock().unwrap(), [state; 3], "{what}");
        shop.close().await;
    }
}

#[tokio::test]
async fn notes_of_a_worker_survive_attempts_that_say_nothing() {
    let hurried = RunnerSettings { time: Duration::from_millis(20), attempts: 2, ..settings() };
    let shop = Shop::open(Worker::default(), hurried);
    shop.put("a", "note and wait").await;
    let problem = shop.end("a").await.problem.unwrap();
    assert_eq!((problem.code.as_str(), problem.details), ("TimeoutError", Some(json!("a note"))));
    shop.close().await;
}
