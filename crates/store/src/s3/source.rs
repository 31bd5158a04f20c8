use std::ops::Range;
use std::time::SystemTime;

use async_trait::async_trait;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::head_object::{HeadObjectError, HeadObjectOutput};
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};

use super::{Bucket, error};
use crate::source::cut;
use crate::{Error, Object, Source, Stat, Version};

#[async_trait]
impl Source for Bucket {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        self.stat_in_bucket(&self.key(key)?).await
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let key = self.key(key)?;
        // HTTP has no words for a range of no bytes.
        if range.as_ref().is_none_or(|range| range.start < range.end)
            && let Some(object) = self.get(&key, range.clone()).await?
        {
            return Ok(object);
        }
        let stat = self.stat_in_bucket(&key).await?;
        let range = cut(range, stat.size);
        if !range.is_empty() {
            return Err(Error::unavailable(format_args!("bucket {}: the object changed while it was read", self.name)));
        }
        Ok(Object { stat, range, body: stream::empty().boxed() })
    }
}

impl Bucket {
    async fn stat_in_bucket(&self, key: &str) -> Result<Stat, Error> {
        let error = match self.head(key).await {
            Ok(head) => return self.learn(stat_of_head(head)),
            Err(error) => error,
        };
        let meaning = error::of(&self.name, &error);
        match error::status(&error) {
            Some(404) if self.is_known() => Err(meaning),
            Some(301 | 307 | 400 | 403 | 404) => {
                self.get(key, Some(0..1)).await?.map(|object| object.stat).ok_or(meaning)
            }
            _ => Err(meaning),
        }
    }

    async fn head(&self, key: &str) -> Result<HeadObjectOutput, SdkError<HeadObjectError, HttpResponse>> {
        self.client.head_object().bucket(&self.name).key(key).set_request_payer(self.payer()).send().await
    }

    /// `None`: the range lies behind the end.
    async fn get(&self, key: &str, range: Option<Range<u64>>) -> Result<Option<Object>, Error> {
        let request = self.client.get_object().bucket(&self.name).key(key).set_request_payer(self.payer());
        match request.set_range(range.as_ref().map(header)).send().await {
            Ok(output) => self.learn(object(output, range)).map(Some),
            Err(error) if error::status(&error) == Some(416) => Ok(None),
            Err(error) => self.learn(Err(error::of(&self.name, &error))),
        }
    }
}

/// RFC 9110, section 14.1.2. Servers count with signed numbers: what is beyond them is left open.
fn header(range: &Range<u64>) -> String {
    match i64::try_from(range.end) {
        Ok(_) => format!("bytes={}-{}", range.start, range.end - 1),
        Err(_) => format!("bytes={}-", range.start),
    }
}

/// The first byte, the one behind the last, and the size of the whole, from `bytes 0-9/100`.
fn content_range(text: &str) -> Option<(Range<u64>, u64)> {
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, end, size) = (first.parse().ok()?, last.parse::<u64>().ok()?.checked_add(1)?, size.parse().ok()?);
    (first < end && end <= size).then_some((first..end, size))
}

fn object(output: GetObjectOutput, asked: Option<Range<u64>>) -> Result<Object, Error> {
    let length = length(output.content_length)?;
    let (given, size) = match output.content_range.as_deref() {
        Some(text) => content_range(text)
            .filter(|(given, size)| *given == cut(asked.clone(), *size))
            .ok_or_else(|| Error::unavailable(format_args!("asked for {asked:?}, the answer is {text}")))?,
        // A server may pass over a range: then everything comes.
        None => (0..length, length),
    };
    let range = cut(asked, size);
    let stat = Stat {
        size,
        version: version(output.e_tag, output.version_id)?,
        modified: output.last_modified.and_then(time),
        content_type: output.content_type,
        cache_control: output.cache_control,
    };
    let part = Part { body: output.body, skip: range.start - given.start, left: range.end - range.start };
    Ok(Object { stat, range, body: part.stream() })
}

fn stat_of_head(head: HeadObjectOutput) -> Result<Stat, Error> {
    Ok(Stat {
        size: length(head.content_length)?,
        version: version(head.e_tag, head.version_id)?,
        modified: head.last_modified.and_then(time),
        content_type: head.content_type,
        cache_control: head.cache_control,
    })
}

fn length(length: Option<i64>) -> Result<u64, Error> {
    length.and_then(|length| u64::try_from(length).ok()).ok_or_else(|| Error::unavailable("an answer without a length"))
}

pub(super) fn version(etag: Option<String>, id: Option<String>) -> Result<Version, Error> {
    let etag = etag.ok_or_else(|| Error::unavailable("an answer without an ETag"))?;
    // The id of objects that were written before their bucket had versions.
    match id.filter(|id| id != "null") {
        Some(id) => Ok(Version::new(format!("{etag} {id}"))),
        None => Ok(Version::new(etag)),
    }
}

fn time(time: DateTime) -> Option<SystemTime> {
    SystemTime::try_from(time).ok()
}

/// A body of which `skip` bytes are left out, and `left` given.
struct Part {
    body: ByteStream,
    skip: u64,
    left: u64,
}

impl Part {
    fn stream(self) -> BoxStream<'static, Result<Bytes, Error>> {
        stream::try_unfold(self, |mut part| async {
            // Read to the end also when nothing is left: there the SDK compares the checksum.
            while let Some(mut piece) = part.body.try_next().await.map_err(Error::unavailable)? {
                let skipped = part.skip.min(piece.len() as u64);
                part.skip -= skipped;
                let _ = piece.split_to(skipped as usize);
                if part.left == 0 && !piece.is_empty() {
                    return Ok(None);
                }
                piece.truncate(part.left.min(piece.len() as u64) as usize);
                part.left -= piece.len() as u64;
                if !piece.is_empty() {
                    return Ok(Some((piece, part)));
                }
            }
            match part.left {
                0 => Ok(None),
                left => Err(Error::unavailable(format_args!("the body ended {left} bytes early"))),
            }
        })
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_in_words() {
        assert_eq!(header(&(0..1)), "bytes=0-0");
        assert_eq!(header(&(5..u64::MAX)), "bytes=5-");
        assert_eq!(content_range("bytes 0-9/100"), Some((0..10, 100)));
        for bad in ["", "bytes 9-0/100", "bytes 0-9/*", "bytes */100", "bytes 0-100/100", "0-9/100"] {
            assert_eq!(content_range(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn parts_are_neither_more_nor_less() {
        let part = |skip, left| Part { body: ByteStream::from_static(b"abcdef"), skip, left };
        let bytes = |part: Part| async { futures::TryStreamExt::try_collect::<Vec<_>>(part.stream()).await };
        assert_eq!(bytes(part(0, 6)).await.unwrap().concat(), b"abcdef");
        assert_eq!(bytes(part(2, 3)).await.unwrap().concat(), b"cde");
        assert_eq!(bytes(part(6, 0)).await.unwrap().concat(), b"");
        assert!(matches!(bytes(part(2, 5)).await, Err(Error::Unavailable { .. })));
    }
}
