use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lightmill_store::{self as store, Attributes, Content, Sink};

use crate::{Error, Mill, Place, Purge};

/// Sources that can be written to, by their configured name.
pub type Sinks = HashMap<String, Arc<dyn Sink>>;

/// How long one object may take to be written or removed; to be written, so much longer as it is large.
const WRITE_TIME: Duration = Duration::from_mins(1);

/// Bytes that are written in a second by the slowest store that is waited for.
const SLOWEST: u64 = 1 << 20;

/// Forgets what is known about an object when it is dropped: also where nobody waits for the end of a write any more.
struct Forgetting<'a> {
    mill: &'a Mill,
    what: Purge,
}

impl Drop for Forgetting<'_> {
    fn drop(&mut self) {
        self.mill.forget(&self.what);
    }
}

impl Mill {
    /// Writes an object in place of one that is there, whole or not at all, and counts how that ended as `counter`. What
    /// was known about it is forgotten: whoever asks from then on gets what is made of the new one.
    pub(crate) async fn write(
        &self,
        counter: &'static str,
        target: &Place,
        content: Content,
        attributes: &Attributes,
    ) -> Result<(), Error> {
        let _forgetting = self.forgetting(target);
        let time = WRITE_TIME + Duration::from_secs(content.len() / SLOWEST);
        let writing = self.sink(target)?.write(&target.key, content, attributes);
        counted(counter, tokio::time::timeout(time, writing).await.unwrap_or(Err(store::Error::TimedOut)))
    }

    /// Removes an object, likewise. That there is none is no error.
    pub(crate) async fn remove(&self, counter: &'static str, target: &Place) -> Result<(), Error> {
        let _forgetting = self.forgetting(target);
        let removing = self.sink(target)?.remove(&target.key);
        counted(counter, tokio::time::timeout(WRITE_TIME, removing).await.unwrap_or(Err(store::Error::TimedOut)))
    }

    fn forgetting(&self, target: &Place) -> Forgetting<'_> {
        let Place { source, key } = target.clone();
        Forgetting { mill: self, what: Purge::Key { source, key } }
    }

    fn sink(&self, target: &Place) -> Result<&Arc<dyn Sink>, Error> {
        self.sinks().get(&target.source).ok_or_else(|| Error::internal("a target without a sink"))
    }
}

fn counted(counter: &'static str, ended: Result<(), store::Error>) -> Result<(), Error> {
    let outcome = ended.as_ref().map_or_else(store::Error::name, |()| "ok");
    metrics::counter!(counter, "outcome" => outcome).increment(1);
    Ok(ended?)
}
