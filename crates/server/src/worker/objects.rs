use std::sync::Arc;

use lightmill_jobs::events::Event;
use lightmill_jobs::events::document::{self, Document, DocumentError};
use lightmill_jobs::variants::Variants;
use lightmill_jobs::{Failure, Problem, Retry};

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
    let problem = Problem { code: "TimeoutError".to_owned(), message: "it took longer than it may".to_owned() };
    Failure { problem, retry: Retry::Later(None) }
}

fn never(code: &str, message: String) -> Failure {
    Failure { problem: Problem { code: code.to_owned(), message }, retry: Retry::Never }
}
