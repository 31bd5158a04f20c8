use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::address::{Address, Place};
use super::error;
use crate::Error;
use crate::aws::{Asking, Json, Refused, Service, Settings};

/// Bytes of one answer: ten messages of 1 MiB, whose JSON is longer.
const ANSWER: usize = 16 << 20;

/// One queue. Nothing is asked of it before it is used.
#[derive(Debug)]
pub struct Queue {
    address: Address,
    service: Json,
    url: OnceCell<String>,
}

/// A question about a queue.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a, Q> {
    queue_url: &'a str,
    #[serde(flatten)]
    question: Q,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Name<'a> {
    queue_name: &'a str,
    #[serde(rename = "QueueOwnerAWSAccountId")]
    account: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    queue_url: String,
}

impl Queue {
    /// The queue at `address`. The region and the server that the address names count before those of `settings`, but
    /// for an endpoint that these have.
    pub fn new(address: Address, settings: Settings) -> Self {
        let region = address.region.clone().or(settings.region);
        let endpoint = settings.endpoint.or_else(|| address.endpoint.clone());
        let service = Json::new(Service::SQS, Settings { region, endpoint, ..settings }).reading(ANSWER);
        Self { address, service, url: OnceCell::new() }
    }

    /// The queue's name.
    pub fn name(&self) -> &str {
        self.address.name()
    }

    pub(super) async fn ask<A: DeserializeOwned>(
        &self,
        operation: &str,
        question: impl Serialize + Sync,
        asking: Asking,
    ) -> Result<A, Refused> {
        let queue_url = self.url.get_or_try_init(|| self.url()).await?;
        self.service.ask_as(operation, &Asked { queue_url, question }, asking).await
    }

    pub(super) fn error(&self, refused: &Refused) -> Error {
        error::of(self.name(), refused)
    }

    async fn url(&self) -> Result<String, Refused> {
        match &self.address.place {
            Place::Url(url) => Ok(url.clone()),
            Place::Account(account) => {
                let name = Name { queue_name: self.name(), account };
                let found: Found = self.service.ask("GetQueueUrl", &name).await?;
                Ok(found.queue_url)
            }
        }
    }
}

/// A duration as SQS takes it: whole seconds, `most` at most. Parts of a second are rounded up.
pub(super) fn seconds(time: Duration, most: Duration) -> u64 {
    let time = time.min(most);
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
