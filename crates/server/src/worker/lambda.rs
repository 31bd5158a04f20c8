use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::StreamExt;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use lightmill_jobs::events::{DeadLetters, Event, Letter, letters};
use lightmill_jobs::notices::Notices;
use lightmill_jobs::{Failure, Problem, Retry};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::SETTLE_TIME;
use super::objects::{Objects, events_of, slow};
use super::opening::{database, dead_letters, location, notices, of, one, variants, worker, wrong};
use crate::config::{self, Config, Database, Location, Mistake, Mistakes};
use crate::reload::Live;

/// How long before Lambda would end an invocation it is answered.
const MARGIN: Duration = Duration::from_secs(1);

/// Buckets of which invocations of one process may tell.
const BUCKETS: usize = 16;

/// By which Lambda tells where its runtime interface is, and the function's own name and size.
const VARIABLES: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// A worker that Lambda invokes with what happens to objects.
pub struct Lambda {
    config: Config,
    worker: config::Worker,
    rejected: Option<DeadLetters>,
    /// Who is told, by a worker that runs elsewhere.
    notices: Option<Arc<Notices>>,
    /// What is made of each bucket's objects, by the names of the sources.
    buckets: Mutex<BTreeMap<String, Arc<Opened>>>,
}

/// What is made of the objects of one bucket.
struct Opened {
    objects: Objects,
    live: Arc<Live>,
}

impl Lambda {
    /// Whether Lambda has started this process.
    pub fn is_here() -> bool {
        std::env::var_os(VARIABLES[0]).is_some()
    }

    /// Opens what the configuration names. Without a source the buckets are those that invocations tell of.
    ///
    /// # Errors
    /// Everything that is missing, or cannot be opened.
    pub async fn open(config: &Config) -> Result<Self, Mistakes> {
        let absent = |name: &&&str| std::env::var_os(**name).is_none();
        if let Some(name) = VARIABLES.iter().find(absent) {
            return Err(one(Mistake { key: (*name).to_owned(), value: None, problem: "is missing".to_owned() }));
        }
        let worker = worker(config)?.clone();
        let rejected = dead_letters(config, &worker);
        let queue = match (worker.webhooks.is_empty(), &worker.database) {
            (true, _) => None,
            (false, Database::Table(_)) => Some(database(config, &worker).await.map_err(one)?),
            (false, Database::File(_)) => {
                return Err(wrong(
                    "database",
                    "is no table of DynamoDB: in Lambda webhooks are told by whoever shares it",
                ));
            }
        };
        let notices = notices(config, &worker, queue.as_ref()).await?;
        let lambda = Self { config: config.clone(), worker, rejected, notices, buckets: Mutex::default() };
        // One that is named is opened before the first invocation; of others it is only known where they would be.
        match lambda.worker.source {
            Some(_) => drop(lambda.bucket("").await?),
            None => drop(lambda.source("")?),
        }
        Ok(lambda)
    }

    /// Answers invocations for as long as it is polled.
    ///
    /// # Errors
    /// When Lambda's interface cannot be reached any more.
    pub async fn run(self) -> Result<(), lambda_runtime::Error> {
        let lambda = &self;
        lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| lambda.invoked(event).await)).await
    }

    async fn invoked(&self, event: LambdaEvent<Value>) -> Result<Value, Undone> {
        let end = UNIX_EPOCH + Duration::from_millis(event.context.deadline);
        let time = end.duration_since(SystemTime::now()).unwrap_or_default().saturating_sub(MARGIN);
        let letters = letters(&event.payload).map_err(|error| Undone("BadDocument".to_owned(), error.to_string()))?;
        let reading = futures::stream::iter(&letters).map(|letter| async move {
            let read = timeout(time, self.read(letter)).await.unwrap_or_else(|_| Err(slow()));
            (letter, read)
        });
        let read: Vec<_> = reading.buffer_unordered(self.worker.at_a_time.get()).collect().await;
        self.settle().await;
        answer(read, letters.len(), self.worker.partial_batches)
    }

    /// Does what one document asks for. One that can never be done is put aside, where there is a place for it.
    async fn read(&self, letter: &Letter) -> Result<(), Failure> {
        let failure = match self.work(letter).await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        let (Retry::Never, Some(rejected)) = (failure.retry, &self.rejected) else { return Err(failure) };
        let Problem { code, message, .. } = &failure.problem;
        let put = rejected.put(&letter.body, &format!("{code}: {message}")).await;
        put.map_err(|error| {
            tracing::error!(%error, "what cannot be done could not be put aside");
            failure
        })
    }

    async fn work(&self, letter: &Letter) -> Result<(), Failure> {
        let events = events_of(letter.body.as_bytes())?;
        let mut by_bucket: BTreeMap<&str, Vec<Event>> = BTreeMap::new();
        for event in &events {
            by_bucket.entry(&event.bucket).or_default().push(event.clone());
        }
        for (bucket, events) in by_bucket {
            let opened = self.bucket(bucket).await.map_err(|mistakes| unusable(&mistakes))?;
            opened.objects.settle(&events).await?;
        }
        Ok(())
    }

    /// What is made of the objects of a bucket.
    async fn bucket(&self, name: &str) -> Result<Arc<Opened>, Mistakes> {
        let source = self.source(name)?;
        let mut buckets = self.buckets.lock().await;
        if let Some(opened) = buckets.get(&source.name) {
            return Ok(Arc::clone(opened));
        }
        if buckets.len() >= BUCKETS {
            return Err(wrong("source", &format!("is missing, and there were events of {BUCKETS} buckets before")));
        }
        let Location::S3(settings, _) = &source.location else {
            return Err(wrong("source", "is no bucket of S3: Lambda is told of nothing else"));
        };
        let mut config = self.config.clone();
        if !config.sources.contains(&source) {
            config.sources.push(source.clone());
        }
        let (variants, live) = variants(&config, &self.worker, &source, self.notices.clone()).await?;
        let opened = Arc::new(Opened { objects: Objects { variants, bucket: of(settings) }, live });
        buckets.insert(source.name, Arc::clone(&opened));
        Ok(opened)
    }

    /// The source that is configured, or one of the bucket `name`, in the cloud of the target.
    fn source(&self, name: &str) -> Result<config::Source, Mistakes> {
        if let Some(name) = &self.worker.source {
            return location(&self.config, "source", name).cloned();
        }
        let target = location(&self.config, "target", &self.worker.target)?;
        let Location::S3(settings, remote) = &target.location else {
            return Err(wrong("source", "is missing: the name of a source"));
        };
        let mut settings = settings.clone();
        (settings.bucket, settings.prefix) = (name.to_owned(), String::new());
        // No name of a source has a colon.
        Ok(config::Source { name: format!("bucket:{name}"), location: Location::S3(settings, *remote) })
    }

    /// Waits for what is written behind the back of answers: after the answer this process may be stopped until the next
    /// invocation, or for good.
    async fn settle(&self) {
        let all: Vec<Arc<Opened>> = self.buckets.lock().await.values().cloned().collect();
        for opened in all {
            opened.live.service().settle(SETTLE_TIME).await;
        }
    }
}

/// An invocation that was not done, as Lambda is told it: a word for programs, and a sentence for people.
#[derive(Debug)]
struct Undone(String, String);

impl From<Undone> for Diagnostic {
    fn from(Undone(error_type, error_message): Undone) -> Self {
        Self { error_type, error_message }
    }
}

/// What Lambda is told. It repeats what fails: the whole, or with `partial` the messages of SQS that were not done.
fn answer(read: Vec<(&Letter, Result<(), Failure>)>, count: usize, partial: bool) -> Result<Value, Undone> {
    let failed: Vec<(&Letter, Failure)> =
        read.into_iter().filter_map(|(letter, read)| Some((letter, read.err()?))).collect();
    let messages: Option<Vec<Value>> =
        failed.iter().map(|(letter, _)| letter.message.as_ref().map(|id| json!({ "itemIdentifier": id }))).collect();
    match (messages, failed.first()) {
        (_, None) => Ok(json!({ "documents": count, "batchItemFailures": [] })),
        (Some(messages), Some(_)) if partial => Ok(json!({ "documents": count, "batchItemFailures": messages })),
        (_, Some((_, Failure { problem: Problem { code, message, .. }, .. }))) => {
            Err(Undone(code.clone(), message.clone()))
        }
    }
}

fn unusable(mistakes: &Mistakes) -> Failure {
    tracing::error!(%mistakes, "a bucket cannot be opened");
    Failure { problem: Problem::new("BadConfiguration", "the bucket cannot be opened"), retry: Retry::Later(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(id: Option<&str>) -> Letter {
        Letter { message: id.map(str::to_owned), body: String::new() }
    }

    #[test]
    fn lambda_repeats_what_was_not_done() {
        let (first, second, other) = (letter(Some("1")), letter(Some("2")), letter(None));
        let told = answer(vec![(&first, Ok(())), (&second, Err(slow()))], 2, true).unwrap();
        assert_eq!(told, json!({ "documents": 2, "batchItemFailures": [{ "itemIdentifier": "2" }] }));
        assert!(answer(vec![(&first, Ok(())), (&second, Err(slow()))], 2, false).is_err());
        // What came otherwise is repeated as a whole.
        assert!(answer(vec![(&other, Err(slow()))], 1, true).is_err());
        assert_eq!(answer(vec![(&other, Ok(()))], 1, false).unwrap()["batchItemFailures"], json!([]));
    }
}
