//! Videos of many files (HLS, RFC 8216): made once, kept file by file while they are made, served by every instance that
//! shares the result store.
//!
//! * `maker.rs` lets ffmpeg write into a folder, and keeps what is whole of that: segments first, and then the `index` that
//!   names them.
//! * The index is the lease, too (`lease.rs`): it is written by conditional PUT, again and again. An instance that finds one
//!   that was not written for 15 s takes the work over.
//! * Playlists are written for each request from the index (`index.rs`), with the URLs that belong to the request's own.

mod index;
mod lease;
mod maker;
mod playlist;
mod table;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lightmill_recipe::video::{Container, HlsPart, SegmentLength};
use lightmill_store::Condition;

use crate::films::Order;
use crate::{Error, Job, Mill, Origin, Validators};
use index::Index;
use table::Production;

pub use index::HlsStatus;
pub(crate) use table::Productions;

/// How often another instance's index is read while somebody waits for it.
const POLL: Duration = Duration::from_millis(500);

/// What is answered about an HLS video.
#[derive(Debug)]
pub enum HlsAnswer {
    /// A playlist.
    Playlist {
        /// Its text.
        text: String,
        /// Whether it will never be another.
        is_final: bool,
    },
    /// How far it is.
    Status(HlsStatus),
    /// A file that never changes.
    Media {
        /// All of it.
        bytes: Bytes,
        /// [`Origin::Disk`] or [`Origin::Stored`].
        from: Origin,
    },
}

impl Mill {
    /// A part of the HLS video that the job wants, or its first playlist. Whoever asks for a video that is not there
    /// begins it: it is made to its end, whoever waits for it. `uri` says where a part is fetched.
    ///
    /// # Errors
    /// As [`Mill::make`]; [`Error::NoSuchPart`] for a part that is not there, or not yet.
    pub async fn hls(
        &self,
        job: &Job,
        validators: &Validators,
        part: Option<HlsPart>,
        uri: &(dyn Fn(HlsPart) -> String + Sync),
        deadline: Instant,
    ) -> Result<HlsAnswer, Error> {
        let order = self.order(job, validators).await?;
        let Container::Hls { segment } = order.wish.container() else {
            return Err(Error::internal("no HLS is wanted"));
        };
        self.shared.productions.view(&order.key);
        let answering = async {
            match part.filter(|part| part.is_media()) {
                Some(part) => self.media(&order, part).await,
                None => self.listed(&order, part, segment, uri).await,
            }
        };
        tokio::time::timeout_at(deadline.into(), answering).await.unwrap_or(Err(Error::TimedOut))
    }

    /// Makes the HLS video that the job wants, unless it is there, and waits until it is whole: its bytes. `tell` is
    /// told how far it is. Dropping the future ends the work, if it was begun for this and nobody has asked for the video
    /// since.
    ///
    /// # Errors
    /// As [`Mill::hls`].
    pub async fn hls_to_its_end(
        &self,
        job: &Job,
        validators: &Validators,
        deadline: Instant,
        tell: &(dyn Fn(HlsStatus) + Sync),
    ) -> Result<u64, Error> {
        let order = self.order(job, validators).await?;
        let making = async {
            let mut begun = None;
            loop {
                let (index, production) = self.index(&order).await?;
                if index.done {
                    return Ok(index.bytes());
                }
                tell(index.status());
                if let Some(production) = &production {
                    begun.get_or_insert_with(|| production.for_one());
                }
                wait(production).await?;
            }
        };
        tokio::time::timeout_at(deadline.into(), making).await.unwrap_or(Err(Error::TimedOut))
    }

    /// A playlist, or the status.
    async fn listed(
        &self,
        order: &Order,
        part: Option<HlsPart>,
        segment: SegmentLength,
        uri: &(dyn Fn(HlsPart) -> String + Sync),
    ) -> Result<HlsAnswer, Error> {
        loop {
            let (index, production) = self.index(order).await?;
            match part {
                Some(HlsPart::Status) => return Ok(HlsAnswer::Status(index.status())),
                Some(part @ HlsPart::Playlist(number)) if index.is_playable() => {
                    if !index.has(part) {
                        return Err(Error::NoSuchPart);
                    }
                    let text = index.playlist(number, segment, uri);
                    return Ok(HlsAnswer::Playlist { text, is_final: index.done });
                }
                None if index.is_playable() => {
                    return Ok(HlsAnswer::Playlist { text: index.master(uri), is_final: index.done });
                }
                _ if index.done => return Err(Error::NoSuchPart),
                _ => wait(production).await?,
            }
        }
    }

    async fn media(&self, order: &Order, part: HlsPart) -> Result<HlsAnswer, Error> {
        let most = order.videos.limits().work.result_bytes;
        let key = maker::of_part(&order.key, part);
        let mut is_anew = false;
        loop {
            if let Some((bytes, from)) = order.lasting.part(&key, &order.labels, most).await {
                from.count();
                return Ok(HlsAnswer::Media { bytes, from });
            }
            let (index, production) = self.index(order).await?;
            match (index.done, index.has(part)) {
                // It was made and is lost, as caches lose what nobody asks for: all of it is made anew, once.
                (true, true) if !is_anew => {
                    lease::forget(order).await?;
                    self.shared.productions.whole.invalidate(&order.key);
                    is_anew = true;
                }
                (true, _) => return Err(Error::NoSuchPart),
                // Nobody was told of it, but one who asks for what was lost.
                (false, false) if !is_anew && index.is_playable() => return Err(Error::NoSuchPart),
                (false, _) => wait(production).await?,
            }
        }
    }

    /// What there is of the video, which is begun if there is nothing; and who makes it, if that happens here.
    async fn index(&self, order: &Order) -> Result<(Arc<Index>, Option<Production>), Error> {
        let productions = &self.shared.productions;
        if let Some(Err(error)) = self.shared.results.remembered(&order.key) {
            return Err(error);
        }
        if let Some(production) = productions.find(&order.key) {
            return Ok(production.seen());
        }
        if let Some(index) = productions.whole.get(&order.key) {
            return Ok((index, None));
        }
        if !order.lasting.is_somewhere() {
            return Err(Error::VideoNotServed);
        }
        let condition = match lease::read(order).await? {
            Some((index, _)) if !index.is_abandoned() => {
                let index = Arc::new(index);
                if index.done {
                    productions.whole.insert(order.key.clone(), Arc::clone(&index));
                }
                return Ok((index, None));
            }
            Some((_, version)) => Condition::Unchanged(version),
            None => Condition::Absent,
        };
        Ok(productions.begin(order.clone(), condition).seen())
    }
}

/// Waits until there may be more, here or elsewhere.
async fn wait(production: Option<Production>) -> Result<(), Error> {
    let Some(Production { mut index, mut end, .. }) = production else {
        tokio::time::sleep(POLL).await;
        return Ok(());
    };
    tokio::select! {
        biased;
        ended = end.wait_for(Option::is_some) => match ended.as_deref() {
            Ok(Some(Err(error))) => Err(error.clone()),
            _ => Ok(()),
        },
        _ = index.changed() => Ok(()),
    }
}
