use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lightmill_store::{self as store, Attributes, Sink};
use lightmill_vision as vision;

use crate::{Delivered, Error, Mill, Place, Purge, Rules};

/// Sources that can be written to, by their configured name.
pub type Sinks = HashMap<String, Arc<dyn Sink>>;

/// How long one object may take to be written.
const WRITE_TIME: Duration = Duration::from_mins(1);

impl Mill {
    /// Whether results may be saved at `target`.
    ///
    /// # Errors
    /// [`Error::UnknownTarget`] if they may not.
    pub fn may_save(&self, rules: &Rules, target: &Place) -> Result<(), Error> {
        let is_allowed = rules.save_to.contains(&target.source) && self.sinks().contains_key(&target.source);
        let name = || target.source.chars().take(64).collect();
        if is_allowed { Ok(()) } else { Err(Error::UnknownTarget { name: name() }) }
    }

    /// Writes a result as an object of its own, in place of one that is there: whole or not at all. What was made of that
    /// is not served any more here; other instances find out as they do about every change.
    ///
    /// # Errors
    /// [`Error::UnknownTarget`] if the rules do not allow it, [`Error::Analyser`] for a result that lacks something, and what
    /// the store says.
    pub async fn save(
        &self,
        rules: &Rules,
        delivered: &Delivered,
        target: &Place,
        attributes: &Attributes,
    ) -> Result<(), Error> {
        self.may_save(rules, target)?;
        if let Some(words) = delivered.degraded.words() {
            return Err(vision::Error::Unavailable { detail: format!("without {words} nothing is saved") }.into());
        }
        let sink = self.sinks().get(&target.source).ok_or_else(|| Error::internal("a target without a sink"))?;
        let writing = sink.write(&target.key, delivered.made.bytes.clone(), attributes);
        let written = tokio::time::timeout(WRITE_TIME, writing).await.unwrap_or(Err(store::Error::TimedOut));
        let outcome = written.as_ref().map_or_else(store::Error::name, |()| "ok");
        metrics::counter!("lightmill_saved_total", "outcome" => outcome).increment(1);
        self.forget(&Purge::Key { source: target.source.clone(), key: target.key.clone() });
        Ok(written?)
    }
}
