use async_trait::async_trait;
use lightmill_recipe::Findings;

use crate::{Error, Kind, Subject, Wanted};

/// Finds things in pictures. No method has a default, so that an analyser that wraps another cannot forget one.
#[async_trait]
pub trait Analyser: Send + Sync + std::fmt::Debug {
    /// What configurations, logs and metrics call it.
    fn name(&self) -> &str;

    /// Changes whenever the same picture may get other findings: the name, the model, and what it was told. A part of the
    /// key of every result that findings decide on.
    fn version(&self) -> &str;

    /// What it can find.
    fn kinds(&self) -> &[Kind];

    /// What is there of all that is wanted, each as sure as it is wanted to be. Nothing is an answer too.
    ///
    /// Dropping the future stops the work. It may be polled on any thread: what takes processor time is done by
    /// [`Workers`](crate::Workers).
    ///
    /// # Errors
    /// [`Error::CannotFind`] for a kind that it does not know, before anything is done; all others as they say.
    async fn analyse(&self, subject: &Subject, wanted: &Wanted) -> Result<Findings, Error>;
}
