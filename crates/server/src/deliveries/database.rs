use std::cmp::Reverse;
use std::sync::Arc;
use std::time::SystemTime;

use lightmill_jobs::webhook::{Message, tried};
use lightmill_jobs::{Error, Follow, Job, Queue, State, notices};

use super::Delivery;
use crate::config::{Config, Mistake, Mistakes};
use crate::jobs::{self, TELLING};
use crate::{build, worker};

/// Deliveries that are looked through at once, of each endpoint.
const LOOKED_THROUGH: usize = 10_000;

/// Everything that is told to webhooks: of jobs, and of the worker.
#[derive(Debug)]
pub struct Deliveries(Vec<Lane>);

/// What is told to one endpoint, or of jobs.
#[derive(Debug)]
struct Lane {
    queue: Arc<dyn Queue>,
    name: String,
    /// What it is called, and where it is told; of jobs each has a place of its own.
    to: String,
    url: Option<String>,
}

impl Deliveries {
    /// Opens the files or tables of `[jobs]` and `[worker]`. In a file that is not there nothing waits.
    ///
    /// # Errors
    /// If nobody is told anything; a file or a table that cannot be used.
    pub async fn open(config: &Config) -> Result<Self, Mistakes> {
        let jobs = config.jobs.as_ref().filter(|jobs| jobs.webhook.is_some());
        let worker = config.worker.as_ref().filter(|worker| !worker.webhooks.is_empty());
        if jobs.is_none() && worker.is_none() {
            let problem = "is missing, and so is `worker.webhooks`: nobody is told anything".to_owned();
            return Err(Mistakes(vec![Mistake { key: "jobs.webhook".to_owned(), value: None, problem }]));
        }
        let mut lanes = Vec::new();
        if let Some(jobs) = jobs.filter(|jobs| jobs.database.may_exist()) {
            let queue = build::queue("jobs.database", &jobs.database, (jobs.queue_length, jobs.keep), config).await?;
            lanes.push(Lane { queue, name: TELLING.to_owned(), to: "jobs".to_owned(), url: None });
        }
        if let Some(worker) = worker.filter(|worker| worker.database.may_exist()) {
            let queue = worker::database(config, worker).await?;
            lanes.extend(worker.webhooks.iter().map(|endpoint| Lane {
                queue: Arc::clone(&queue),
                name: notices::lane(&endpoint.name),
                to: endpoint.name.clone(),
                url: Some(endpoint.url.clone()),
            }));
        }
        Ok(Self(lanes))
    }

    /// At most `limit` of them, the newest first, of one state or of all.
    ///
    /// # Errors
    /// What a file says.
    pub async fn list(&self, state: Option<State>, limit: usize) -> Result<Vec<Delivery>, Error> {
        let mut found = Vec::new();
        for lane in &self.0 {
            let jobs = lane.queue.list(&lane.name, state, limit).await?;
            found.extend(jobs.into_iter().map(|job| (lane, job)));
        }
        found.sort_by_key(|(_, job)| Reverse(job.created));
        found.truncate(limit);
        let mut deliveries = Vec::with_capacity(found.len());
        for (lane, job) in found {
            deliveries.push(lane.delivery(&job).await?.0);
        }
        Ok(deliveries)
    }

    /// The one of this id, with what is told and what came of each attempt.
    ///
    /// # Errors
    /// What a file says.
    pub async fn show(&self, id: &str) -> Result<Option<Delivery>, Error> {
        match self.find(id).await? {
            Some((lane, job)) => {
                let (delivery, payload) = lane.delivery(&job).await?;
                Ok(Some(Delivery { payload, tried: Some(tried(&job)), ..delivery }))
            }
            None => Ok(None),
        }
    }

    /// Has the one of this id be told again, with all its attempts and under the same id, unless it waits already. As it is
    /// then.
    ///
    /// # Errors
    /// What a file says.
    pub async fn replay(&self, id: &str) -> Result<Option<Delivery>, Error> {
        let Some((lane, _)) = self.find(id).await? else { return Ok(None) };
        match lane.queue.again(id).await? {
            Some(job) => Ok(Some(lane.delivery(&job).await?.0)),
            None => Ok(None),
        }
    }

    /// The ids of those that failed, at `since` or later; of each endpoint the newest 10,000.
    ///
    /// # Errors
    /// What a file says.
    pub async fn failed(&self, since: Option<SystemTime>) -> Result<Vec<String>, Error> {
        let mut ids = Vec::new();
        for lane in &self.0 {
            let failed = lane.queue.list(&lane.name, Some(State::Failed), LOOKED_THROUGH).await?;
            let in_time = failed.into_iter().filter(|job| since.is_none_or(|since| job.ended >= Some(since)));
            ids.extend(in_time.map(|job| job.id));
        }
        Ok(ids)
    }

    async fn find(&self, id: &str) -> Result<Option<(&Lane, Job)>, Error> {
        for lane in &self.0 {
            if let Some(job) = lane.queue.get(id).await?.filter(|job| job.lane == lane.name) {
                return Ok(Some((lane, job)));
            }
        }
        Ok(None)
    }
}

impl Lane {
    /// The delivery, and what is told.
    async fn delivery(&self, job: &Job) -> Result<(Delivery, Option<Message>), Error> {
        let (message, url) = match Follow::of(&job.id).filter(|_| self.url.is_none()) {
            // What is told of a job is the job.
            Some(of) => {
                let ended = self.queue.get(of).await?;
                let url = ended.as_ref().and_then(|ended| ended.payload["webhook"].as_str().map(str::to_owned));
                (ended.as_ref().map(jobs::message), url)
            }
            None => (serde_json::from_value(job.payload.clone()).ok(), self.url.clone()),
        };
        Ok((Delivery::new(&self.to, url, message.as_ref(), job), message))
    }
}
