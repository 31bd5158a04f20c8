use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, Method};
use serde::Deserialize;

use super::Bucket;
use super::bucket::encoded;
use crate::list::{PAGE_BYTES, in_order, of_pages};
use crate::{Entry, Error, List, Span, Version};

impl List for Bucket {
    fn entries(&self, span: &Span) -> BoxStream<'static, Result<Entry, Error>> {
        let pages = (self.clone(), span.clone());
        let listed = of_pages((pages, None), |((bucket, span), token)| async move {
            let (entries, next) = bucket.page(&span, token).await?;
            Ok((entries, next.map(|token| ((bucket, span), Some(token)))))
        });
        in_order(listed, span.after.clone())
    }

    fn seeks(&self) -> bool {
        true
    }
}

impl Bucket {
    /// The entries of the page that `token` names, or of the first, and the token of the next (JSON interface, "Objects:
    /// list").
    async fn page(&self, span: &Span, token: Option<String>) -> Result<(Vec<Entry>, Option<String>), Error> {
        let token = token.map(|token| format!("&pageToken={}", encoded(&token))).unwrap_or_default();
        let (above, prefix) = (encoded(&self.prefix), encoded(&span.prefix));
        // That one itself is given, too, and left out later.
        let start = span.after.as_ref().map(|after| format!("&startOffset={above}{}", encoded(after)));
        let fields = if span.details { "items(name,size,generation)" } else { "items(name)" };
        let query = format!("fields={fields},nextPageToken&prefix={above}{prefix}{}{token}", start.unwrap_or_default());
        let path = format!("/storage/v1/b/{}/o?{query}", self.name);
        let request = self.ask(Method::GET, &path, HeaderMap::new(), Bytes::new()).await?;
        let answer = self.client.document_of(request, PAGE_BYTES).await?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        let page: Page = serde_json::from_slice(&answer.body).map_err(Error::unusable)?;
        let own = |item: Item| {
            let details = span.details;
            Some(Entry {
                key: item.name.strip_prefix(&self.prefix)?.to_owned(),
                size: item.size.filter(|_| details).and_then(|size| size.parse().ok()),
                version: item.generation.filter(|_| details).map(Version::new),
            })
        };
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

/// Numbers are texts there.
#[derive(Deserialize)]
struct Item {
    name: String,
    size: Option<String>,
    generation: Option<String>,
}
