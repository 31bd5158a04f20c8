use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::{FutureExt, StreamExt, TryStreamExt};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::report::Report;
use super::state::State;
use super::{Belongs, Error, Looked, Orphans, Phase, Shown, Walk};
use crate::runner::{late, panicked};
use crate::variants::{Settled, Standing};
use crate::{Backoff, Failure, Problem, Retry};

/// Objects that are looked at ahead of the first that is not done.
const AHEAD: usize = 1000;

/// How often it is written how far it is.
const SAVE: Duration = Duration::from_secs(1);

/// Who has what is kept of an object agree with it.
#[async_trait]
pub trait Settle: Send + Sync {
    /// Does so, and says why not, and whether that may pass. The future is dropped when it is to stop.
    async fn settle(&self, key: &str) -> Result<Settled, Failure>;
}

/// Makes the variants of everything that is there.
pub struct Backfill {
    /// Through what.
    pub walk: Walk,
    /// Who makes them.
    pub settle: Arc<dyn Settle>,
    /// What makes it the same one as another.
    pub belongs: Belongs,
    /// Whether variants of what is gone are removed.
    pub removes: bool,
    /// Objects that are worked on at a time.
    pub at_a_time: usize,
    /// How often one is begun.
    pub attempts: u32,
    /// How long an attempt may take.
    pub time: Duration,
    /// The file that says how far it is.
    pub state: PathBuf,
    /// The file of what failed.
    pub report: PathBuf,
    /// Whether it begins anew, whatever the file says.
    pub restart: bool,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything was looked at.
    Done,
    /// It was asked to stop; the next one goes on from there.
    Stopped,
}

/// What came of an object.
enum Outcome {
    UpToDate { removed: usize },
    Made,
    Gone { removed: usize },
    Own,
    Failed(Problem),
}

impl Backfill {
    /// Runs until the end or until `stop`; `shown` follows. What was under way at a stop is dropped, and looked at again by
    /// the next run.
    ///
    /// # Errors
    /// Why it did not come to its end; the next one goes on from there.
    pub async fn run(&self, shown: &watch::Sender<Shown>, stop: &CancellationToken) -> Result<Ended, Error> {
        let known = if self.restart { None } else { State::read(&self.state, &self.belongs)? };
        let mut state = known.unwrap_or_else(|| State::new(self.belongs.clone(), self.report.clone()));
        // What another report says of the runs before stays there.
        let reported = if state.report == self.report { state.reported } else { 0 };
        state.report.clone_from(&self.report);
        let report = Report::open(&self.report, reported)?;
        state.reported = report.bytes();
        state.write(&self.state)?;
        shown.send_modify(|shown| {
            (shown.counts, shown.before, shown.phase) = (state.counts, state.counts.objects, state.phase);
        });
        let mut run = Run { backfill: self, state, report, shown, saved: Instant::now() };
        let done = {
            let working = run.work();
            tokio::select! {
                done = working => Some(done),
                () = stop.cancelled() => None,
                never = self.count(shown) => match never {},
            }
        };
        match done {
            Some(Ok(())) => {
                run.report.close()?;
                State::remove(&self.state)?;
                Ok(Ended::Done)
            }
            Some(Err(error)) => {
                // The first error says more than one of writing it down.
                run.save().await.and(Err(error))
            }
            None => {
                run.save().await?;
                Ok(Ended::Stopped)
            }
        }
    }

    /// Counts the objects, ahead of what is done about them.
    async fn count(&self, shown: &watch::Sender<Shown>) -> std::convert::Infallible {
        let mut keys = self.walk.keys(&self.belongs.prefix).ready_chunks(AHEAD);
        let mut whole = true;
        while let Some(page) = keys.next().await {
            whole = page.iter().all(Result::is_ok);
            shown.send_modify(|shown| shown.total += page.iter().filter(|key| key.is_ok()).count() as u64);
        }
        shown.send_modify(|shown| shown.is_total = whole);
        std::future::pending().await
    }

    async fn handle(&self, looked: &Looked, places: &Semaphore) -> Outcome {
        match looked.standing {
            Standing::Whole | Standing::Cluttered if self.belongs.again => self.make(&looked.key, places).await,
            Standing::Cluttered if self.removes => match self.walk.variants.tidy(&looked.key).await {
                Ok(removed) => Outcome::UpToDate { removed },
                Err(error) => {
                    tracing::warn!(key = looked.key, %error, "variants of other states cannot be removed");
                    Outcome::UpToDate { removed: 0 }
                }
            },
            Standing::Whole | Standing::Cluttered => Outcome::UpToDate { removed: 0 },
            Standing::Lacking => self.make(&looked.key, places).await,
        }
    }

    /// Makes its variants, as often as that makes sense.
    async fn make(&self, key: &str, places: &Semaphore) -> Outcome {
        let backoff = Backoff::default();
        let mut attempt = 1;
        loop {
            let settled = {
                // Whoever waits for another attempt is in nobody's way. It is never closed.
                let _place = places.acquire().await;
                let settling = AssertUnwindSafe(self.settle.settle(key)).catch_unwind();
                match tokio::time::timeout(self.time, settling).await {
                    Ok(settled) => settled.unwrap_or_else(|_| Err(panicked())),
                    Err(_) => Err(late(self.time)),
                }
            };
            let Failure { problem, retry } = match settled {
                Ok(Settled::Made(_)) => return Outcome::Made,
                Ok(Settled::Gone(removed)) => return Outcome::Gone { removed },
                Ok(Settled::Own) => return Outcome::Own,
                Err(failure) => failure,
            };
            let after = match retry {
                Retry::Busy(after) => after.max(backoff.after(1)),
                Retry::Later(asked) if attempt < self.attempts => {
                    attempt += 1;
                    backoff.after(attempt - 1).max(asked.unwrap_or_default().min(backoff.most))
                }
                Retry::Later(_) | Retry::Never => return Outcome::Failed(problem),
            };
            tokio::time::sleep(after).await;
        }
    }
}

/// A backfill under way.
struct Run<'a> {
    backfill: &'a Backfill,
    state: State,
    report: Report,
    shown: &'a watch::Sender<Shown>,
    saved: Instant,
}

impl Run<'_> {
    async fn work(&mut self) -> Result<(), Error> {
        if self.state.phase == Phase::Objects {
            self.objects().await?;
            (self.state.phase, self.state.after) = (Phase::Orphans, None);
            self.save().await?;
            self.shown.send_modify(|shown| shown.phase = Phase::Orphans);
        }
        if self.backfill.removes { self.orphans().await } else { Ok(()) }
    }

    async fn objects(&mut self) -> Result<(), Error> {
        let backfill = self.backfill;
        let places = &Semaphore::new(backfill.at_a_time.max(1));
        let objects = backfill.walk.objects(&backfill.belongs.prefix, self.state.after.clone());
        let handled = objects.map(|looked| async move {
            let looked = looked?;
            let outcome = backfill.handle(&looked, places).await;
            Ok((looked, outcome))
        });
        // In order, so that everything up to one of them is done when it is.
        let mut handled = std::pin::pin!(handled.buffered(AHEAD));
        loop {
            // What is done is written down also while the next one takes its time.
            let Ok(next) = tokio::time::timeout(SAVE, handled.try_next()).await else {
                self.save().await?;
                continue;
            };
            let Some((looked, outcome)) = next.map_err(Error::Listing)? else { return Ok(()) };
            self.count(&looked, outcome)?;
            self.state.after = Some(looked.key);
            if self.saved.elapsed() >= SAVE {
                self.save().await?;
            }
        }
    }

    fn count(&mut self, looked: &Looked, outcome: Outcome) -> Result<(), Error> {
        let counts = &mut self.state.counts;
        counts.objects += 1;
        match outcome {
            Outcome::UpToDate { removed } => {
                counts.up_to_date += 1;
                counts.outdated += removed as u64;
            }
            Outcome::Made => {
                counts.made += 1;
                counts.bytes += looked.size.unwrap_or_default();
            }
            Outcome::Gone { removed } => {
                counts.gone += 1;
                counts.orphans += removed as u64;
            }
            // Nothing is made of it, as of what is gone.
            Outcome::Own => counts.gone += 1,
            Outcome::Failed(problem) => {
                counts.failed += 1;
                self.report.write(&looked.key, &problem)?;
                self.state.reported = self.report.bytes();
            }
        }
        self.show();
        Ok(())
    }

    async fn orphans(&mut self) -> Result<(), Error> {
        let backfill = self.backfill;
        let places = Semaphore::new(backfill.at_a_time.max(1));
        let mut pages = backfill.walk.orphans(&backfill.belongs.prefix, self.state.after.clone());
        while let Some(Orphans { gone, doubtful, after }) = pages.try_next().await.map_err(Error::Listing)? {
            self.state.counts.doubtful += doubtful;
            for orphan in gone {
                let count = orphan.variants.len() as u64;
                match backfill.walk.remove(orphan).await {
                    Ok((removed, back)) => {
                        self.state.counts.orphans += removed as u64;
                        if let Some(key) = back {
                            // It came back between the looks, and has its variants again.
                            let looked = Looked { key, size: None, standing: Standing::Lacking };
                            let outcome = backfill.handle(&looked, &places).await;
                            self.count(&looked, outcome)?;
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "variants of what is gone cannot be removed");
                        self.state.counts.doubtful += count;
                    }
                }
            }
            self.state.after = Some(after);
            self.show();
            self.save().await?;
        }
        Ok(())
    }

    fn show(&self) {
        self.shown.send_modify(|shown| shown.counts = self.state.counts);
    }

    async fn save(&mut self) -> Result<(), Error> {
        let (state, file) = (self.state.clone(), self.backfill.state.clone());
        let written = tokio::task::spawn_blocking(move || state.write(&file)).await;
        self.saved = Instant::now();
        written.unwrap_or_else(|error| Err(Error::file(&self.backfill.state, error)))
    }
}
