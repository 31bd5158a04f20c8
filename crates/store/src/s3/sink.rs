use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use super::{Bucket, error};
use crate::{Attributes, Condition, Content, Error, Sink, Version};

/// Objects of more bytes are written in parts.
pub(super) const WHOLE_BYTES: u64 = 16 << 20;

#[async_trait]
impl Sink for Bucket {
    async fn write(&self, key: &str, content: Content, attributes: &Attributes) -> Result<(), Error> {
        let key = self.key(key)?;
        if content.len() > WHOLE_BYTES {
            return self.write_in_parts(&key, &content, attributes).await;
        }
        let body = content.part(0..content.len()).await?;
        let answer = self.put(key, body, attributes).send().await;
        self.written(answer.map_err(|error| error::of(&self.name, &error))).map(drop)
    }

    async fn write_if(
        &self,
        key: &str,
        body: Bytes,
        attributes: &Attributes,
        condition: &Condition,
    ) -> Result<Version, Error> {
        self.put_if(self.put(self.key(key)?, body, attributes), condition).await
    }

    async fn remove(&self, key: &str) -> Result<(), Error> {
        let key = self.key(key)?;
        let request = self.client.delete_object().bucket(&self.name).key(key).set_request_payer(self.payer());
        match request.send().await.map_err(|error| error::of(&self.name, &error)) {
            // Amazon does not tell; others do.
            Err(Error::NotFound) => Ok(()),
            answer => self.written(answer).map(drop),
        }
    }
}

impl Bucket {
    fn put(&self, key: String, body: Bytes, attributes: &Attributes) -> PutObjectFluentBuilder {
        let request = self.client.put_object().bucket(&self.name).key(key).set_request_payer(self.payer());
        request
            .body(ByteStream::from(body))
            .set_content_type(attributes.content_type.clone())
            .set_cache_control(attributes.cache_control.clone())
            .set_content_disposition(attributes.content_disposition.clone())
            .set_metadata(metadata(attributes))
    }

    /// Nothing is missing where something is written: what is not found then is the bucket.
    pub(super) fn written<T>(&self, answer: Result<T, Error>) -> Result<T, Error> {
        match answer {
            Err(Error::NotFound) => Err(Error::unavailable(format_args!("bucket {}: not found", self.name))),
            answer => self.learn(answer),
        }
    }
}

pub(super) fn metadata(attributes: &Attributes) -> Option<HashMap<String, String>> {
    (!attributes.metadata.is_empty()).then(|| attributes.metadata.clone().into_iter().collect())
}
