//! A result as bytes that explain and prove themselves:
//!
//! ```text
//! the file │ head: JSON │ hash: 64 hexadecimal digits │ bytes of the head: u32, little-endian │ "LMRESULT"
//! ```
//!
//! What explains comes last, so that browsers and viewers show the object as the picture that it begins with. The hash
//! covers the result's key, the file and the head: a record that was cut, damaged or put under another name is none. Of a
//! film, which is read in parts, it covers the number of bytes in the place of the file.

use bytes::Bytes;
use lightmill_image::{Made, Timings};
use lightmill_recipe::video::Container;
use lightmill_recipe::{Fingerprint, Format, Size};
use serde::{Deserialize, Serialize};

use super::Labels;
use crate::maker::blocking;

const MAGIC: &[u8; 8] = b"LMRESULT";

/// Bytes of a hash.
const HASH_BYTES: usize = 64;

/// As many of the last bytes of a record as hold its head, unless it has very many inputs.
pub(super) const TAIL_BYTES: u64 = 64 << 10;

/// What a film can be: HLS is many files.
pub(super) const FILMS: [Container; 6] =
    [Container::Mp4, Container::WebM, Container::Mov, Container::Mkv, Container::Avi, Container::Flv];

/// Longer records are hashed on a thread that may block: a millisecond's work.
const LONG: usize = 256 << 10;

/// What is said about a result.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    content_type: String,
    format: Option<String>,
    /// Width and height in pixels.
    size: Option<(u32, u32)>,
    frames: u32,
    passthrough: bool,
    quality: Option<u8>,
    /// Bytes of the file, if the hash covers that number in the place of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    film_bytes: Option<u64>,
    #[serde(flatten)]
    labels: Labels,
}

/// A result that was read back.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) made: Made,
    pub(super) labels: Labels,
}

/// What follows the file of `made`.
pub(super) fn trailer(key: &Fingerprint, made: &Made, labels: &Labels) -> Bytes {
    let head = Head {
        content_type: made.content_type.to_owned(),
        format: made.format.map(|format| format.name().to_owned()),
        size: made.size.map(|size| (size.width, size.height)),
        frames: made.frames,
        passthrough: made.passthrough,
        quality: made.quality,
        film_bytes: None,
        labels: labels.clone(),
    };
    written(key, &made.bytes, &head)
}

/// What follows a film of `bytes` bytes. Whoever reads parts of it cannot hash all of it each time: the hash covers its
/// length.
pub(super) fn film_trailer(key: &Fingerprint, content_type: &str, bytes: u64, labels: &Labels) -> Bytes {
    let head = Head {
        content_type: content_type.to_owned(),
        format: None,
        size: None,
        frames: 0,
        passthrough: false,
        quality: None,
        film_bytes: Some(bytes),
        labels: labels.clone(),
    };
    written(key, &bytes.to_le_bytes(), &head)
}

fn written(key: &Fingerprint, hashed: &[u8], head: &Head) -> Bytes {
    // Texts and numbers, which serde_json cannot refuse.
    let head = serde_json::to_vec(head).unwrap_or_default();
    let hash = hash(key, hashed, &head);
    let length = u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes();
    [&head[..], hash.as_str().as_bytes(), &length, MAGIC].concat().into()
}

/// Media type and bytes of the film of `key`, by the last bytes (`tail`) of a record of `size` bytes.
pub(super) fn film(key: &Fingerprint, tail: &[u8], size: u64) -> Option<(&'static str, u64)> {
    let (start, end) = split(tail)?;
    let text = tail.get(start..end)?;
    let head: Head = serde_json::from_slice(text).ok()?;
    let bytes = head.film_bytes?;
    let hash = hash(key, &bytes.to_le_bytes(), text);
    let is_whole = size.checked_sub((tail.len() - start) as u64) == Some(bytes);
    let content_type = FILMS.map(Container::media_type).into_iter().find(|known| *known == head.content_type)?;
    (is_whole && tail.get(end..end + HASH_BYTES) == Some(hash.as_str().as_bytes())).then_some((content_type, bytes))
}

/// The result of `key` that `bytes` hold, if they are whole.
pub(super) async fn decode(key: &Fingerprint, bytes: Bytes) -> Option<Record> {
    if bytes.len() <= LONG {
        return opened(key, &bytes);
    }
    let key = key.clone();
    blocking(move || Ok(opened(&key, &bytes))).await.ok().flatten()
}

fn opened(key: &Fingerprint, bytes: &Bytes) -> Option<Record> {
    let (start, end) = split(bytes)?;
    let (file, head) = (bytes.slice(..start), &bytes[start..end]);
    if hash(key, &file, head).as_str().as_bytes() != &bytes[end..end + HASH_BYTES] {
        return None;
    }
    let head: Head = serde_json::from_slice(head).ok()?;
    let format = match &head.format {
        Some(name) => Some(Format::from_name(name)?),
        None => None,
    };
    let made = Made {
        content_type: known(&head.content_type)?,
        bytes: file,
        format,
        size: head.size.map(|(width, height)| Size::new(width, height)),
        frames: head.frames,
        passthrough: head.passthrough,
        quality: head.quality,
        timings: Timings::default(),
    };
    Some(Record { made, labels: head.labels })
}

/// What the last bytes of a record say about where it comes from, unproved; `None` if they do not hold its whole head.
pub(super) fn labels(tail: &[u8]) -> Option<Labels> {
    let (head, end) = split(tail)?;
    Some(serde_json::from_slice::<Head>(tail.get(head..end)?).ok()?.labels)
}

/// Where the head begins and ends.
fn split(bytes: &[u8]) -> Option<(usize, usize)> {
    let rest = bytes.strip_suffix(MAGIC)?;
    let (rest, length) = rest.split_last_chunk::<4>()?;
    let end = rest.len().checked_sub(HASH_BYTES)?;
    let start = end.checked_sub(u32::from_le_bytes(*length) as usize)?;
    Some((start, end))
}

fn hash(key: &Fingerprint, file: &[u8], head: &[u8]) -> Fingerprint {
    Fingerprint::of([key.as_str().as_bytes(), file, head])
}

/// The media type, if it is one of those that results have.
fn known(media_type: &str) -> Option<&'static str> {
    let formats = Format::ALL.iter().map(|format| format.media_type());
    let films = FILMS.map(Container::media_type);
    formats.chain(lightmill_image::TEXT_MEDIA_TYPES).chain(films).find(|known| *known == media_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use crate::tests::made;

    fn key(i: u8) -> Fingerprint {
        Fingerprint::of([[i]])
    }

    fn of(keys: &[&str]) -> Labels {
        let places = keys.iter().map(|key| Place { source: "photos".into(), key: (*key).into() }).collect();
        Labels { places, tags: vec!["blog".into()] }
    }

    fn record(key: &Fingerprint, made: &Made, labels: &Labels) -> Bytes {
        [&made.bytes[..], &trailer(key, made, labels)].concat().into()
    }

    #[tokio::test]
    async fn what_was_written_is_read() {
        for size in [0, 1, 1000, LONG + 1] {
            let (made, labels) = (Made { quality: Some(80), ..made(&vec![7; size]) }, of(&["a", "b"]));
            let bytes = record(&key(1), &made, &labels);
            let read = decode(&key(1), bytes.clone()).await.unwrap();
            assert_eq!((read.labels, read.made.bytes.clone()), (labels.clone(), made.bytes.clone()));
            assert_eq!(
                (read.made.content_type, read.made.format, read.made.size, read.made.frames, read.made.quality),
                (made.content_type, made.format, made.size, made.frames, made.quality)
            );
            let tail = bytes.slice(bytes.len().saturating_sub(TAIL_BYTES as usize)..);
            assert_eq!(self::labels(&tail), Some(labels));
            assert!(decode(&key(2), bytes).await.is_none(), "under another name");
        }
        for media_type in lightmill_image::TEXT_MEDIA_TYPES {
            let text = Made { content_type: media_type, format: None, size: None, frames: 0, ..made(b"{}") };
            let bytes = record(&key(1), &text, &of(&["a"]));
            assert_eq!(decode(&key(1), bytes).await.unwrap().made.content_type, media_type);
        }
    }

    #[tokio::test]
    async fn what_is_cut_or_damaged_is_none() {
        let bytes = record(&key(1), &made(b"0123456789"), &of(&["a"]));
        for length in 0..bytes.len() {
            assert!(decode(&key(1), bytes.slice(..length)).await.is_none(), "cut to {length}");
        }
        for i in 0..bytes.len() {
            let mut damaged = bytes.to_vec();
            damaged[i] ^= 1;
            assert!(decode(&key(1), damaged.into()).await.is_none(), "damaged at {i}");
        }
    }

    #[test]
    fn films_are_known_by_their_last_bytes() {
        let labels = of(&["a.mp4"]);
        let record = [&[7; 1000][..], &film_trailer(&key(1), "video/webm", 1000, &labels)].concat();
        let size = record.len() as u64;
        assert_eq!(film(&key(1), &record[900..], size), Some(("video/webm", 1000)));
        assert_eq!(film(&key(1), &record, size), Some(("video/webm", 1000)));
        assert_eq!(self::labels(&record[900..]), Some(labels.clone()));
        assert_eq!(film(&key(2), &record[900..], size), None, "under another name");
        assert_eq!(film(&key(1), &record[900..], size - 1), None, "cut");
        for i in 1000..record.len() {
            let mut damaged = record.clone();
            damaged[i] ^= 1;
            assert_eq!(film(&key(1), &damaged, size), None, "damaged at {i}");
        }
        let picture = self::record(&key(1), &made(b"0123456789"), &labels);
        assert_eq!(film(&key(1), &picture, picture.len() as u64), None);
    }

    #[test]
    fn a_head_that_is_longer_than_the_tail_says_nothing() {
        assert_eq!(labels(b""), None);
        assert_eq!(labels(MAGIC), None);
        let lies = [&[0; 100][..], &u32::MAX.to_le_bytes(), MAGIC].concat();
        assert_eq!(labels(&lies), None);
    }
}
