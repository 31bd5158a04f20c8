use bytes::Bytes;
use lightmill_dialects::{Request, Wish};
use lightmill_image::codecs;
use lightmill_recipe::{Format, Input, Limits, Locator, Size};
use lightmill_store::{self as store, Attributes, Stat, collect};

use crate::maker::blocking;
use crate::{Error, Job, Mill, Place, Purge, Rules, version};

/// Bytes from the start of an object by which its format is recognised.
const START_BYTES: u64 = 4096;

/// Digits of an id.
const ID_DIGITS: usize = 32;

/// Where pictures lie that clients have sent: objects that are called by an id of 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploads {
    /// The source's name.
    pub source: String,
    /// What stands before the id in a key.
    pub prefix: String,
}

/// What an upload is, by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// The format, from the bytes.
    pub format: Format,
    /// As seen: after EXIF orientation is applied.
    pub size: Size,
}

impl Uploads {
    /// Whether `text` is an id.
    pub fn is_id(text: &str) -> bool {
        text.len() == ID_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// The id with which a key begins, whatever follows: a file's name, for the reader.
    pub fn id_of(key: &str) -> Option<&str> {
        key.get(..ID_DIGITS).filter(|id| Self::is_id(id))
    }

    /// Where the upload of this id lies.
    pub fn place(&self, id: &str) -> Place {
        Place { source: self.source.clone(), key: format!("{}{id}", self.prefix) }
    }

    /// The id of the upload that lies there, if it is one.
    pub fn id_at<'a>(&self, place: &'a Place) -> Option<&'a str> {
        let key = place.key.strip_prefix(&self.prefix).filter(|_| place.source == self.source);
        key.filter(|key| Self::is_id(key))
    }

    /// Whether `locator` is that of an upload, as only [`Mill::resolve`] and who serves uploads make it.
    pub(crate) fn has(&self, locator: &Locator) -> bool {
        locator.source.as_deref() == Some(&self.source)
            && locator.key.strip_prefix(&self.prefix).is_some_and(Self::is_id)
    }
}

impl Mill {
    /// What `bytes` are. Only the header is read, off the threads that answer: what would be large when decoded costs as
    /// little as anything else.
    ///
    /// # Errors
    /// [`Error::Image`] if they are no picture of a format that is read here, [`Error::Limit`] for one that no request could
    /// use.
    pub async fn inspect(&self, bytes: Bytes, limits: &Limits) -> Result<Inspected, Error> {
        let (formats, limits) = (self.shared.formats, limits.clone());
        blocking(move || {
            let probe = lightmill_image::probe_allowed(&bytes, formats)?;
            limits.check_source(probe.size)?;
            Ok(Inspected { format: probe.format, size: probe.upright() })
        })
        .await
    }

    /// Writes an upload in place of one of the same id: whole or not at all. What was made of that is not served any more
    /// here; other instances find out as they do about every change.
    ///
    /// # Errors
    /// What the store says.
    pub async fn upload(&self, place: &Place, bytes: Bytes, attributes: &Attributes) -> Result<(), Error> {
        self.write("lightmill_uploaded_total", place, bytes.into(), attributes).await
    }

    /// Writes a text of the service's own in place of the one that is there: whole or not at all.
    ///
    /// # Errors
    /// What the store says.
    pub async fn write_text(&self, place: &Place, text: String, attributes: &Attributes) -> Result<(), Error> {
        self.write("lightmill_texts_written_total", place, Bytes::from(text).into(), attributes).await
    }

    /// Removes an upload and every result that was made of it.
    ///
    /// # Errors
    /// [`store::Error::NotFound`] if there is none, and what the store says.
    pub async fn take_back(&self, place: &Place) -> Result<(), Error> {
        // What is remembered may have been removed meanwhile.
        self.forget(&key(place));
        self.stat(place).await?;
        self.remove("lightmill_taken_back_total", place).await?;
        self.purge(&key(place)).await;
        Ok(())
    }

    /// The media type of an object of which its source says nothing: by the first bytes of it. `None` if they are of no
    /// picture.
    pub async fn media_type(&self, job: &Job) -> Result<Option<&'static str>, Error> {
        let start = collect(self.original(job, Some(0..START_BYTES)).await?, START_BYTES).await?;
        Ok(codecs::recognise(&start).map(Format::media_type))
    }

    /// What is known about an object, which need not lie in a source of the mount's.
    ///
    /// # Errors
    /// What the store says.
    pub async fn stat(&self, place: &Place) -> Result<Stat, Error> {
        let stats = self.shared.versions.of(std::slice::from_ref(place)).await;
        let mut stats = stats.map_err(|(_, error)| error)?;
        stats.pop().ok_or_else(|| Error::internal("a place without a stat"))
    }

    /// An object of at most `most` bytes, with what belongs to them. It need not lie in a source of the mount's.
    ///
    /// # Errors
    /// What the store says.
    pub async fn object(&self, place: &Place, most: u64) -> Result<(Stat, Bytes), Error> {
        let object = version::source(&self.shared.stores.sources, place)?.read(&place.key, None).await?;
        let stat = object.stat.clone();
        Ok((stat, collect(object, most).await?))
    }

    /// Pictures that begin with the id of an upload are that upload, if there is one; of others nothing changes. Whether
    /// any began so.
    pub(crate) async fn find_uploads(&self, rules: &Rules, request: &mut Request) -> Result<bool, Error> {
        let (Some(uploads), Wish::Transform(recipe)) = (&rules.uploads, &mut request.wish) else { return Ok(false) };
        let main = request.locator.clone();
        let mut any = false;
        for locator in recipe.inputs.iter_mut().filter_map(Input::locator_mut) {
            let Some(id) = Uploads::id_of(&locator.key).filter(|_| locator.source.is_none()) else { continue };
            any = true;
            let place = uploads.place(id);
            match self.stat(&place).await {
                Ok(_) => {}
                // A bucket that may not be listed forbids what is not there.
                Err(Error::Store(store::Error::NotFound | store::Error::Forbidden)) => continue,
                Err(error) => return Err(error),
            }
            let found = Locator { source: Some(place.source), key: place.key };
            if *locator == main {
                request.locator = found.clone();
            }
            *locator = found;
        }
        Ok(any)
    }
}

fn key(place: &Place) -> Purge {
    Purge::Key { source: place.source.clone(), key: place.key.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdefABCDEF0123456789";

    #[test]
    fn ids_are_32_digits_at_the_beginning() {
        for (key, id) in [
            (ID.to_owned(), Some(ID)),
            (format!("{ID}/a b.jpg"), Some(ID)),
            (format!("{ID}.jpg"), Some(ID)),
            (format!("a/{ID}"), None),
            (ID[1..].to_owned(), None),
            (ID.replace('9', "g"), None),
            (format!("é{}", &ID[1..]), None),
        ] {
            assert_eq!(Uploads::id_of(&key), id, "{key}");
        }
    }

    #[test]
    fn only_ids_behind_the_prefix_are_uploads() {
        let uploads = Uploads { source: "sent".to_owned(), prefix: "in/".to_owned() };
        let locator = |source: &str, key: &str| Locator { source: Some(source.to_owned()), key: key.to_owned() };
        assert!(uploads.has(&locator("sent", &format!("in/{ID}"))));
        for (source, key) in [
            ("photos", format!("in/{ID}")),
            ("sent", ID.to_owned()),
            ("sent", "in/a.jpg".to_owned()),
            ("sent", format!("in/{ID}/a")),
        ] {
            assert!(!uploads.has(&locator(source, &key)), "{source} {key}");
        }
        assert!(!uploads.has(&Locator::key(ID)));
    }
}
