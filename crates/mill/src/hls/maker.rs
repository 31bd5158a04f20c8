use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::Fingerprint;
use lightmill_recipe::video::HlsPart;
use lightmill_video::arguments::MASTER_PLAYLIST;
use lightmill_video::{self as video, Measured, Progress, open_made};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::index::{Index, Rendition, Segment};
use super::playlist::{self, Listed};
use crate::Error;
use crate::films::Order;
use crate::maker::blocking;
use crate::video::Shooting;

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Bytes of a playlist that is read.
const PLAYLIST_BYTES: u64 = 4 << 20;

/// Makes the video: what ffmpeg has written is kept, removed from its folder, and then said in `index`.
///
/// # Errors
/// Why it is not whole. [`video::Error::Cancelled`] if it was told to stop.
pub(super) async fn make(order: &Order, index: &watch::Sender<Index>, stop: &CancellationToken) -> Result<(), Error> {
    let Shooting { mut running, place: _place } = order.videos.hls(&order.video(), &order.wish).await?;
    let folder = Arc::clone(running.folder().ok_or_else(|| Error::internal("HLS without a folder"))?);
    let progress = running.progress();
    let mut maker = Maker { order, folder: folder.path(), bytes: 0 };
    loop {
        tokio::select! {
            // It says nothing but that it has ended.
            said = running.next() => if said?.is_none() { break },
            () = tokio::time::sleep(LOOK) => {
                let now = *progress.borrow();
                maker.look(index, now).await?;
            }
            () = stop.cancelled() => return Err(video::Error::Cancelled.into()),
        }
    }
    let now = *progress.borrow();
    maker.look(index, now).await?;
    if !index.borrow().is_playable() {
        return Err(Error::internal("ffmpeg has written no playlist"));
    }
    index.send_modify(|index| index.done = true);
    metrics::counter!("lightmill_made_total", "format" => "hls").increment(1);
    Ok(())
}

struct Maker<'a> {
    order: &'a Order,
    folder: &'a Path,
    /// Of everything that was kept.
    bytes: u64,
}

impl Maker<'_> {
    /// Keeps what is new.
    async fn look(&mut self, index: &watch::Sender<Index>, progress: Progress) -> Result<(), Error> {
        let Some(master) = self.text(MASTER_PLAYLIST).await? else { return Ok(()) };
        let renditions = playlist::renditions(&master);
        let mut next = index.borrow().clone();
        (next.part, next.speed, next.master) = (progress.part, progress.speed, master);
        for number in renditions {
            let Some(text) = self.text(&HlsPart::Playlist(number).to_string()).await? else { continue };
            let listed = playlist::segments(&text);
            next.renditions.resize_with(next.renditions.len().max(usize::from(number) + 1), Rendition::default);
            let Some(rendition) = next.renditions.get_mut(usize::from(number)) else { continue };
            if rendition.segments.is_empty() && !listed.is_empty() {
                self.keep(HlsPart::Init(number)).await?;
            }
            // Those that are there already are at the beginning.
            let new = listed.get(rendition.segments.len()..).unwrap_or_default();
            rendition.segments.extend(self.segments(new).await?);
        }
        index.send_if_modified(|index| {
            let is_new = *index != next;
            *index = next;
            is_new
        });
        Ok(())
    }

    async fn segments(&mut self, new: &[Listed]) -> Result<Vec<Segment>, Error> {
        let mut segments = Vec::with_capacity(new.len());
        for Listed { part, length } in new {
            let bytes = self.keep(*part).await?;
            segments.push(Segment { microseconds: length.as_micros() as u64, bytes });
        }
        Ok(segments)
    }

    /// Moves a file from the folder to where it is kept; its bytes.
    async fn keep(&mut self, part: HlsPart) -> Result<u64, Error> {
        let path = self.folder.join(part.to_string());
        let limit = self.order.videos.limits().work.result_bytes;
        let left = limit.saturating_sub(self.bytes);
        let bytes = file(path.clone(), left.saturating_add(1))
            .await?
            .ok_or_else(|| Error::internal(format!("ffmpeg has not written {part}")))?;
        let length = bytes.len() as u64;
        self.bytes += length;
        if self.bytes > limit {
            return Err(video::Error::TooLarge { what: Measured::Written, limit }.into());
        }
        let Order { lasting, labels, key, .. } = self.order;
        lasting.keep_part(&of_part(key, part), labels, part.media_type(), bytes).await?;
        // What stays is removed with the folder.
        blocking(move || std::fs::remove_file(path).map_err(Error::internal)).await?;
        Ok(length)
    }

    async fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let bytes = file(self.folder.join(name), PLAYLIST_BYTES).await?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// At most the first `most` bytes of a file, if there is one.
async fn file(path: PathBuf, most: u64) -> Result<Option<Bytes>, Error> {
    blocking(move || {
        use std::io::Read;
        let mut bytes = Vec::new();
        match open_made(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            file => file.and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(Error::internal)?,
        };
        Ok(Some(bytes.into()))
    })
    .await
}

/// The key of one file of the video.
pub(super) fn of_part(key: &Fingerprint, part: HlsPart) -> Fingerprint {
    Fingerprint::of([key.as_str(), &part.to_string()])
}
