use std::sync::Arc;

use lightmill_jobs::events::Event;
use lightmill_jobs::events::document::{self, Document, DocumentError};
use lightmill_jobs::variants::Variants;
use lightmill_jobs::{Error, Failure, Problem, Retry};

use super::settling::settle;

/// What happened to objects, as a store's document tells it.
pub(super) fn events(document: &[u8]) -> Result<Vec<Event>, DocumentError> {
    match document::read(document)? {
        Document::Test => Ok(Vec::new()),
        Document::Events { events, ignored } => {
            if !ignored.is_empty() {
                tracing::debug!(?ignored, "events of other kinds");
            }
            Ok(events)
        }
    }
}

/// The same, where nobody can be told what is wrong with it.
pub(super) fn events_of(document: &[u8]) -> Result<Vec<Event>, Failure> {
    events(document).map_err(|error| never("BadDocument", error.to_string()))
}

/// The bucket of the objects, and what stands before their keys in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) name: String,
    pub(super) prefix: String,
}

impl Bucket {
    /// The key of the object that an event tells of, as the source has it; `None` if it is not one of its objects.
    ///
    /// # Errors
    /// The name of another bucket.
    pub(super) fn key<'a>(&self, event: &'a Event) -> Result<Option<&'a str>, String> {
        if event.bucket == self.name { Ok(event.key.strip_prefix(&self.prefix)) } else { Err(event.bucket.clone()) }
    }
}

/// The objects of a bucket, and what is made of them.
pub(super) struct Objects {
    pub(super) variants: Arc<Variants>,
    pub(super) bucket: Bucket,
}

impl Objects {
    /// Has the variants of all objects that `events` tell of agree with them.
    ///
    /// # Errors
    /// The first failure: one object that cannot be done keeps no other from it.
    pub(super) async fn settle(&self, events: &[Event]) -> Result<(), Failure> {
        let mut failed = None;
        for event in events {
            if let Err(failure) = self.settle_one(event).await {
                failed.get_or_insert(failure);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Has it be told that nothing will be made of the objects of a document that is given up, but for those that have all.
    ///
    /// # Errors
    /// If that cannot be kept until it is told.
    pub(super) async fn tell_failed(&self, document: &[u8], problem: &Problem) -> Result<(), Error> {
        let events = events(document).unwrap_or_default();
        for key in events.iter().filter_map(|event| self.bucket.key(event).ok().flatten()) {
            // A store that cannot say so is one more reason to tell.
            if !self.variants.is_settled(key).await.unwrap_or(false) {
                self.variants.tell_failed(key, problem).await?;
            }
        }
        Ok(())
    }

    async fn settle_one(&self, event: &Event) -> Result<(), Failure> {
        let key = self.bucket.key(event);
        match key.map_err(|other| never("OtherBucket", format!("it tells of the bucket {other}")))? {
            Some(key) => settle(&self.variants, key).await.map(drop),
            None => Ok(()),
        }
    }
}

/// What takes longer than it may.
pub(super) fn slow() -> Failure {
    Failure { problem: Problem::new("TimeoutError", "it took longer than it may"), retry: Retry::Later(None) }
}

fn never(code: &str, message: String) -> Failure {
    Failure { problem: Problem::new(code, message), retry: Retry::Never }
}
