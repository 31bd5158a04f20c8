use async_trait::async_trait;
use bytes::Bytes;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::{Container, error};
use crate::cloud::{Document, Service};
use crate::{Attributes, Condition, Content, Error, Sink, Version};

/// Blobs of more bytes are written in blocks.
pub(super) const WHOLE_BYTES: u64 = 16 << 20;

#[async_trait]
impl Sink for Container {
    async fn write(&self, key: &str, content: Content, attributes: &Attributes) -> Result<(), Error> {
        let (key, headers) = (self.key(key)?, headers(attributes)?);
        if content.len() > WHOLE_BYTES {
            return self.write_in_blocks(&key, &content, headers).await;
        }
        let body = content.part(0..content.len()).await?;
        let answer = self.put(&key, headers, body).await?;
        self.written(&answer)
    }

    async fn write_if(
        &self,
        key: &str,
        body: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<Version, Error> {
        let (key, mut headers) = (self.key(key)?, headers(attributes)?);
        let (name, value) = match condition {
            Condition::Absent => (IF_NONE_MATCH, "*"),
            Condition::Unchanged(version) => (IF_MATCH, version.as_str()),
        };
        headers.insert(name, HeaderValue::from_str(value).map_err(Error::unusable)?);
        let answer = self.put(&key, headers, body).await?;
        if error::is_unmet(&answer) {
            return Err(Error::Changed);
        }
        self.written(&answer)?;
        self.version(&answer.headers).ok_or_else(|| self.client.unavailable("an answer without an ETag"))
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        let mut headers = HeaderMap::new();
        // A blob is not removed without them.
        headers.insert("x-ms-delete-snapshots", HeaderValue::from_static("include"));
        let request = self.ask(Method::DELETE, &self.key(key)?, "", headers, Bytes::new()).await?;
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

impl Container {
    /// A whole blob in one request.
    async fn put(&self, key: &str, mut headers: HeaderMap, body: Bytes) -> Result<Document, Error> {
        headers.insert("x-ms-blob-type", HeaderValue::from_static("BlockBlob"));
        self.client.document(self.ask(Method::PUT, key, "", headers, body).await?).await
    }

    /// Nothing is missing where something is written: what is not found then is the container.
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

fn headers(attributes: &Attributes) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-ms-blob-content-type", &attributes.content_type),
        ("x-ms-blob-cache-control", &attributes.cache_control),
        ("x-ms-blob-content-disposition", &attributes.content_disposition),
    ] {
        if let Some(value) = value {
            headers.insert(name, HeaderValue::from_str(value).map_err(Error::unusable)?);
        }
    }
    for (name, value) in &attributes.metadata {
        let name = HeaderName::try_from(format!("x-ms-meta-{}", variable(name))).map_err(Error::unusable)?;
        headers.insert(name, HeaderValue::from_str(value).map_err(Error::unusable)?);
    }
    Ok(headers)
}

/// Names of metadata are those of variables in C#.
fn variable(name: &str) -> String {
    let digit = name.starts_with(|first: char| first.is_ascii_digit());
    format!("{}{}", if digit { "_" } else { "" }, name.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_has_names_of_variables() {
        for (name, expected) in [("made-by", "made_by"), ("2nd", "_2nd"), ("plain", "plain")] {
            assert_eq!(variable(name), expected);
        }
    }
}
