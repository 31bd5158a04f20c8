use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Depth, Inbox, Message, Rejected};
use crate::{Clock, Error};

/// How long is waited for a message. What becomes due meanwhile is not noticed before.
const WAIT: Duration = Duration::from_secs(1);

/// Messages that are handed out at a time.
const BATCH: usize = 10;

/// Messages of this process, which end with it: for tests, and for what is told to the process itself.
#[derive(Debug)]
pub struct MemoryInbox {
    clock: Arc<dyn Clock>,
    visibility: Duration,
    entries: Mutex<Entries>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Entries {
    /// The next message's number.
    next: u64,
    waiting: VecDeque<Entry>,
    rejected: Vec<(String, String)>,
}

#[derive(Debug)]
struct Entry {
    message: Message,
    /// Not to be handed out before.
    due: SystemTime,
}

impl MemoryInbox {
    /// An empty one. Who says nothing of a message for `visibility` has it no more.
    pub fn new(visibility: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { clock, visibility, entries: Mutex::default(), news: Notify::new() }
    }

    /// Puts a message.
    pub fn put(&self, body: impl Into<String>) {
        let now = self.clock.now();
        let mut entries = self.entries();
        entries.next += 1;
        let id = entries.next.to_string();
        let message = Message { id, body: body.into(), receives: 0, sent: Some(now), receipt: String::new() };
        entries.waiting.push_back(Entry { message, due: now });
        drop(entries);
        self.news.notify_one();
    }

    /// What was rejected, and why.
    pub fn rejected(&self) -> Vec<(String, String)> {
        self.entries().rejected.clone()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands out what is due, the oldest first.
    fn take(&self) -> Vec<Message> {
        let now = self.clock.now();
        let mut entries = self.entries();
        let due = entries.waiting.iter_mut().filter(|entry| entry.due <= now).take(BATCH);
        due.map(|entry| entry.hand_out(now + self.visibility)).collect()
    }

    /// Does something to a message that is still in these hands, and whether it was.
    fn held(&self, message: &Message, change: impl FnOnce(&mut Entries, usize, SystemTime)) -> bool {
        let now = self.clock.now();
        let mut entries = self.entries();
        let is_held = |entry: &Entry| entry.message.receipt == message.receipt && entry.due > now;
        let place = entries.waiting.iter().position(is_held);
        place.inspect(|place| change(&mut entries, *place, now)).is_some()
    }
}

impl Entry {
    fn hand_out(&mut self, until: SystemTime) -> Message {
        self.message.receives += 1;
        self.message.receipt = format!("{}.{}", self.message.id, self.message.receives);
        self.due = until;
        self.message.clone()
    }
}

#[async_trait]
impl Inbox for MemoryInbox {
    async fn receive(&self) -> Result<Vec<Message>, Error> {
        let messages = self.take();
        if !messages.is_empty() || timeout(WAIT, self.news.notified()).await.is_err() {
            return Ok(messages);
        }
        Ok(self.take())
    }

    async fn keep(&self, message: &Message, time: Duration) -> Result<bool, Error> {
        Ok(self.held(message, |entries, place, now| entries.waiting[place].due = now + time))
    }

    async fn done(&self, message: &Message) -> Result<(), Error> {
        self.held(message, |entries, place, _| drop(entries.waiting.remove(place)));
        Ok(())
    }

    async fn give_back(&self, message: &Message, after: Duration) -> Result<(), Error> {
        self.keep(message, after).await?;
        self.news.notify_one();
        Ok(())
    }

    async fn reject(&self, message: &Message, reason: &str) -> Result<Rejected, Error> {
        self.held(message, |entries, place, _| {
            let entry = entries.waiting.remove(place);
            entries.rejected.extend(entry.map(|entry| (entry.message.body, reason.to_owned())));
        });
        Ok(Rejected::Moved)
    }

    async fn depth(&self) -> Result<Depth, Error> {
        let now = self.clock.now();
        let entries = self.entries();
        // One that waits for its time after it was given back counts as held, as in SQS.
        let held = entries.waiting.iter().filter(|entry| entry.due > now).count() as u64;
        Ok(Depth { waiting: entries.waiting.len() as u64 - held, held })
    }
}
