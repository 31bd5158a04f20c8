use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use lightmill_recipe::Fingerprint;
use lightmill_store::{self as store, Attributes, Content, Object, OpenFile, Source, Stat, Version, collect};
use lightmill_video::open_made;
use tokio::io::AsyncWriteExt;

use super::lasting::Lasting;
use super::stored::{self, ResultStore};
use super::{Labels, record};
use crate::maker::blocking;
use crate::{Error, Origin};

/// How long one film may take to be written to the store.
const WRITE_TIME: Duration = Duration::from_mins(10);

/// A film that was made before, which is read in parts. Clones are the same.
#[derive(Debug, Clone)]
pub struct KeptFilm {
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub size: u64,
    /// [`Origin::Disk`] or [`Origin::Stored`].
    pub from: Origin,
    place: KeptAt,
}

#[derive(Debug, Clone)]
enum KeptAt {
    Disk(OpenFile),
    Store { source: Arc<dyn Source>, name: String, version: Version },
}

impl KeptFilm {
    /// Whether it is in the result store.
    pub(crate) const fn is_stored(&self) -> bool {
        matches!(self.place, KeptAt::Store { .. })
    }

    /// The bytes of `range`, which lies within the film.
    ///
    /// # Errors
    /// [`store::Error::Unavailable`] for one that is not there any more, or was made anew meanwhile.
    pub async fn read(&self, range: Range<u64>) -> Result<Object, Error> {
        match &self.place {
            KeptAt::Disk(file) => {
                let version = Version::new("kept");
                let stat = Stat { size: self.size, version, modified: None, content_type: None, cache_control: None };
                Ok(Object { stat, body: file.stream(range.clone()), range })
            }
            KeptAt::Store { source, name, version } => {
                let gone = || store::Error::unavailable("a film in the result store was replaced or removed");
                let object = match source.read(name, Some(range.clone())).await {
                    Err(store::Error::NotFound) => return Err(gone().into()),
                    object => object?,
                };
                if object.stat.version != *version || object.range != range {
                    return Err(gone().into());
                }
                Ok(Object { stat: Stat { size: self.size, ..object.stat }, ..object })
            }
        }
    }
}

impl KeptFilm {
    /// The extension of its file name.
    pub fn extension(&self) -> &'static str {
        record::FILMS.iter().find(|film| film.media_type() == self.content_type).map_or("bin", |film| film.name())
    }

    /// All of it, to be written elsewhere: never in memory.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn content(&self) -> Result<Content, Error> {
        if let KeptAt::Disk(file) = &self.place {
            return Ok(file.first(self.size).into());
        }
        let mut object = self.read(0..self.size).await?;
        let file = blocking(|| tempfile::tempfile().map_err(Error::internal)).await?;
        let mut file = tokio::fs::File::from_std(file);
        while let Some(piece) = object.body.try_next().await? {
            file.write_all(&piece).await.map_err(Error::internal)?;
        }
        file.flush().await.map_err(Error::internal)?;
        let file = file.into_std().await;
        Ok(blocking(move || OpenFile::of(file).map_err(Error::internal)).await?.into())
    }
}

impl Lasting {
    /// The film of this key, if it is kept.
    pub(crate) async fn film(&self, key: &Fingerprint, labels: &Labels) -> Option<KeptFilm> {
        let name = self.name(key);
        if let Some(disk) = &self.disk
            && let Some(file) = disk.file(name.as_str()).await
        {
            let kept = on_disk(&name, file).await;
            if kept.is_some() {
                return kept;
            }
            disk.remove(name.as_str()).await;
        }
        self.store.as_ref()?.film(&name, labels).await
    }

    /// Keeps the film that is the file at `path`, which is taken away from there if it can be.
    ///
    /// # Errors
    /// If no place keeps it.
    pub(crate) async fn keep_film(
        &self,
        key: &Fingerprint,
        labels: &Labels,
        content_type: &'static str,
        path: &Path,
    ) -> Result<KeptFilm, Error> {
        let name = self.name(key);
        let path = path.to_owned();
        let (file, path) = blocking(move || {
            // Whoever made it may have put something else in its place.
            let file = open_made(&path).and_then(OpenFile::of).map_err(Error::internal)?;
            Ok((file, path))
        })
        .await?;
        let trailer = record::film_trailer(&name, content_type, file.len(), labels);
        let mut stored = None;
        if let Some(store) = &self.store {
            store.put_film(&name, labels, (content_type, file, trailer.clone())).await;
            stored = store.film(&name, labels).await;
        }
        if let Some(disk) = &self.disk
            && disk.adopt(name.as_str(), &path, trailer).await
            && let Some(file) = disk.file(name.as_str()).await
            && let Some(kept) = on_disk(&name, file).await
        {
            return Ok(kept);
        }
        stored.ok_or_else(|| Error::internal("no place keeps this film"))
    }
}

async fn on_disk(name: &Fingerprint, file: OpenFile) -> Option<KeptFilm> {
    let length = file.len();
    let tail = file.read(length.saturating_sub(record::TAIL_BYTES)..length).await.ok()?;
    let (content_type, size) = record::film(name, &tail, length)?;
    Some(KeptFilm { content_type, size, from: Origin::Disk, place: KeptAt::Disk(file) })
}

impl ResultStore {
    async fn film(&self, name: &Fingerprint, labels: &Labels) -> Option<KeptFilm> {
        let object = stored::name(labels.places.first()?, name);
        let reading = async {
            let Stat { size, version, .. } = self.source.stat(&object).await?;
            let tail = self.source.read(&object, Some(size.saturating_sub(record::TAIL_BYTES)..size)).await?;
            Ok((size, version, collect(tail, record::TAIL_BYTES).await?))
        };
        let (length, version, tail) = match stored::within(stored::LOOKUP_TIME, reading).await {
            Ok(found) => found,
            Err(store::Error::NotFound) => return None,
            Err(error) => {
                stored::failed("read", &error);
                return None;
            }
        };
        let (content_type, size) = record::film(name, &tail, length)?;
        let place = KeptAt::Store { source: Arc::clone(&self.source), name: object, version };
        Some(KeptFilm { content_type, size, from: Origin::Stored, place })
    }

    /// Writes a film, unless another instance was faster: players may be reading that one in parts.
    async fn put_film(
        &self,
        name: &Fingerprint,
        labels: &Labels,
        (content_type, file, trailer): (&'static str, OpenFile, Bytes),
    ) {
        let Some(place) = labels.places.first() else { return };
        if self.film(name, labels).await.is_some() {
            return;
        }
        let attributes = Attributes { content_type: Some(content_type.to_owned()), ..Attributes::default() };
        let content = Content::from(vec![file.into(), trailer.into()]);
        let object = stored::name(place, name);
        let writing = self.sink.write(&object, content, &attributes);
        stored::within(WRITE_TIME, writing).await.unwrap_or_else(|error| stored::failed("write", &error));
    }
}
