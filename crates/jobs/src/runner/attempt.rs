use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Failure, Retry, Runner};
use crate::{Error, ErrorKind, GiveBack, Held, Job, Outcome, Problem, Progress, Taken};

/// One job in the hands of a runner.
///
/// * `lightmill_job_seconds{lane, outcome}`: how long attempts take; `outcome` is `done`, `failed`, `cancelled`, `retried`,
///   `busy`, `given_back` or `lost`.
pub(super) struct Attempt {
    pub(super) runner: Runner,
    pub(super) taken: Taken,
}

/// How it ends.
enum End {
    Finished(Outcome),
    Back(GiveBack, &'static str),
    Lost,
}

impl Attempt {
    /// From the taking to the end.
    pub(super) async fn run(self, stop: &CancellationToken) {
        let start = Instant::now();
        let (end, id) = (self.told(self.end(stop).await).await, &self.taken.job.id);
        let word = match &end {
            End::Finished(outcome) => outcome.state().name(),
            End::Back(_, word) => word,
            End::Lost => "lost",
        };
        let (lane, took) = (self.runner.settings.lane.clone(), start.elapsed());
        metrics::histogram!("lightmill_job_seconds", "lane" => lane.clone(), "outcome" => word).record(took);
        tracing::info!(%lane, id, attempt = self.taken.job.attempts, outcome = word, ?took, "a job ended an attempt");
        let told = match end {
            End::Finished(outcome) => self.finish(outcome).await,
            End::Back(back, _) => self.runner.queue.give_back(&self.taken, back).await,
            End::Lost => return,
        };
        match told {
            Ok(true) => {}
            Ok(false) => tracing::warn!(%lane, id, "the job had been taken by another one meanwhile"),
            // Its lease runs out, and it is done again.
            Err(error) => tracing::error!(%lane, id, %error, "the end of a job cannot be told"),
        }
    }

    /// Tells the worker of an end; one that cannot be told is none.
    async fn told(&self, end: End) -> End {
        let End::Finished(outcome) = &end else { return end };
        let job = &self.taken.job;
        match self.runner.work.ending(job, outcome).await {
            Ok(()) => end,
            Err(error) => {
                tracing::error!(id = job.id, %error, "a job cannot end yet");
                let after = self.runner.settings.backoff.after(job.attempts);
                End::Back(GiveBack { after, counts: false, problem: job.problem.clone() }, "given_back")
            }
        }
    }

    /// A result that the queue does not keep would come again, however often it is begun.
    async fn finish(&self, outcome: Outcome) -> Result<bool, Error> {
        match self.runner.queue.finish(&self.taken, outcome).await {
            Err(error) if error.kind() == ErrorKind::TooLarge => {
                tracing::error!(id = self.taken.job.id, %error, "the result of a job cannot be kept");
                self.runner.queue.finish(&self.taken, Outcome::Failed(too_large())).await
            }
            told => told,
        }
    }

    async fn end(&self, stop: &CancellationToken) -> End {
        let (job, settings) = (&self.taken.job, &self.runner.settings);
        if job.cancel_wanted {
            return End::Finished(Outcome::Cancelled);
        }
        if job.attempts > settings.attempts {
            // Whoever worked on it disappeared, again and again.
            let problem = job.problem.clone().unwrap_or_else(abandoned);
            return End::Finished(Outcome::Failed(problem));
        }
        let (progress, seen) = watch::channel(Progress::default());
        let span = tracing::info_span!("job", lane = %settings.lane, id = job.id);
        let work = self.runner.work.run(job, &progress).instrument(span);
        tokio::select! {
            result = AssertUnwindSafe(work).catch_unwind() => match result {
                Ok(result) => self.judge(result),
                Err(_) => self.judge(Err(panicked())),
            },
            // Dropping the work ends it.
            end = self.keep(seen) => end,
            () = stop.cancelled() => End::Back(unfinished(job), "given_back"),
            () = sleep(settings.time) => self.judge(Err(late(settings.time))),
        }
    }

    /// Gives signs of life until the job should be stopped.
    async fn keep(&self, mut seen: watch::Receiver<Progress>) -> End {
        let (queue, settings) = (&self.runner.queue, &self.runner.settings);
        let mut beat = interval_at(Instant::now() + settings.beat, settings.beat);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            beat.tick().await;
            if seen.has_changed().unwrap_or(false) {
                let progress = *seen.borrow_and_update();
                if let Err(error) = queue.report(&self.taken, progress).await {
                    tracing::warn!(%error, "the progress of a job cannot be told");
                }
            }
            match queue.extend(&self.taken, settings.lease).await {
                Ok(Held::Kept) => {}
                Ok(Held::CancelWanted) => return End::Finished(Outcome::Cancelled),
                Ok(Held::Lost) => return End::Lost,
                Err(error) => tracing::warn!(%error, "the lease of a job cannot be extended"),
            }
        }
    }

    fn judge(&self, result: Result<Value, Failure>) -> End {
        let (attempts, settings) = (self.taken.job.attempts, &self.runner.settings);
        let Failure { mut problem, retry } = match result {
            Ok(value) => return End::Finished(Outcome::Done(value)),
            Err(failure) => failure,
        };
        if problem.details.is_none() {
            // What the worker keeps from one attempt to the next survives one that said nothing.
            problem.details = self.taken.job.problem.as_ref().and_then(|before| before.details.clone());
        }
        match retry {
            Retry::Busy(after) => {
                let after = after.max(settings.backoff.after(1));
                End::Back(GiveBack { after, counts: false, problem: Some(problem) }, "busy")
            }
            Retry::Later(asked) if attempts < settings.attempts => {
                let after = settings.backoff.after(attempts).max(asked.unwrap_or_default().min(settings.backoff.most));
                End::Back(GiveBack { after, counts: true, problem: Some(problem) }, "retried")
            }
            Retry::Later(_) | Retry::Never => End::Finished(Outcome::Failed(problem)),
        }
    }
}

/// What went wrong before stays known.
fn unfinished(job: &Job) -> GiveBack {
    GiveBack { after: Duration::ZERO, counts: false, problem: job.problem.clone() }
}

fn abandoned() -> Problem {
    Problem::new("AbandonedError", "every attempt ended without a word")
}

fn too_large() -> Problem {
    Problem::new("ResultTooLargeError", "the result is too large to be kept")
}

/// A failure for the reason that it took longer than `time`.
pub(crate) fn late(time: Duration) -> Failure {
    let message = format!("an attempt took longer than {} s", time.as_secs_f64());
    Failure { problem: Problem::new("TimeoutError", message), retry: Retry::Later(None) }
}

/// A failure for a reason that nobody had thought of.
pub(crate) fn panicked() -> Failure {
    Failure { problem: Problem::new("InternalError", "internal error"), retry: Retry::Never }
}
