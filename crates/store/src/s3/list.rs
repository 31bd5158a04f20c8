use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, RequestPayer};
use futures::stream::BoxStream;
use percent_encoding::percent_decode_str;

use super::{Bucket, error};
use crate::list::of_pages;
use crate::{Error, List};

impl List for Bucket {
    fn list(&self, prefix: &str) -> BoxStream<'static, Result<String, Error>> {
        let pages = Pages {
            client: self.client.clone(),
            bucket: self.name.clone(),
            above: self.prefix.clone(),
            prefix: format!("{}{prefix}", self.prefix),
            payer: self.payer(),
        };
        of_pages((pages, None), |(pages, token)| async move {
            let (keys, next) = pages.read(token).await?;
            Ok((keys, next.map(|token| (pages, Some(token)))))
        })
    }
}

struct Pages {
    client: Client,
    bucket: String,
    /// The source's own prefix, which its keys do not have.
    above: String,
    prefix: String,
    payer: Option<RequestPayer>,
}

impl Pages {
    /// The keys of the page that follows `token`, or of the first, and the token of the next.
    async fn read(&self, token: Option<String>) -> Result<(Vec<String>, Option<String>), Error> {
        let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(&self.prefix);
        // Keys can hold what XML cannot.
        let request = request.encoding_type(EncodingType::Url).set_continuation_token(token);
        let answer = request.set_request_payer(self.payer.clone()).send().await;
        let page = answer.map_err(|error| error::of(&self.bucket, &error))?;
        let keys = page.contents().iter().filter_map(|object| object.key()).map(|key| self.key(key, &page)).collect();
        let next = page.next_continuation_token().filter(|_| page.is_truncated() == Some(true));
        Ok((keys, next.map(str::to_owned)))
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
