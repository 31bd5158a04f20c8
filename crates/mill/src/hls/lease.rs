use std::time::Duration;

use lightmill_recipe::Fingerprint;
use lightmill_store::{self as store, Condition, Version};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::index::{BEAT, Index, LEASE};
use crate::Error;
use crate::films::Order;

/// How often the index is written at most.
const PAUSE: Duration = Duration::from_secs(1);

/// The right to make a video, as long as its index is written again and again. Other instances read how far it is from
/// that.
pub(super) struct Lease<'a> {
    order: &'a Order,
    version: Version,
    /// When it was written last.
    at: Instant,
}

impl<'a> Lease<'a> {
    /// Takes the lease, on the condition that the index is as it was seen. `None` if somebody else was faster.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn take(order: &'a Order, index: &Index, condition: &Condition) -> Result<Option<Self>, Error> {
        let at = Instant::now();
        match write(order, index, condition).await {
            Ok(version) => Ok(Some(Self { order, version, at })),
            Err(store::Error::Changed) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the index whenever it has changed, and often enough not to be taken for gone; until it is done.
    ///
    /// # Errors
    /// [`Error::Internal`] if the lease is lost: somebody else makes the video, or the store has failed for too long.
    pub(super) async fn hold(&mut self, mut index: watch::Receiver<Index>) -> Result<(), Error> {
        loop {
            if !index.borrow().done && matches!(timeout(BEAT, index.changed()).await, Ok(Err(_))) {
                return Ok(());
            }
            let mut now = index.borrow_and_update().clone();
            now.beat();
            self.renew(&now).await?;
            if now.done {
                return Ok(());
            }
            // What else changes in this time is written together.
            let _ = timeout(PAUSE, index.wait_for(|index| index.done)).await;
        }
    }

    /// Gives the lease back, after which anybody may begin anew at once.
    pub(super) async fn release(mut self, mut index: Index) {
        index.give_up();
        if let Err(error) = self.renew(&index).await {
            // It is taken for gone in a moment, or somebody else has it already.
            tracing::debug!(?error, "a lease was not given back");
        }
    }

    async fn renew(&mut self, index: &Index) -> Result<(), Error> {
        loop {
            let at = Instant::now();
            let condition = Condition::Unchanged(self.version.clone());
            let error = match write(self.order, index, &condition).await {
                Ok(version) => {
                    (self.version, self.at) = (version, at);
                    return Ok(());
                }
                Err(error) => error,
            };
            // A write whose answer was lost is there all the same.
            if let Ok(Some((found, version))) = read(self.order).await {
                if found.maker != index.maker {
                    return Err(Error::internal("another instance makes this video"));
                }
                self.version = version;
            }
            if self.at.elapsed() > LEASE {
                return Err(error.into());
            }
            sleep(PAUSE).await;
        }
    }
}

async fn write(order: &Order, index: &Index, condition: &Condition) -> Result<Version, store::Error> {
    let Order { lasting, labels, key, .. } = order;
    // Texts and numbers, which serde_json cannot refuse.
    let bytes = serde_json::to_vec(index).unwrap_or_default();
    lasting.keep_index(&of_index(key), labels, bytes.into(), condition).await
}

/// The index, and the version on whose condition it may be replaced. One that cannot be read is none, of a known version.
///
/// # Errors
/// What the store says.
pub(super) async fn read(order: &Order) -> Result<Option<(Index, Version)>, Error> {
    let Order { lasting, labels, key, .. } = order;
    let Some((bytes, version)) = lasting.index(&of_index(key), labels).await? else { return Ok(None) };
    let index = serde_json::from_slice(&bytes).unwrap_or_else(|_| Index::damaged());
    Ok(Some((index, version)))
}

/// Says that the video is not whole any more: anybody may begin anew.
pub(super) async fn forget(order: &Order) -> Result<(), Error> {
    let Some((mut index, version)) = read(order).await? else { return Ok(()) };
    index.give_up();
    match write(order, &index, &Condition::Unchanged(version)).await {
        // Somebody else has found that out, too.
        Err(store::Error::Changed) => Ok(()),
        written => Ok(written.map(drop)?),
    }
}

/// The key of the index.
fn of_index(key: &Fingerprint) -> Fingerprint {
    Fingerprint::of([key.as_str(), "index"])
}
