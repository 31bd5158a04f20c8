use std::ops::Range;

use bytes::Bytes;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE};
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::Bucket;
use super::sink::{ANY_TYPE, WHOLE_BYTES, resource};
use crate::cloud::{Client, Document, Request};
use crate::http::answer::text;
use crate::{Attributes, Content, Error};

/// Bytes of a part: a multiple of 256 KiB (Cloud Storage documentation, "Resumable uploads").
const PART_BYTES: u64 = WHOLE_BYTES;

/// How often a part may be sent of which the server keeps nothing.
const IDLE_PARTS: u32 = 3;

impl Bucket {
    /// The object appears when its last part is there. If a part fails or the caller goes away, the upload is given up; if
    /// that fails too, Google forgets it after a week.
    pub(super) async fn write_in_parts(
        &self,
        key: &str,
        content: &Content,
        attributes: &Attributes,
    ) -> Result<(), Error> {
        let kind = attributes.content_type.as_deref().unwrap_or(ANY_TYPE);
        let kind = HeaderValue::try_from(kind).map_err(Error::unusable)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        headers.insert("x-upload-content-type", kind.clone());
        headers.insert("x-upload-content-length", HeaderValue::from(content.len()));
        let name = super::bucket::encoded(key);
        let path = format!("/upload/storage/v1/b/{}/o?uploadType=resumable&name={name}", self.name);
        let begin = Bytes::from(resource(key, attributes).to_string());
        let answer = self.client.document(self.ask(Method::POST, &path, headers, begin).await?).await?;
        self.written(&answer)?;
        let session = text(&answer.headers, &LOCATION).and_then(|url| url.parse().ok());
        let session: Uri = session.ok_or_else(|| self.client.unavailable("an upload without a place"))?;
        let mut upload = Upload { client: self.client.clone(), session, kind, open: true };
        let answer = match upload.send(content).await {
            Ok(answer) => self.written(&answer),
            Err(error) => Err(error),
        };
        if answer.is_err() {
            upload.give_up().await;
        }
        upload.open = false;
        answer
    }
}

/// An upload that has begun; given up when it is dropped before its end. Whoever knows its URL may write: no request to it
/// carries a token.
struct Upload {
    client: Client,
    session: Uri,
    kind: HeaderValue,
    open: bool,
}

impl Upload {
    /// The answer to the last part, or to one that failed.
    async fn send(&self, content: &Content) -> Result<Document, Error> {
        let (mut kept, mut idle) = (0, 0);
        while idle < IDLE_PARTS {
            let end = content.len().min(kept + PART_BYTES);
            let part = content.part(kept..end).await?;
            let answer = self.client.document(self.part(part, kept..end, content.len())?).await?;
            if answer.status.as_u16() != 308 {
                return Ok(answer);
            }
            let before = std::mem::replace(&mut kept, kept_bytes(&answer.headers).min(end));
            idle = if kept > before { 0 } else { idle + 1 };
        }
        Err(self.client.unavailable("an upload makes no progress"))
    }

    fn part(&self, bytes: Bytes, range: Range<u64>, size: u64) -> Result<Request, Error> {
        let range = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        http::Request::put(self.session.clone())
            .header(CONTENT_TYPE, self.kind.clone())
            .header(CONTENT_RANGE, range)
            .body(bytes.into())
            .map_err(Error::unusable)
    }

    async fn give_up(&self) {
        let request = http::Request::delete(self.session.clone()).body(Bytes::new().into());
        if let Ok(request) = request
            && let Err(error) = self.client.document(request).await
        {
            tracing::warn!(?error, "an upload was left behind");
        }
    }
}

/// From `bytes=0-N`; nothing without it.
fn kept_bytes(headers: &HeaderMap) -> u64 {
    let last = text(headers, &RANGE).and_then(|range| range.strip_prefix("bytes=0-")?.parse::<u64>().ok());
    last.map_or(0, |last| last.saturating_add(1))
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (client, session) = (self.client.clone(), std::mem::take(&mut self.session));
        let upload = Self { client, session, kind: self.kind.clone(), open: false };
        runtime.spawn(async move { upload.give_up().await });
    }
}
