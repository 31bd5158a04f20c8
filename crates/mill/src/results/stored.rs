use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use lightmill_image::Made;
use lightmill_recipe::Fingerprint;
use lightmill_store::{self as store, Attributes, Content, List, Sink, Source, collect};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode_byte, utf8_percent_encode};

use super::record::{self, Record};
use super::{Labels, Purge};
use crate::Place;

/// How long a result is looked for. A store that takes longer than making it is no help.
pub(super) const LOOKUP_TIME: Duration = Duration::from_secs(2);

/// How long one result may take to be written.
pub(super) const WRITE_TIME: Duration = Duration::from_mins(1);

/// Objects that are looked at or removed at the same time while results are forgotten.
const AT_A_TIME: usize = 16;

/// Bytes of a source's name and an object's key, as they are written in names, that are kept.
const NAME_BYTES: usize = 700;

/// Bytes of one segment of them: a file name has 255 at most.
const SEGMENT_BYTES: usize = 200;

/// What is written as it is, beside letters and digits.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A place where results are kept for all instances that share it: whatever one of them made, the others serve.
///
/// The object of a result lies at `SOURCE/KEY/FINGERPRINT`, after its main input, and is the result's file with some
/// hundred bytes behind it. Nothing in it is trusted without its hash. Objects are never rewritten, since a source that
/// changes changes the fingerprint: those of old versions are for the store's own rules of expiry to remove, or for a
/// purge.
///
/// An error of the store is a miss, and counted (`lightmill_result_store_errors_total{operation}`).
#[derive(Debug, Clone)]
pub struct ResultStore {
    /// Reads what `sink` writes.
    pub source: Arc<dyn Source>,
    /// Where results are written.
    pub sink: Arc<dyn Sink>,
    /// Lists what `sink` wrote.
    pub list: Arc<dyn List>,
}

impl ResultStore {
    pub(super) async fn get(&self, key: &Fingerprint, labels: &Labels, most: u64) -> Option<Record> {
        let name = name(labels.places.first()?, key);
        let reading = async { collect(self.source.read(&name, None).await?, most.saturating_add(1 << 20)).await };
        let bytes = match within(LOOKUP_TIME, reading).await {
            Ok(bytes) => bytes,
            Err(store::Error::NotFound) => return None,
            Err(error) => {
                failed("read", &error);
                return None;
            }
        };
        let record = record::decode(key, bytes).await;
        if record.is_none() {
            failed("read", &store::Error::unusable("a result in the store is damaged"));
        }
        record
    }

    pub(super) async fn put(&self, key: &Fingerprint, labels: &Labels, made: &Made, trailer: &Bytes) {
        let Some(place) = labels.places.first() else { return };
        let content = Content::from(vec![made.bytes.clone().into(), trailer.clone().into()]);
        let attributes = Attributes { content_type: Some(made.content_type.to_owned()), ..Attributes::default() };
        let written = within(WRITE_TIME, self.sink.write(&name(place, key), content, &attributes)).await;
        written.unwrap_or_else(|error| failed("write", &error));
    }

    /// Forgets results; how many, and whether all that there are were looked at.
    pub(super) async fn purge(&self, purge: &Purge) -> (u64, bool) {
        let prefix = match purge {
            Purge::Key { source, key } => format!("{}/", escaped(source, key, End::Whole)),
            Purge::Prefix { source, prefix } => escaped(source, prefix, End::Open),
            Purge::Tag(_) | Purge::All => String::new(),
        };
        let start = prefix.len();
        let removals = self.list.list(&prefix).map(|name| async move {
            let name = name?;
            let condemned = match purge {
                // What lies deeper was made of objects below this one.
                Purge::Key { .. } => !name[start..].contains('/'),
                Purge::Prefix { .. } | Purge::All => true,
                Purge::Tag(_) => self.labels(&name).await?.is_none_or(|labels| purge.matches(&labels)),
            };
            if condemned {
                self.sink.remove(&name).await?;
            }
            Ok::<_, store::Error>(u64::from(condemned))
        });
        let mut removals = removals.buffer_unordered(AT_A_TIME);
        let mut count = 0;
        loop {
            match removals.try_next().await {
                Ok(Some(removed)) => count += removed,
                Ok(None) => return (count, true),
                Err(error) => {
                    failed("purge", &error);
                    return (count, false);
                }
            }
        }
    }

    /// Where the result of this name comes from; `None` if it does not say.
    async fn labels(&self, name: &str) -> Result<Option<Labels>, store::Error> {
        let size = match self.source.stat(name).await {
            // Another purge was faster.
            Err(store::Error::NotFound) => return Ok(None),
            stat => stat?.size,
        };
        let tail = self.source.read(name, Some(size.saturating_sub(record::TAIL_BYTES)..size)).await?;
        Ok(record::labels(&collect(tail, record::TAIL_BYTES).await?))
    }
}

/// Where the result of `key` lies, whose main input lies at `place`.
pub(super) fn name(place: &Place, key: &Fingerprint) -> String {
    format!("{}/{}", escaped(&place.source, &place.key, End::Whole), key.as_str())
}

/// Whether a key ends where its text does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    /// Another text follows.
    Open,
}

/// `SOURCE/KEY` in words that every store can keep. What begins with `key` is written with the same beginning.
///
/// Segments that no folder can have (empty, `.`, `..`) get an escape, those that are too long for one are cut, as is
/// the whole: different keys can share a name then, and are told apart by their fingerprints.
fn escaped(source: &str, key: &str, end: End) -> String {
    let mut text = utf8_percent_encode(source, ESCAPED).to_string();
    let mut segments = key.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_whole = end == End::Whole || segments.peek().is_some();
        text.push('/');
        match segment {
            "" if is_whole => text.push('%'),
            "." | ".." if is_whole => segment.bytes().for_each(|byte| text.push_str(percent_encode_byte(byte))),
            _ => text.extend(utf8_percent_encode(segment, ESCAPED).to_string().chars().take(SEGMENT_BYTES)),
        }
    }
    // Escapes are ASCII: any cut is between characters.
    text.truncate(NAME_BYTES);
    if end == End::Whole && text.ends_with('/') {
        text.push('%');
    }
    text
}

pub(super) async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, store::Error>>,
) -> Result<T, store::Error> {
    tokio::time::timeout(time, work).await.unwrap_or(Err(store::Error::TimedOut))
}

pub(super) fn failed(operation: &'static str, error: &store::Error) {
    metrics::counter!("lightmill_result_store_errors_total", "operation" => operation).increment(1);
    // The text of an error is for clients, what is in it for logs.
    tracing::warn!(operation, ?error, "the result store");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_name_that_every_store_can_keep() {
        for (key, expected) in [
            ("a/b.jpg", "photos/a/b.jpg"),
            ("a b+é%.jpg", "photos/a%20b%2B%C3%A9%25.jpg"),
            ("/a//b/", "photos/%/a/%/b/%"),
            ("../.x/./..", "photos/%2E%2E/.x/%2E/%2E%2E"),
            ("\u{0}\\", "photos/%00%5C"),
        ] {
            assert_eq!(escaped("photos", key, End::Whole), expected);
        }
        assert_eq!(escaped("a/b", "c", End::Whole), "a%2Fb/c");
        let long = escaped("photos", &"ü/".repeat(600), End::Whole);
        assert!(long.len() <= NAME_BYTES + 1 && !long.ends_with('/'), "{long}");
        let segment = escaped("photos", &"n".repeat(900), End::Whole);
        assert_eq!(segment, format!("photos/{}", "n".repeat(SEGMENT_BYTES)));
    }

    #[test]
    fn a_beginning_is_the_beginning_of_the_name() {
        for key in ["a/b.jpg", "a b/c", "dir/", "x//y", "n".repeat(900).as_str(), &"ab/".repeat(400)] {
            let whole = escaped("photos", key, End::Whole);
            for end in 0..=key.len() {
                let begin = escaped("photos", &key[..end], End::Open);
                assert!(whole.starts_with(&begin), "{key:?} to {end}: {whole} {begin}");
            }
        }
    }
}
