use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use lightmill_video::Progress;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;

use super::order::Order;
use super::spool::Spool;
use crate::Error;
use crate::results::KeptFilm;
use crate::video::Shooting;

/// One clip that is being made. Dropping it ends the work, unless that is done.
#[derive(Debug)]
pub(crate) struct Take {
    spool: Arc<Spool>,
    progress: watch::Receiver<Progress>,
    /// The result as it is kept, or why it is not.
    kept: watch::Receiver<Option<Result<KeptFilm, Error>>>,
    maker: AbortHandle,
}

/// What the makers of a take tell those who wait.
struct Teller {
    spool: Arc<Spool>,
    progress: watch::Sender<Progress>,
    kept: watch::Sender<Option<Result<KeptFilm, Error>>>,
}

impl Drop for Take {
    fn drop(&mut self) {
        self.maker.abort();
    }
}

impl Take {
    /// Begins the work. Must be called within a Tokio runtime.
    pub(super) fn begin(order: Order, finishing: &TaskTracker) -> Arc<Self> {
        let spool = Arc::new(Spool::default());
        let ((progress, progress_told), (kept, kept_told)) =
            (watch::channel(Progress::default()), watch::channel(None));
        let teller = Teller { spool: Arc::clone(&spool), progress, kept };
        let finishing = finishing.clone();
        Arc::new_cyclic(|take| {
            let maker = tokio::spawn(work(order, teller, take.clone(), finishing)).abort_handle();
            Self { spool, progress: progress_told, kept: kept_told, maker }
        })
    }

    pub(super) fn has_failed(&self) -> bool {
        self.spool.has_failed()
    }

    /// Waits for the first bytes.
    ///
    /// # Errors
    /// Why there are none.
    pub(crate) async fn begun(&self) -> Result<(), Error> {
        self.spool.begun().await
    }

    pub(super) fn read(self: &Arc<Self>) -> BoxStream<'static, Result<Bytes, Error>> {
        self.spool.read(Arc::clone(self)).boxed()
    }

    pub(super) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    pub(super) async fn kept(&self) -> Result<KeptFilm, Error> {
        let mut kept = self.kept.clone();
        let kept = kept.wait_for(Option::is_some).await.map_err(Error::internal)?.clone();
        kept.unwrap_or_else(|| Err(Error::internal("a take without an end")))
    }
}

/// Makes the clip, and begins to put it where it is kept: that goes on when nobody waits any more.
async fn work(order: Order, teller: Teller, take: Weak<Take>, finishing: TaskTracker) {
    let made = AssertUnwindSafe(make(&order, &teller)).catch_unwind().await;
    let made = made.unwrap_or_else(|_| Err(Error::internal("a maker panicked")));
    teller.spool.end(made.as_ref().map(drop).map_err(Clone::clone));
    match made {
        Ok(_) if !order.lasting.is_somewhere() => {
            teller.kept.send_replace(Some(Err(Error::internal("clips are kept nowhere"))));
        }
        Ok(place) => {
            // Held, so that whoever asks meanwhile finds it.
            let take = take.upgrade();
            finishing.spawn(async move {
                let kept = finish(&order, &teller.spool, place).await;
                if let Err(error) = &kept {
                    tracing::warn!(?error, "a clip was made and not kept");
                }
                teller.kept.send_replace(Some(kept));
                drop(take);
            });
        }
        Err(error) => {
            order.results.keep_error(order.key.clone(), &error);
            teller.kept.send_replace(Some(Err(error)));
        }
    }
}

/// Lets ffmpeg write into the spool, to the end.
async fn make(order: &Order, teller: &Teller) -> Result<OwnedSemaphorePermit, Error> {
    let Order { videos, wish, .. } = order;
    let Shooting { mut running, place } = videos.clip(&order.video(), wish).await?;
    let mut progress = running.progress();
    let told = teller.progress.clone();
    tokio::spawn(async move {
        while progress.changed().await.is_ok() {
            told.send_replace(*progress.borrow_and_update());
        }
    });
    teller.spool.open(videos.tools().await?.work()).await?;
    while let Some(piece) = running.next().await? {
        teller.spool.push(piece).await?;
    }
    metrics::counter!("lightmill_made_total", "format" => wish.container().name()).increment(1);
    Ok(place)
}

/// Puts the clip in order, and keeps it. `_place`: its place among the children that run.
async fn finish(order: &Order, spool: &Spool, _place: OwnedSemaphorePermit) -> Result<KeptFilm, Error> {
    let Order { videos, wish, lasting, key, labels, .. } = order;
    let remuxed = videos.remux(spool.as_source()?, wish.container()).await?;
    lasting.keep_film(key, labels, wish.container().media_type(), &remuxed.path()).await
}
