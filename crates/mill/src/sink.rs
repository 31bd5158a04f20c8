use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_store::{self as store, Attributes, Sink};

use crate::{Error, Mill, Place, Purge};

/// Sources that can be written to, by their configured name.
pub type Sinks = HashMap<String, Arc<dyn Sink>>;

/// How long one object may take to be written or removed.
const WRITE_TIME: Duration = Duration::from_mins(1);

impl Mill {
    /// Writes an object in place of one that is there, whole or not at all, and counts how that ended as `counter`. What
    /// was known about it is forgotten: whoever asks from then on gets what is made of the new one.
    pub(crate) async fn write(
        &self,
        counter: &'static str,
        target: &Place,
        bytes: Bytes,
        attributes: &Attributes,
    ) -> Result<(), Error> {
        let writing = self.sink(target)?.write(&target.key, bytes, attributes);
        self.after(counter, target, tokio::time::timeout(WRITE_TIME, writing).await)
    }

    /// Removes an object, likewise. That there is none is no error.
    pub(crate) async fn remove(&self, counter: &'static str, target: &Place) -> Result<(), Error> {
        let removing = self.sink(target)?.remove(&target.key);
        self.after(counter, target, tokio::time::timeout(WRITE_TIME, removing).await)
    }

    fn sink(&self, target: &Place) -> Result<&Arc<dyn Sink>, Error> {
        self.sinks().get(&target.source).ok_or_else(|| Error::internal("a target without a sink"))
    }

    fn after(
        &self,
        counter: &'static str,
        target: &Place,
        ended: Result<Result<(), store::Error>, tokio::time::error::Elapsed>,
    ) -> Result<(), Error> {
        let ended = ended.unwrap_or(Err(store::Error::TimedOut));
        let outcome = ended.as_ref().map_or_else(store::Error::name, |()| "ok");
        metrics::counter!(counter, "outcome" => outcome).increment(1);
        self.forget(&Purge::Key { source: target.source.clone(), key: target.key.clone() });
        Ok(ended?)
    }
}
