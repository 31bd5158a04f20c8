use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

use crate::Error;

/// A place whose objects can be listed.
pub trait List: Send + Sync + std::fmt::Debug {
    /// The keys of all objects that begin with `prefix`, in no stated order. Those that are written or removed meanwhile
    /// may or may not be among them; the others are, once each. After an error nothing follows.
    ///
    /// Must be called within a Tokio runtime.
    fn list(&self, prefix: &str) -> BoxStream<'static, Result<String, Error>>;
}

/// Longest page of keys that is read, in bytes.
#[cfg(any(feature = "gcs", feature = "azure"))]
pub(crate) const PAGE_BYTES: usize = 16 << 20;

/// Keys that come page by page: `read` gives those of one, and what the next one is read by.
pub(crate) fn of_pages<P, F>(
    first: P,
    read: impl Fn(P) -> F + Send + 'static,
) -> BoxStream<'static, Result<String, Error>>
where
    P: Send + 'static,
    F: Future<Output = Result<(Vec<String>, Option<P>), Error>> + Send + 'static,
{
    let pages = stream::try_unfold(Some(first), move |page| {
        let reading = page.map(&read);
        async move {
            match reading {
                None => Ok::<_, Error>(None),
                Some(reading) => reading.await.map(Some),
            }
        }
    });
    pages.map_ok(|keys| stream::iter(keys.into_iter().map(Ok))).try_flatten().boxed()
}
