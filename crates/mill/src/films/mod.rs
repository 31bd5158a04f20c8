//! Clips: sent while they are made, and kept when they are.
//!
//! 1. A [`Take`] makes one clip for everyone who asks for it meanwhile: ffmpeg writes into a file without a name
//!    (`spool.rs`), and each client reads from it at its own pace. Nothing of a clip is held in memory.
//! 2. The last client that leaves ends a take that is not done.
//! 3. What is done is put in order for those who seek ([`lightmill_video::remux`]), and kept with the other results
//!    (`results/films.rs`): from then on it is read from there, in parts.

mod order;
mod spool;
mod table;
mod take;

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use lightmill_video::Progress;
use tokio::sync::watch;

use crate::results::KeptFilm;
use crate::{Error, Origin};
use take::Take;

pub(crate) use order::Order;
pub(crate) use table::Films;

/// A clip.
#[derive(Debug)]
pub enum Film {
    /// It is being made.
    Growing(Growing),
    /// It was made before, and can be read in parts.
    Kept(KeptFilm),
}

/// A clip that is being made. Dropping it, and every stream of it, leaves it to others, or ends it if there are none.
#[derive(Debug)]
pub struct Growing {
    /// Its media type.
    pub content_type: &'static str,
    /// [`Origin::Fresh`] or [`Origin::Joined`].
    pub from: Origin,
    pub(crate) take: Arc<Take>,
}

impl Growing {
    /// Its bytes from the beginning, as they are made; they end early with an error.
    pub fn body(&self) -> BoxStream<'static, Result<Bytes, Error>> {
        self.take.read()
    }

    /// How far it is, whenever that changes.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.take.progress()
    }

    /// Waits until it is made and kept.
    ///
    /// # Errors
    /// Why it is not made. One that is made and cannot be kept is told with [`Error::Internal`].
    pub async fn kept(self) -> Result<KeptFilm, Error> {
        self.take.kept().await
    }
}
