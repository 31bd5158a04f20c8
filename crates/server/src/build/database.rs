use std::sync::Arc;
use std::time::Duration;

use lightmill_jobs::dynamodb::{DynamoQueue, Settings};
use lightmill_jobs::sqlite::SqliteQueue;
use lightmill_jobs::{Error, Queue};

use crate::config::{Config, Database, Mistake};

/// Opens where jobs are kept. `key` is what configures it, `most` how many of a lane may wait, `keep` how long those that have
/// ended are remembered.
///
/// # Errors
/// A file that cannot be opened or is not of this version; a table that cannot be asked, or lacks something.
pub(crate) async fn queue(
    key: &str,
    database: &Database,
    (most, keep): (usize, Duration),
    config: &Config,
) -> Result<Arc<dyn Queue>, Mistake> {
    let opened: Result<Arc<dyn Queue>, Error> = match database {
        Database::File(file) => SqliteQueue::open(file, most).map(|queue| Arc::new(queue) as _),
        Database::Table(address) => {
            let settings = Settings { address: address.clone(), aws: config.aws.clone(), most, keep };
            DynamoQueue::open(settings).await.map(|queue| Arc::new(queue) as _)
        }
    };
    opened.map_err(|error| Mistake {
        key: key.to_owned(),
        value: Some(format!("\"{database}\"")),
        problem: error.to_string(),
    })
}
