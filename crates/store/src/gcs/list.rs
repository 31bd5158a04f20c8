use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, Method};
use serde::Deserialize;

use super::Bucket;
use super::bucket::encoded;
use crate::list::{PAGE_BYTES, of_pages};
use crate::{Error, List};

impl List for Bucket {
    fn list(&self, prefix: &str) -> BoxStream<'static, Result<String, Error>> {
        let pages = (self.clone(), prefix.to_owned());
        of_pages((pages, None), |((bucket, prefix), token)| async move {
            let (keys, next) = bucket.page(&prefix, token).await?;
            Ok((keys, next.map(|token| ((bucket, prefix), Some(token)))))
        })
    }
}

impl Bucket {
    /// The keys of the page that `token` names, or of the first, and the token of the next (JSON interface, "Objects:
    /// list").
    async fn page(&self, prefix: &str, token: Option<String>) -> Result<(Vec<String>, Option<String>), Error> {
        let token = token.map(|token| format!("&pageToken={}", encoded(&token))).unwrap_or_default();
        let (above, prefix) = (encoded(&self.prefix), encoded(prefix));
        let query = format!("fields=items(name),nextPageToken&prefix={above}{prefix}{token}");
        let path = format!("/storage/v1/b/{}/o?{query}", self.name);
        let request = self.ask(Method::GET, &path, HeaderMap::new(), Bytes::new()).await?;
        let answer = self.client.document_of(request, PAGE_BYTES).await?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        let page: Page = serde_json::from_slice(&answer.body).map_err(Error::unusable)?;
        let own = |item: Item| item.name.strip_prefix(&self.prefix).map(str::to_owned);
        Ok((page.items.into_iter().filter_map(own).collect(), page.next))
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    items: Vec<Item>,
    #[serde(rename = "nextPageToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
}
