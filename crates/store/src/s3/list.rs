use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, Object, RequestPayer};
use futures::stream::BoxStream;
use percent_encoding::percent_decode_str;

use super::source::version;
use super::{Bucket, error};
use crate::list::{in_order, of_pages};
use crate::{Entry, Error, List, Span};

/// Versions are those of the listing where the first object of a page shows that its bucket keeps one version of each; where
/// it keeps more, entries have none.
impl List for Bucket {
    fn entries(&self, span: &Span) -> BoxStream<'static, Result<Entry, Error>> {
        let pages = Arc::new(Pages {
            client: self.client.clone(),
            bucket: self.name.clone(),
            above: self.prefix.clone(),
            span: span.clone(),
            payer: self.payer(),
        });
        let listed = of_pages((pages, None), |(pages, token)| async move {
            let (mut entries, next) = pages.read(token).await?;
            if pages.span.details && !pages.has_one_version_of_each(&entries).await {
                for entry in &mut entries {
                    entry.version = None;
                }
            }
            Ok((entries, next.map(|token| (pages, Some(token)))))
        });
        in_order(listed, span.after.clone())
    }

    fn seeks(&self) -> bool {
        true
    }
}

struct Pages {
    client: Client,
    bucket: String,
    /// The source's own prefix, which its keys do not have.
    above: String,
    span: Span,
    payer: Option<RequestPayer>,
}

impl Pages {
    /// Whether the state of an object follows from its `ETag` alone, which is all that a page says of it: buckets that keep
    /// more than one version, or once did, state which of them it is (Amazon S3 User Guide, "Using versioning in S3 buckets").
    async fn has_one_version_of_each(&self, entries: &[Entry]) -> bool {
        let Some(first) = entries.first() else { return true };
        let key = format!("{}{}", self.above, first.key);
        let head = self.client.head_object().bucket(&self.bucket).key(key).set_request_payer(self.payer.clone());
        let head = head.send().await;
        head.is_ok_and(|head| head.version_id.is_none() && version(head.e_tag, None).ok() == first.version)
    }

    /// The entries of the page that follows `token`, or of the first, and the token of the next.
    async fn read(&self, token: Option<String>) -> Result<(Vec<Entry>, Option<String>), Error> {
        let Span { prefix, after, details } = &self.span;
        let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(format!("{}{prefix}", self.above));
        let start = after.as_ref().map(|after| format!("{}{after}", self.above)).filter(|_| token.is_none());
        // Keys can hold what XML cannot.
        let request = request.encoding_type(EncodingType::Url).set_start_after(start).set_continuation_token(token);
        let answer = request.set_request_payer(self.payer.clone()).send().await;
        let page = answer.map_err(|error| error::of(&self.bucket, &error))?;
        let entry = |object: &Object| {
            let version = details.then(|| version(object.e_tag.clone(), None).ok()).flatten();
            let size = object.size.filter(|_| *details).and_then(|size| u64::try_from(size).ok());
            Some(Entry { key: self.key(object.key()?, &page), size, version })
        };
        let entries = page.contents().iter().filter_map(entry).collect();
        let next = page.next_continuation_token().filter(|_| page.is_truncated() == Some(true));
        Ok((entries, next.map(str::to_owned)))
    }

    /// Servers that do not encode say so by not saying that they do.
    fn key(&self, text: &str, page: &ListObjectsV2Output) -> String {
        let key = match page.encoding_type() {
            Some(EncodingType::Url) => {
                let spaced = text.replace('+', " ");
                percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
            }
            _ => text.to_owned(),
        };
        key.strip_prefix(&self.above).map(str::to_owned).unwrap_or(key)
    }
}
