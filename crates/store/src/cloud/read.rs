use std::ops::Range;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, LAST_MODIFIED, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use hyper::body::Incoming;

use super::{Client, Document, Request};
use crate::http::answer::{content_length, content_range, text};
use crate::http::body::{Part, discard, pieces};
use crate::source::cut;
use crate::{Error, Object, Stat, Version};

/// How Google keeps what it would otherwise inflate for whoever asks.
const STORED_ENCODING: HeaderName = HeaderName::from_static("x-goog-stored-content-encoding");

/// A store whose objects have a URL each, and state what they are in the headers of an answer.
#[async_trait]
pub(crate) trait Service: Send + Sync {
    fn client(&self) -> &Client;

    /// Asks for an object, as whoever asks is known to the store. `key` is one that the store takes.
    async fn request(&self, method: Method, key: &str, headers: HeaderMap) -> Result<Request, Error>;

    /// What differs between two states of an object.
    fn version(&self, headers: &HeaderMap) -> Option<Version>;

    /// What an answer means that gives no object.
    fn refusal(&self, answer: &Document) -> Error;

    /// Whether the answer to a `HEAD`, which has no body, leaves open what it means.
    fn leaves_open(&self, status: StatusCode) -> bool;
}

/// What is known about an object: one `HEAD`, and a `GET` of one byte where that leaves open why it failed.
pub(crate) async fn stat(service: &impl Service, key: &str) -> Result<Stat, Error> {
    let request = service.request(Method::HEAD, key, HeaderMap::new()).await?;
    let answer = service.client().send(request).await?;
    let (status, headers) = (answer.status(), answer.headers());
    if status == StatusCode::OK {
        return stat_of(service, headers, content_length(headers).ok_or_else(no_length)?);
    }
    let meaning = service.refusal(&service.client().collected(answer).await?);
    if !service.leaves_open(status) {
        return Err(meaning);
    }
    get(service, key, Some(0..1)).await?.map(|object| object.stat).ok_or(meaning)
}

/// An object's bytes: one `GET`. A range that holds none of them is a stat.
pub(crate) async fn read(service: &impl Service, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
    // HTTP has no words for a range of no bytes.
    if range.as_ref().is_none_or(|range| range.start < range.end)
        && let Some(object) = get(service, key, range.clone()).await?
    {
        return Ok(object);
    }
    let stat = stat(service, key).await?;
    let range = cut(range, stat.size);
    if !range.is_empty() {
        return Err(service.client().unavailable("the object changed while it was read"));
    }
    Ok(Object { stat, range, body: stream::empty().boxed() })
}

/// `None`: the range lies behind the end.
async fn get(service: &impl Service, key: &str, asked: Option<Range<u64>>) -> Result<Option<Object>, Error> {
    let mut headers = HeaderMap::new();
    if let Some(range) = &asked {
        headers.insert(RANGE, range_header(range)?);
    }
    let answer = service.client().send(service.request(Method::GET, key, headers).await?).await?;
    let partial = answer.status() == StatusCode::PARTIAL_CONTENT;
    match answer.status() {
        // A part of no bytes, which HTTP has no words for: Azurite says so of a range that begins at the end.
        _ if partial && content_length(answer.headers()) == Some(0) => Ok(None),
        StatusCode::OK | StatusCode::PARTIAL_CONTENT => object(service, answer, asked).map(Some),
        StatusCode::RANGE_NOT_SATISFIABLE if asked.is_some() => {
            discard(answer.into_body());
            Ok(None)
        }
        _ => Err(service.refusal(&service.client().collected(answer).await?)),
    }
}

fn object(service: &impl Service, answer: Response<Incoming>, asked: Option<Range<u64>>) -> Result<Object, Error> {
    let headers = answer.headers();
    let length = content_length(headers);
    let (given, size) = if answer.status() == StatusCode::PARTIAL_CONTENT {
        content_range(headers)
            .filter(|(given, size)| *given == cut(asked.clone(), *size))
            .filter(|(given, _)| length.is_none_or(|length| length == given.end - given.start))
            .ok_or_else(|| Error::unusable(format_args!("asked for {asked:?}, the answer is another range")))?
    } else {
        let size = stored_as_it_is(headers).and_then(|()| length.ok_or_else(no_length))?;
        // A server may pass over a range: then everything comes.
        (0..size, size)
    };
    let stat = stat_of(service, headers, size)?;
    let range = cut(asked, size);
    let part = Part {
        skip: range.start - given.start,
        give: range.end - range.start,
        end: range.end == given.end && !range.is_empty(),
    };
    Ok(Object { stat, range, body: pieces(answer.into_body(), part) })
}

fn stat_of(service: &impl Service, headers: &HeaderMap, size: u64) -> Result<Stat, Error> {
    stored_as_it_is(headers)?;
    let own = |name| text(headers, name).map(str::to_owned);
    Ok(Stat {
        size,
        version: service.version(headers).ok_or_else(|| Error::unusable("an answer without a version"))?,
        modified: text(headers, &LAST_MODIFIED).and_then(|text| httpdate::parse_http_date(text).ok()),
        content_type: own(&CONTENT_TYPE),
        cache_control: own(&CACHE_CONTROL),
    })
}

/// To inflate would be to let whoever wrote the object choose how much memory is taken.
fn stored_as_it_is(headers: &HeaderMap) -> Result<(), Error> {
    let encodings = [CONTENT_ENCODING, STORED_ENCODING];
    let mut encodings = encodings.iter().flat_map(|name| headers.get_all(name));
    if encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        Ok(())
    } else {
        Err(Error::unusable("the object is stored with a content encoding"))
    }
}

fn no_length() -> Error {
    Error::unusable("an answer without a length")
}

/// RFC 9110, section 14.1.2. Servers count with signed numbers: what is beyond them is left open.
fn range_header(range: &Range<u64>) -> Result<HeaderValue, Error> {
    let text = match i64::try_from(range.end) {
        Ok(_) => format!("bytes={}-{}", range.start, range.end - 1),
        Err(_) => format!("bytes={}-", range.start),
    };
    HeaderValue::try_from(text).map_err(Error::unusable)
}
