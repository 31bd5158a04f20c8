//! What a video of many files is kept as: each file a result of its own, and an index that says which there are. The index
//! is also the lease of whoever makes the video: it is written on conditions where several instances share the store.

use bytes::Bytes;
use lightmill_image::{Made, Timings};
use lightmill_recipe::Fingerprint;
use lightmill_store::{self as store, Attributes, Condition, Content, Version, collect};

use super::lasting::Lasting;
use super::stored::ResultStore;
use super::{Labels, record, stored};
use crate::{Error, Origin};

/// Bytes of an index: thousands of segments.
const INDEX_BYTES: u64 = 4 << 20;

/// What it is.
const INDEX_TYPE: &str = "application/json";

impl Lasting {
    /// Whether anything is kept at all.
    pub(crate) const fn is_somewhere(&self) -> bool {
        self.disk.is_some() || self.store.is_some()
    }

    /// The file of this key, of at most `most` bytes.
    pub(crate) async fn part(&self, key: &Fingerprint, labels: &Labels, most: u64) -> Option<(Bytes, Origin)> {
        let name = self.name(key);
        if let Some(disk) = &self.disk
            && let Some(bytes) = disk.get(name.as_str()).await
        {
            if let Some(record) = record::decode(&name, bytes).await {
                return Some((record.made.bytes, Origin::Disk));
            }
            disk.remove(name.as_str()).await;
        }
        let record = self.store.as_ref()?.get(&name, labels, most).await?;
        Some((record.made.bytes, Origin::Stored))
    }

    /// Keeps a file in every place.
    ///
    /// # Errors
    /// What the store says; that of a disk shows when the file is asked for.
    pub(crate) async fn keep_part(
        &self,
        key: &Fingerprint,
        labels: &Labels,
        media_type: &'static str,
        bytes: Bytes,
    ) -> Result<(), Error> {
        let (name, made) = (self.name(key), made(media_type, bytes));
        let trailer = record::trailer(&name, &made, labels);
        if let Some(disk) = &self.disk {
            disk.put(name.as_str(), vec![made.bytes.clone(), trailer.clone()]).await;
        }
        if let Some((store, object)) = self.shared(&name, labels) {
            let attributes = Attributes { content_type: Some(media_type.to_owned()), ..Attributes::default() };
            let content = Content::from(vec![made.bytes.into(), trailer.into()]);
            let writing = store.sink.write(&object, content, &attributes);
            stored::within(stored::WRITE_TIME, writing).await.inspect_err(|error| stored::failed("write", error))?;
        }
        Ok(())
    }

    /// The index of this key, and its version where it is written on conditions.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn index(&self, key: &Fingerprint, labels: &Labels) -> Result<Option<(Bytes, Version)>, Error> {
        let name = self.name(key);
        let found = match self.shared(&name, labels) {
            Some((store, object)) => store.whole(&object).await?,
            None => match &self.disk {
                Some(disk) => disk.get(name.as_str()).await.map(|bytes| (bytes, alone())),
                None => None,
            },
        };
        let Some((bytes, version)) = found else { return Ok(None) };
        // One that is damaged can be replaced, as its version is known.
        let bytes = record::decode(&name, bytes).await.map(|record| record.made.bytes).unwrap_or_default();
        Ok(Some((bytes, version)))
    }

    /// Writes the index, on a condition where several instances share the store.
    ///
    /// # Errors
    /// [`store::Error::Changed`] if somebody else wrote it meanwhile, and what the store says.
    pub(crate) async fn keep_index(
        &self,
        key: &Fingerprint,
        labels: &Labels,
        bytes: Bytes,
        condition: &Condition,
    ) -> Result<Version, store::Error> {
        let name = self.name(key);
        let made = made(INDEX_TYPE, bytes);
        let trailer = record::trailer(&name, &made, labels);
        if let Some((store, object)) = self.shared(&name, labels) {
            let attributes = Attributes { content_type: Some(INDEX_TYPE.to_owned()), ..Attributes::default() };
            let body = [&made.bytes[..], &trailer].concat().into();
            let writing = store.sink.write_if(&object, body, &attributes, condition);
            return stored::within(stored::WRITE_TIME, writing).await;
        }
        if let Some(disk) = &self.disk {
            disk.put(name.as_str(), vec![made.bytes, trailer]).await;
        }
        Ok(alone())
    }

    /// The store that several instances share, and where the result of that name lies in it.
    fn shared(&self, name: &Fingerprint, labels: &Labels) -> Option<(&ResultStore, String)> {
        Some((self.store.as_ref()?, stored::name(labels.places.first()?, name)))
    }
}

impl ResultStore {
    /// An index, with its version.
    async fn whole(&self, object: &str) -> Result<Option<(Bytes, Version)>, store::Error> {
        let reading = async {
            let object = self.source.read(object, None).await?;
            let version = object.stat.version.clone();
            Ok((collect(object, INDEX_BYTES).await?, version))
        };
        match stored::within(stored::LOOKUP_TIME, reading).await {
            Err(store::Error::NotFound) => Ok(None),
            found => found.map(Some).inspect_err(|error| stored::failed("read", error)),
        }
    }
}

/// The version of what no other instance writes.
fn alone() -> Version {
    Version::new("alone")
}

fn made(content_type: &'static str, bytes: Bytes) -> Made {
    let timings = Timings::default();
    Made { content_type, bytes, format: None, size: None, frames: 0, passthrough: false, quality: None, timings }
}
