use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, RequestPayer};
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::sink::{WHOLE_BYTES, metadata};
use super::{Bucket, error};
use crate::content::{self, part_bytes};
use crate::{Attributes, Content, Error};

/// Least bytes of a part; Amazon's own least is 5 MiB.
const PART_BYTES: u64 = WHOLE_BYTES;

/// Most parts of an object (Amazon S3 User Guide, "Multipart upload limits"): those of large objects are larger.
const MAX_PARTS: u64 = 10_000;

/// Parts that are sent at a time.
const PARTS_AT_A_TIME: usize = 4;

impl Bucket {
    /// The object appears when its last step is done. If a step fails or the caller goes away, the parts are removed; only
    /// if that fails too do they stay, unseen and paid for: a lifecycle rule (`AbortIncompleteMultipartUpload`) removes
    /// them.
    pub(super) async fn write_in_parts(
        &self,
        key: &str,
        content: &Content,
        attributes: &Attributes,
    ) -> Result<(), Error> {
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
        let answer = upload.send(content).await;
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
    async fn send(&self, content: &Content) -> Result<(), Error> {
        let size = part_bytes(content.len(), PART_BYTES, MAX_PARTS);
        // Read when it is their turn: no more of the content is in memory than is being sent.
        let parts = (1..).zip(content::parts(content.len(), size)).map(|(number, range)| async move {
            let bytes = content.part(range).await?;
            self.part(number, bytes).await
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
