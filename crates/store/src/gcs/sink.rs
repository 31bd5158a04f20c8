use async_trait::async_trait;
use bytes::{BufMut, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::Bucket;
use super::bucket::encoded;
use crate::cloud::Document;
use crate::{Attributes, Condition, Content, Error, Sink, Version};

/// Objects of more bytes are written in parts.
pub(super) const WHOLE_BYTES: u64 = 16 << 20;

/// The media type of objects that have none, as Google states it.
pub(super) const ANY_TYPE: &str = "application/octet-stream";

#[async_trait]
impl Sink for Bucket {
    async fn write(&self, key: &str, content: Content, attributes: &Attributes) -> Result<(), Error> {
        let key = self.key(key)?;
        if content.len() > WHOLE_BYTES {
            return self.write_in_parts(&key, &content, attributes).await;
        }
        let body = content.part(0..content.len()).await?;
        let answer = self.put(&key, &body, attributes, "").await?;
        self.written(&answer)
    }

    async fn write_if(
        &self,
        key: &str,
        body: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<Version, Error> {
        let generation: u64 = match condition {
            // That of no object.
            Condition::Absent => 0,
            // What is no number was never that of an object here.
            Condition::Unchanged(version) => version.as_str().parse().map_err(|_| Error::Changed)?,
        };
        let condition = format!("&ifGenerationMatch={generation}");
        let answer = self.put(&self.key(key)?, &body, attributes, &condition).await?;
        if answer.status == StatusCode::PRECONDITION_FAILED {
            return Err(Error::Changed);
        }
        self.written(&answer)?;
        let written: Written = serde_json::from_slice(&answer.body).map_err(|error| self.client.unavailable(error))?;
        Ok(Version::new(written.generation))
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        let path = format!("/storage/v1/b/{}/o/{}", self.name, encoded(&self.key(key)?));
        let request = self.ask(Method::DELETE, &path, HeaderMap::new(), Bytes::new()).await?;
        let answer = self.client.document(request).await?;
        if answer.status.is_success() {
            return Ok(());
        }
        match self.refused(&answer) {
            Error::NotFound => Ok(()),
            error => Err(error),
        }
    }
}

impl Bucket {
    /// Metadata and bytes in one request; `parameters`: `&…`, or nothing.
    async fn put(&self, key: &str, body: &Bytes, attributes: &Attributes, parameters: &str) -> Result<Document, Error> {
        let (body, boundary) = together(&resource(key, attributes), body, attributes);
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::try_from(format!("multipart/related; boundary={boundary}"));
        headers.insert(CONTENT_TYPE, kind.map_err(Error::unusable)?);
        let path = format!("/upload/storage/v1/b/{}/o?uploadType=multipart{parameters}", self.name);
        self.client.document(self.ask(Method::POST, &path, headers, body).await?).await
    }

    /// Nothing is missing where something is written: what is not found then is the bucket.
    pub(super) fn written(&self, answer: &Document) -> Result<(), Error> {
        if answer.status.is_success() {
            return Ok(());
        }
        match self.refused(answer) {
            Error::NotFound => Err(self.client.unavailable("not found")),
            error => Err(error),
        }
    }
}

/// What is read of the answer to a write.
#[derive(Deserialize)]
struct Written {
    /// A number, as a text because it has 64 bits.
    generation: String,
}

/// What is said about an object (JSON interface, "Objects: insert").
pub(super) fn resource(key: &str, attributes: &Attributes) -> serde_json::Value {
    let mut resource = json!({ "name": key });
    for (name, value) in [
        ("contentType", &attributes.content_type),
        ("cacheControl", &attributes.cache_control),
        ("contentDisposition", &attributes.content_disposition),
    ] {
        if let Some(value) = value {
            resource[name] = json!(value);
        }
    }
    if !attributes.metadata.is_empty() {
        resource["metadata"] = json!(attributes.metadata);
    }
    resource
}

/// Both in one body (RFC 2387), and what separates them.
fn together(resource: &serde_json::Value, body: &Bytes, attributes: &Attributes) -> (Bytes, String) {
    // As good as never part of a body.
    let boundary = format!("lightmill-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
    let kind = attributes.content_type.as_deref().filter(|kind| HeaderValue::from_str(kind).is_ok());
    let head = format!(
        "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{resource}\r\n\
         --{boundary}\r\nContent-Type: {}\r\n\r\n",
        kind.unwrap_or(ANY_TYPE)
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let mut whole = BytesMut::with_capacity(head.len() + body.len() + tail.len());
    whole.put_slice(head.as_bytes());
    whole.put_slice(body);
    whole.put_slice(tail.as_bytes());
    (whole.freeze(), boundary)
}
