use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lightmill_jobs::events::{Inbox, Message, metrics};
use lightmill_jobs::{Failure, Retry};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::objects::{Objects, events_of, slow};

/// How often it is said that a message is being worked on, and for how long it is kept then.
const BEAT: Duration = Duration::from_secs(20);
const KEEP: Duration = Duration::from_mins(1);

/// How long is waited after an inbox has failed.
const PAUSE: Duration = Duration::from_secs(5);

/// How long a message waits after its first attempt, which is doubled after each; at most so long.
const BACKOFF: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(15);

/// Takes messages of a store, and has variants agree with what they tell of.
pub(super) struct Taking {
    pub(super) inbox: Arc<dyn Inbox>,
    /// What metrics call it.
    pub(super) name: String,
    pub(super) objects: Objects,
    pub(super) at_a_time: usize,
    /// How long an attempt may take.
    pub(super) time: Duration,
    pub(super) attempts: u32,
}

impl Taking {
    /// Works until `stop`; messages that are not done then are given back at once.
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let (places, handling) = (Arc::new(Semaphore::new(self.at_a_time)), TaskTracker::new());
        // No more messages are held than there are places, but for those of one batch.
        while let Some(Ok(place)) = stop.run_until_cancelled(places.acquire()).await {
            drop(place);
            let Some(received) = stop.run_until_cancelled(self.inbox.receive()).await else { break };
            match received {
                Ok(messages) => {
                    metrics::received(&self.name, &messages, SystemTime::now());
                    for message in messages {
                        let (taking, places, stop) = (Arc::clone(&self), Arc::clone(&places), stop.clone());
                        handling.spawn(async move { taking.handle(&message, &places, &stop).await });
                    }
                    if let Ok(depth) = self.inbox.depth().await {
                        metrics::depth(&self.name, depth);
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "no message can be received");
                    let _ = stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
                }
            }
        }
        handling.close();
        handling.wait().await;
    }

    /// One message, from its receipt to its end; whoever else has it meanwhile comes to the same.
    async fn handle(&self, message: &Message, places: &Semaphore, stop: &CancellationToken) {
        let working = async {
            let _place = places.acquire().await;
            let outcome = tokio::time::timeout(self.time, self.work(message)).await;
            outcome.unwrap_or_else(|_| Err(slow()))
        };
        let outcome = tokio::select! {
            outcome = working => outcome,
            () = self.keep(message) => return,
            () = stop.cancelled() => Err(Failure { problem: slow().problem, retry: Retry::Busy(Duration::ZERO) }),
        };
        let ended = match outcome {
            Ok(()) => self.inbox.done(message).await,
            Err(Failure { retry: Retry::Busy(after), .. }) => self.inbox.give_back(message, after).await,
            Err(Failure { retry: Retry::Later(after), problem }) if message.receives < self.attempts => {
                let after = after.unwrap_or_else(|| backoff(message.receives));
                tracing::warn!(id = message.id, reason = problem.message, ?after, "a message is tried again");
                self.inbox.give_back(message, after).await
            }
            Err(Failure { problem, .. }) => match self.objects.tell_failed(message.body.as_bytes(), &problem).await {
                Ok(()) => self.inbox.reject(message, &format!("{}: {}", problem.code, problem.message)).await.map(drop),
                Err(error) => {
                    tracing::error!(id = message.id, %error, "a failure cannot be told yet");
                    self.inbox.give_back(message, BACKOFF).await
                }
            },
        };
        if let Err(error) = ended {
            // It comes again when nobody keeps it any more.
            tracing::error!(id = message.id, %error, "the inbox was not told what became of a message");
        }
    }

    /// Keeps the message from others, until it is lost to one.
    async fn keep(&self, message: &Message) {
        loop {
            tokio::time::sleep(BEAT).await;
            match self.inbox.keep(message, KEEP).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!(id = message.id, "a message is in other hands");
                    return;
                }
                Err(error) => tracing::warn!(id = message.id, %error, "a message could not be kept"),
            }
        }
    }

    async fn work(&self, message: &Message) -> Result<(), Failure> {
        self.objects.settle(&events_of(message.body.as_bytes())?).await
    }
}

fn backoff(receives: u32) -> Duration {
    BACKOFF.saturating_mul(1_u32.checked_shl(receives.saturating_sub(1)).unwrap_or(u32::MAX)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_waits_twice_as_long_as_the_one_before() {
        let seconds = [1, 2, 3, 8, 9, 100].map(|receives| backoff(receives).as_secs());
        assert_eq!(seconds, [5, 10, 20, 640, 900, 900]);
    }
}
