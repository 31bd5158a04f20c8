use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, RequestPayer};
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::sink::{WHOLE_BYTES, metadata};
use super::{Bucket, error};
use crate::{Attributes, Error};

/// Bytes of a part; Amazon's least is 5 MiB, and it takes at most 10 000 of them.
const PART_BYTES: usize = WHOLE_BYTES;

/// Parts that are sent at a time.
const PARTS_AT_A_TIME: usize = 4;

impl Bucket {
    /// The object appears when its last step is done. If a step fails or the caller goes away, the parts are removed; only
    /// if that fails too do they stay, unseen and paid for: a lifecycle rule (`AbortIncompleteMultipartUpload`) removes
    /// them.
    pub(super) async fn write_in_parts(&self, key: &str, body: Bytes, attributes: &Attributes) -> Result<(), Error> {
        let request = self.client.create_multipart_upload().bucket(&self.name).key(key).set_request_payer(self.payer());
        let answer = request
            .set_content_type(attributes.content_type.clone())
            .set_cache_control(attributes.cache_control.clone())
            .set_content_disposition(attributes.content_disposition.clone())
            .set_metadata(metadata(attributes))
            .send()
            .await;
        let created = self.written(answer.map_err(|error| error::of(&self.name, &error)))?;
        let id = created.upload_id.ok_or_else(|| Error::unavailable("an upload without an id"))?;
        let mut upload = Upload {
            client: self.client.clone(),
            bucket: self.name.clone(),
            key: key.to_owned(),
            payer: self.payer(),
            id,
            open: true,
        };
        let answer = upload.send(body).await;
        if answer.is_err() {
            upload.abort().await;
        }
        upload.open = false;
        self.written(answer)
    }
}

/// An upload that has begun; aborted when it is dropped before its end.
struct Upload {
    client: Client,
    bucket: String,
    key: String,
    payer: Option<RequestPayer>,
    id: String,
    open: bool,
}

impl Upload {
    async fn send(&self, body: Bytes) -> Result<(), Error> {
        let count = body.len().div_ceil(PART_BYTES);
        let parts = (0..count).map(|part| {
            let bytes = body.slice(part * PART_BYTES..body.len().min((part + 1) * PART_BYTES));
            self.part(part as i32 + 1, bytes)
        });
        let parts = stream::iter(parts).buffered(PARTS_AT_A_TIME).try_collect().await?;
        let request = self.client.complete_multipart_upload().bucket(&self.bucket).key(&self.key);
        let answer = request
            .upload_id(&self.id)
            .set_request_payer(self.payer.clone())
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .send()
            .await;
        answer.map(drop).map_err(|error| error::of(&self.bucket, &error))
    }

    async fn part(&self, number: i32, bytes: Bytes) -> Result<CompletedPart, Error> {
        let request = self.client.upload_part().bucket(&self.bucket).key(&self.key).upload_id(&self.id);
        let answer = request
            .part_number(number)
            .set_request_payer(self.payer.clone())
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(|error| error::of(&self.bucket, &error))?;
        // Checksums are named again where the client sent them.
        Ok(CompletedPart::builder()
            .part_number(number)
            .set_e_tag(answer.e_tag)
            .set_checksum_crc32(answer.checksum_crc32)
            .set_checksum_crc32_c(answer.checksum_crc32_c)
            .set_checksum_crc64_nvme(answer.checksum_crc64_nvme)
            .build())
    }

    async fn abort(&self) {
        let request = self.client.abort_multipart_upload().bucket(&self.bucket).key(&self.key).upload_id(&self.id);
        if let Err(error) = request.set_request_payer(self.payer.clone()).send().await {
            let error = error::of(&self.bucket, &error);
            tracing::warn!(bucket = self.bucket, key = self.key, upload = self.id, ?error, "an upload was left behind");
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let upload = Self {
            client: self.client.clone(),
            bucket: std::mem::take(&mut self.bucket),
            key: std::mem::take(&mut self.key),
            payer: self.payer.clone(),
            id: std::mem::take(&mut self.id),
            open: false,
        };
        runtime.spawn(async move { upload.abort().await });
    }
}
